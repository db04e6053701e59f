#include "readers/byte_stream.h"

#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>
#include <arrow/util/io_util.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/strings.h"
#include "readers/tfrecord.h"

namespace thalweg {
namespace {

// A file descriptor, read in order.
class FileBytes : public arrow::io::InputStream {
 public:
  FileBytes(int fd, std::shared_ptr<const int> owner) : fd_(fd), owner_(std::move(owner)) {}
  ~FileBytes() override {
    if (!closed_) (void)FileBytes::Close();
  }
  arrow::Status Close() override {
    if (!closed_ && owner_ == nullptr) ::close(fd_);
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return position_; }

  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override {
    // Files that others own are shared: their place is ours, not the descriptor's. Pipes have none.
    std::int64_t done = 0;
    while (done < size) {
      char* to = static_cast<char*>(out) + done;
      const std::size_t want = static_cast<std::size_t>(size - done);
      ssize_t got = by_place_ ? ::pread(fd_, to, want, position_) : ::read(fd_, to, want);
      if (got < 0 && errno == ESPIPE && by_place_) {
        by_place_ = false;
        continue;
      }
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return arrow::internal::IOErrorFromErrno(errno, "reading failed");
      if (got == 0) break;
      done += got;
      position_ += got;
    }
    return done;
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ResizableBuffer> buffer, arrow::AllocateResizableBuffer(size));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t got, Read(size, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(got));
    return buffer;
  }

 private:
  int fd_;
  std::shared_ptr<const int> owner_;
  bool by_place_ = true;
  bool closed_ = false;
  std::int64_t position_ = 0;
};

struct Compression {
  const char* name;
  const char* suffix;
  arrow::Compression::type type;
};
constexpr Compression kCompressions[] = {
    {"gzip", ".gz", arrow::Compression::GZIP},
    {"zstd", ".zst", arrow::Compression::ZSTD},
    {"bz2", ".bz2", arrow::Compression::BZ2},
    {"lz4", ".lz4", arrow::Compression::LZ4_FRAME},
    {"zlib", ".zlib", arrow::Compression::GZIP},
};
constexpr std::int64_t kFirstBytes = 1024;  // enough that zlib shows what is in it

bool MayBeZlib(std::string_view b) {
  return b.size() >= 2 && (b[0] & 0x0f) == 8 &&
         (static_cast<unsigned char>(b[0]) * 256 + static_cast<unsigned char>(b[1])) % 31 == 0;
}

// zlib has no mark, only a header that a text could begin with: without a name that says so it is taken for zlib where
// TFRecord comes out of it, as TensorFlow writes it.
bool IsZlibOfRecords(std::string_view b) {
  if (!MayBeZlib(b)) return false;
  auto codec = CodecOf("zlib");
  if (!codec.ok()) return false;
  auto unpacking = (*codec)->MakeDecompressor();
  if (!unpacking.ok()) return false;
  std::uint8_t out[kRecordHeaderBytes];
  const auto got = (*unpacking)->Decompress(static_cast<std::int64_t>(b.size()),
                                            reinterpret_cast<const std::uint8_t*>(b.data()), sizeof(out), out);
  return got.ok() && got->bytes_written == sizeof(out) &&
         BeginsWithRecord({reinterpret_cast<const char*>(out), sizeof(out)});
}

// The arrow stream that decompresses keeps a bare pointer to its codec: both live together.
class OwnedCodecStream : public arrow::io::InputStream {
 public:
  OwnedCodecStream(std::unique_ptr<arrow::util::Codec> codec, std::shared_ptr<arrow::io::InputStream> stream)
      : codec_(std::move(codec)), stream_(std::move(stream)) {}
  arrow::Status Close() override { return stream_->Close(); }
  bool closed() const override { return stream_->closed(); }
  arrow::Result<std::int64_t> Tell() const override { return stream_->Tell(); }
  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override { return stream_->Read(size, out); }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override { return stream_->Read(size); }

