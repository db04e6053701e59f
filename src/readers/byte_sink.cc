#include "readers/byte_sink.h"

#include <arrow/io/compressed.h>
#include <arrow/util/compression.h>

#include <cstdio>
#include <optional>

#include "base/file.h"
#include "readers/byte_stream.h"

namespace thalweg {

// Arrow's sink over AtomicFile or standard output.
class ByteSink::Bottom : public arrow::io::OutputStream {
 public:
  explicit Bottom(std::optional<AtomicFile> file) : file_(std::move(file)) {
    set_mode(arrow::io::FileMode::WRITE);
  }
  arrow::Status Write(const void* data, std::int64_t size) override {
    const std::size_t bytes = static_cast<std::size_t>(size);
    if (file_) last_ = file_->Write(data, bytes);
    else if (std::fwrite(data, 1, bytes, stdout) != bytes) last_ = Closed();
    position_ += size;
    return last_.ok() ? arrow::Status::OK() : arrow::Status::IOError(last_.message());
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }
  const Status& last() const { return last_; }
  Status Commit() {
    if (!last_.ok()) return last_;
    if (file_) return file_->Commit();
    return std::fflush(stdout) == 0 ? Status::Ok() : Closed();
  }

 private:
  static Status Closed() { return Status::IoError("standard output: cannot be written (closed, or the disk is full)"); }
  std::optional<AtomicFile> file_;
  Status last_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

Result<std::unique_ptr<ByteSink>> ByteSink::Create(const std::string& path) {
  std::unique_ptr<ByteSink> sink(new ByteSink(path == "-" ? "standard output" : path));
  std::optional<AtomicFile> file;
  if (path != "-") {
    THALWEG_ASSIGN_OR_RETURN(AtomicFile created, AtomicFile::Create(path));
    file.emplace(std::move(created));
  }
  sink->bottom_ = std::make_shared<Bottom>(std::move(file));
  sink->top_ = sink->bottom_;
  std::string rest = path;
  if (const std::string compression = CutCompressionSuffix(&rest); !compression.empty()) {
    auto codec = CodecOf(compression);
    if (!codec.ok()) return sink->From(codec.status());
    auto stream = arrow::io::CompressedOutputStream::Make(codec->get(), sink->bottom_);
    if (!stream.ok()) return sink->From(stream.status());
    sink->codec_ = std::shared_ptr<arrow::util::Codec>(std::move(*codec));
    sink->top_ = *stream;
  }
  return sink;
}

Status ByteSink::From(const arrow::Status& status) const {
  if (status.ok()) return Status::Ok();
  if (!bottom_->last().ok()) return bottom_->last();
  return Status::IoError(path_ + ": " + status.message());
}

Status ByteSink::Write(std::string_view bytes) {
  return From(top_->Write(bytes.data(), static_cast<std::int64_t>(bytes.size())));
}

Status ByteSink::Finish() {
  if (!top_->closed()) THALWEG_RETURN_IF_ERROR(From(top_->Close()));
  return bottom_->Commit();
}

}  // namespace thalweg
