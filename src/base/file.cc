#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/strings.h"

namespace thalweg {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

std::string Why(const std::string& path, std::string_view did, int error) {
  return path + ": " + std::string(did) + ": " + std::strerror(error);
}

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

int OpenRetrying(const char* path, int flags, mode_t mode = 0) {
  int fd;
  do {
    fd = ::open(path, flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

struct OpenedFile {
  Descriptor fd;
  std::uint64_t size = 0;  // what stat says; 0 for pipes
};

// For reading; never a folder.
Result<OpenedFile> OpenForReading(const std::string& path) {
  OpenedFile file;
  file.fd = Descriptor(OpenRetrying(path.c_str(), O_RDONLY));
  if (file.fd.get() < 0) return Status::NotFound(Why(path, "cannot be opened", errno));
  struct stat info;
  if (::fstat(file.fd.get(), &info) != 0) return Status::NotFound(Why(path, "cannot be opened", errno));
  if (S_ISDIR(info.st_mode)) return Status::NotFound(path + ": is a folder, expected a file");
  file.size = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
  return file;
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A full disk is a failed write even where it shows at opening or renaming.
Status CannotWrite(const std::string& path, std::string_view did, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EIO;
  return {full ? StatusCode::kIoError : StatusCode::kCannotWrite, Why(path, did, error)};
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::Open(const std::string& path) {
  THALWEG_ASSIGN_OR_RETURN(OpenedFile opened, OpenForReading(path));
  std::shared_ptr<MappedFile> file(new MappedFile());
  if (opened.size == 0) return std::shared_ptr<const MappedFile>(std::move(file));
  void* data = ::mmap(nullptr, opened.size, PROT_READ, MAP_SHARED, opened.fd.get(), 0);
  if (data == MAP_FAILED) return Status::NotFound(Why(path, "cannot be mapped into memory", errno));
  file->data_ = static_cast<const std::uint8_t*>(data);
  file->size_ = opened.size;
  return std::shared_ptr<const MappedFile>(std::move(file));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

Result<std::shared_ptr<const RandomFile>> RandomFile::Open(const std::string& path) {
  THALWEG_ASSIGN_OR_RETURN(OpenedFile opened, OpenForReading(path));
  std::shared_ptr<RandomFile> file(new RandomFile());
  file->path_ = path;
  file->size_ = opened.size;
  file->fd_ = opened.fd.release();
  return std::shared_ptr<const RandomFile>(std::move(file));
}

RandomFile::~RandomFile() {
  if (fd_ >= 0) ::close(fd_);
}

Status RandomFile::Read(std::uint64_t offset, void* data, std::size_t size) const {
  auto* to = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::pread(fd_, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Status::IoError(Why(path_, "cannot be read", errno));
    if (got == 0) return Status::IoError(path_ + ": ends before byte " + std::to_string(offset + size));
    to += got;
    size -= static_cast<std::size_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return Status::Ok();
}

Result<std::string> ReadFile(const std::string& path, std::uint64_t max_bytes) {
  THALWEG_ASSIGN_OR_RETURN(OpenedFile opened, OpenForReading(path));
  const auto too_long = [&] {
    return Status::BadData(path + ": longer than " + std::to_string(max_bytes) + " bytes, the most that is read here");
  };
  if (opened.size > max_bytes) return too_long();
  std::string text;
  text.resize(opened.size);
  std::size_t filled = 0;
  // One more read than the size asks for: the file may be a pipe, or may be growing.
  for (;;) {
    if (filled == text.size())
      text.resize(std::min<std::uint64_t>(max_bytes, text.size() + (std::size_t{1} << 16)) + 1);
    const ssize_t got = ::read(opened.fd.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Status::IoError(Why(path, "cannot be read", errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes) return too_long();
  }
  text.resize(filled);
  return text;
}

struct AtomicFile::Impl {
  std::string path;       // as the user wrote it, for messages
  std::string target;     // what is replaced: `path`, or what a link there points to
  std::string temporary;  // "" when written in place (a device or a pipe), and once renamed
  Descriptor fd;
  std::string buffer;

  ~Impl() {
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }

  Status WriteOut(const char* data, std::size_t size) {
    while (size > 0) {
      const ssize_t done = ::write(fd.get(), data, size);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return Status::IoError(Why(path, "cannot be written", errno));
      data += done;
      size -= static_cast<std::size_t>(done);
    }
    return Status::Ok();
  }

  Status Flush() {
    Status status = WriteOut(buffer.data(), buffer.size());
    buffer.clear();
    return status;
  }
};

AtomicFile::AtomicFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile::~AtomicFile() = default;

Result<AtomicFile> AtomicFile::Create(const std::string& path) {
  if (path.empty() || path.back() == '/') return Status::CannotWrite(Quote(path) + " is not the name of a file");
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->target = path;
  impl->buffer.reserve(kBufferBytes);
  struct stat info;
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return Status::CannotWrite(path + ": is a folder, expected a file");
  if (exists && !S_ISREG(info.st_mode)) {
    // Renaming over a device such as /dev/null would destroy it.
    impl->fd = Descriptor(OpenRetrying(path.c_str(), O_WRONLY));
    if (impl->fd.get() < 0) return CannotWrite(path, "cannot be opened for writing", errno);
    return AtomicFile(std::move(impl));
  }
  if (exists) {
    if (char* real = ::realpath(path.c_str(), nullptr)) {
      impl->target = real;
      std::free(real);
    }
  }
  static std::atomic<unsigned> counter{0};
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::string name =
        impl->target + ".tmp." + std::to_string(::getpid()) + "." + std::to_string(counter.fetch_add(1));
    impl->fd = Descriptor(OpenRetrying(name.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666));
    if (impl->fd.get() >= 0) {
      impl->temporary = name;
      // The new file may be read by those who could read the old one. Where the system says no, the usual mode stays.
      if (exists && ::fchmod(impl->fd.get(), info.st_mode & 07777) != 0) errno = 0;
      return AtomicFile(std::move(impl));
    }
    if (errno != EEXIST) break;
  }
  return CannotWrite(path, "cannot be created", errno);
}

Status AtomicFile::Write(const void* data, std::size_t size) {
  if (impl_->buffer.size() + size > kBufferBytes) THALWEG_RETURN_IF_ERROR(impl_->Flush());
  if (size >= kBufferBytes) return impl_->WriteOut(static_cast<const char*>(data), size);
  impl_->buffer.append(static_cast<const char*>(data), size);
  return Status::Ok();
}

Status AtomicFile::Commit() {
  Impl& file = *impl_;
  THALWEG_RETURN_IF_ERROR(file.Flush());
  // Pipes and some devices cannot be synced, and need not be.
  if (::fsync(file.fd.get()) != 0 && !file.temporary.empty()) {
    return Status::IoError(Why(file.path, "cannot be written", errno));
  }
  if (::close(file.fd.release()) != 0 && errno != EINTR) {
    return Status::IoError(Why(file.path, "cannot be written", errno));
  }
  if (file.temporary.empty()) return Status::Ok();
  if (::rename(file.temporary.c_str(), file.target.c_str()) != 0) {
    return CannotWrite(file.path, "cannot be replaced", errno);
  }
  file.temporary.clear();
  // The rename itself must outlive a power cut. A folder that may not be read cannot be synced; the file is in place.
  const Descriptor folder(OpenRetrying(FolderOf(file.target).c_str(), O_RDONLY | O_DIRECTORY));
  if (folder.get() >= 0 && ::fsync(folder.get()) != 0 && errno != EINVAL) {
    return Status::IoError(Why(FolderOf(file.target), "cannot be synced", errno));
  }
  return Status::Ok();
}

}  // namespace thalweg