 private:
  std::unique_ptr<arrow::util::Codec> codec_;
  std::shared_ptr<arrow::io::InputStream> stream_;
};

Result<int> OpenPath(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return Status::NotFound(path + ": no such file");
    return Status::NotFound(path + ": cannot be opened: " + std::strerror(errno));
  }
  struct stat info;
  if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    ::close(fd);
    return Status::NotFound(path + ": is a folder; name its files, as in " + Quote(path + "/*.csv"));
  }
  return fd;
}

}  // namespace

Status FromArrowStatus(const arrow::Status& status, std::string_view name) {
  if (status.ok()) return Status::Ok();
  std::string text(name);
  text += ": " + status.message();
  if (status.IsOutOfMemory() || arrow::internal::ErrnoFromStatus(status) != 0) return Status::IoError(std::move(text));
  return Status::BadData(std::move(text));
}

arrow::Result<std::unique_ptr<arrow::util::Codec>> CodecOf(std::string_view compression) {
  arrow::util::GZipCodecOptions zlib;
  zlib.gzip_format = arrow::util::GZipFormat::ZLIB;
  if (compression == "zlib") return arrow::util::Codec::Create(arrow::Compression::GZIP, zlib);
  for (const Compression& c : kCompressions) {
    if (compression == c.name) return arrow::util::Codec::Create(c.type);
  }
  return arrow::Status::Invalid("no such compression");
}

Result<std::shared_ptr<ByteStream>> ByteStream::Open(const InputFile& file) {
  if (file.fd != nullptr) return Wrap(std::make_shared<FileBytes>(*file.fd, file.fd));
  THALWEG_ASSIGN_OR_RETURN(const int fd, OpenPath(file.path));
  return Wrap(std::make_shared<FileBytes>(fd, nullptr));
}

std::shared_ptr<ByteStream> ByteStream::Wrap(std::shared_ptr<arrow::io::InputStream> inner) {
  return std::shared_ptr<ByteStream>(new ByteStream(std::move(inner)));
}

arrow::Result<std::string_view> ByteStream::Peek(std::int64_t size) {
  if (taken_ > 0) {
    ahead_.erase(0, taken_);
    taken_ = 0;
  }
  if (static_cast<std::int64_t>(ahead_.size()) < size) {
    const std::size_t have = ahead_.size();
    ahead_.resize(static_cast<std::size_t>(size));
    const arrow::Result<std::int64_t> got = inner_->Read(size - static_cast<std::int64_t>(have), ahead_.data() + have);
    ahead_.resize(have + static_cast<std::size_t>(got.ok() ? *got : 0));
    ARROW_RETURN_NOT_OK(got);
  }
  return std::string_view(ahead_).substr(0, static_cast<std::size_t>(size));
}

arrow::Result<std::int64_t> ByteStream::Read(std::int64_t size, void* out) {
  const std::int64_t kept = std::min<std::int64_t>(size, static_cast<std::int64_t>(ahead_.size() - taken_));
  if (kept > 0) {
    std::memcpy(out, ahead_.data() + taken_, static_cast<std::size_t>(kept));
    taken_ += static_cast<std::size_t>(kept);
  }
  std::int64_t got = 0;
  if (kept < size) {
    ARROW_ASSIGN_OR_RAISE(got, inner_->Read(size - kept, static_cast<char*>(out) + kept));
  }
  position_ += kept + got;
  return kept + got;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ByteStream::Read(std::int64_t size) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ResizableBuffer> buffer, arrow::AllocateResizableBuffer(size));
  ARROW_ASSIGN_OR_RAISE(const std::int64_t got, Read(size, buffer->mutable_data()));
  ARROW_RETURN_NOT_OK(buffer->Resize(got));
  return buffer;
}

arrow::Status ByteStream::Close() { return inner_->Close(); }
bool ByteStream::closed() const { return inner_->closed(); }
arrow::Result<std::int64_t> ByteStream::Tell() const { return position_; }

