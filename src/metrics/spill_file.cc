#include "metrics/spill_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/strings.h"

namespace thalweg {

Result<SpillFile> SpillFile::Create(const std::string& folder) {
  std::string path = folder + "/thalweg-scores-XXXXXX";
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) {
    return Status::CannotWrite("cannot make a temporary file for scores in " + Quote(folder, 200) + ": " +
                               std::strerror(errno));
  }
  ::unlink(path.c_str());
  return SpillFile(folder, descriptor);
}

SpillFile::SpillFile(SpillFile&& other) noexcept
    : folder_(std::move(other.folder_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

SpillFile& SpillFile::operator=(SpillFile&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status SpillFile::Append(const void* data, std::size_t size) {
  const char* from = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::pwrite(descriptor_, from, size, static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      return Status::IoError("cannot write scores to a temporary file in " + Quote(folder_, 200) + ": " +
                             std::strerror(written == 0 ? ENOSPC : errno));
    }
    from += written;
    size -= static_cast<std::size_t>(written);
    size_ += static_cast<std::uint64_t>(written);
  }
  return Status::Ok();
}

Status SpillFile::Read(std::uint64_t offset, void* data, std::size_t size) const {
  char* to = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::pread(descriptor_, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return Status::IoError("cannot read scores back from a temporary file in " + Quote(folder_, 200) + ": " +
                             (got == 0 ? "it is cut short" : std::strerror(errno)));
    }
    to += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return Status::Ok();
}

}  // namespace thalweg