std::string CompressionOf(std::string_view b) {
  const auto starts = [&](std::string_view magic) { return b.substr(0, magic.size()) == magic; };
  if (starts("\x1f\x8b")) return "gzip";
  if (starts("\x28\xb5\x2f\xfd")) return "zstd";
  if (starts("\x04\x22\x4d\x18")) return "lz4";
  // "BZh1" could begin a row of text: the mark of a block, or of the end of an empty file, follows.
  if (starts("BZh") && b.size() >= 10 &&
      (b.substr(4, 6) == "1AY&SY" || b.substr(4, 6) == std::string_view("\x17\x72\x45\x38\x50\x90"))) {
    return "bz2";
  }
  if (IsZlibOfRecords(b)) return "zlib";
  return "";
}

std::string CutCompressionSuffix(std::string* path) {
  for (const Compression& c : kCompressions) {
    if (path->ends_with(c.suffix)) {
      path->resize(path->size() - std::strlen(c.suffix));
      return c.name;
    }
  }
  return "";
}

Result<std::shared_ptr<ByteStream>> Decompress(std::shared_ptr<ByteStream> raw, const InputFile& file) {
  const arrow::Result<std::string_view> first = raw->Peek(kFirstBytes);
  if (!first.ok()) return FromArrowStatus(first.status(), file.name);
  if (first->empty()) return Status::BadData(file.name + ": is empty");
  std::string found = CompressionOf(*first);
  std::string rest = file.path;
  const std::string promised = CutCompressionSuffix(&rest);
  if (found.empty() && promised == "zlib" && MayBeZlib(*first)) found = promised;
  if (!promised.empty() && found != promised) {
    return Status::BadData(file.name + ": is named as " + promised + " but begins with " + Quote(*first) +
                           ", which is not; rename it, or make it again");
  }
  for (const Compression& c : kCompressions) {
    if (found != c.name) continue;
    auto codec = CodecOf(found);
    if (!codec.ok()) return FromArrowStatus(codec.status(), file.name);
    auto stream = arrow::io::CompressedInputStream::Make(codec->get(), raw);
    if (!stream.ok()) return FromArrowStatus(stream.status(), file.name);
    return ByteStream::Wrap(std::make_shared<OwnedCodecStream>(std::move(*codec), *stream));
  }
  return raw;
}

Result<InputFile> Spool(ByteStream* from, const std::string& name, const std::string& folder, std::uint64_t* bytes) {
  std::string path = folder + "/thalweg-rows-XXXXXX";
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) return Status::CannotWrite(path + ": a temporary file for " + name + ": " + std::strerror(errno));
  ::unlink(path.c_str());
  const std::shared_ptr<const int> owner(new int(fd), [](const int* p) {
    ::close(*p);
    delete p;
  });
  std::vector<char> block(1 << 16);
  while (true) {
    const arrow::Result<std::int64_t> got = from->Read(static_cast<std::int64_t>(block.size()), block.data());
    if (!got.ok()) return Status::IoError(name + ": " + got.status().message());
    if (*got == 0) break;
    std::size_t done = 0;
    while (done < static_cast<std::size_t>(*got)) {
      const ssize_t put = ::write(fd, block.data() + done, static_cast<std::size_t>(*got) - done);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) {
        return Status::IoError(name + ": writing a temporary file in " + folder + " failed after " +
                               std::to_string(*bytes) + " bytes: " + std::strerror(errno));
      }
      done += static_cast<std::size_t>(put);
      *bytes += static_cast<std::uint64_t>(put);
    }
  }
  return InputFile{.name = name, .path = "", .fd = owner};
}

Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenRandomAccess(const InputFile& file) {
  int fd = -1;
  if (file.fd != nullptr) {
    fd = ::fcntl(*file.fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return Status::IoError(file.name + ": " + std::strerror(errno));
  } else {
    THALWEG_ASSIGN_OR_RETURN(fd, OpenPath(file.path));
  }
  auto opened = arrow::io::ReadableFile::Open(fd);
  if (!opened.ok()) return FromArrowStatus(opened.status(), file.name);
  return std::shared_ptr<arrow::io::RandomAccessFile>(*opened);
}

}  // namespace thalweg
