// Where bytes are written to: a file that is put in its place when it is whole, or standard output; compressed as the
// name says (.gz, .zst, .bz2, .lz4, .zlib).
#ifndef THALWEG_READERS_BYTE_SINK_H_
#define THALWEG_READERS_BYTE_SINK_H_

#include <arrow/io/interfaces.h>

#include <memory>
#include <string>
#include <string_view>

#include "thalweg/status.h"

namespace thalweg {

class ByteSink {
 public:
  // "-": standard output. kCannotWrite as AtomicFile::Create.
  static Result<std::unique_ptr<ByteSink>> Create(const std::string& path);
  // kIoError when the disk is full, or standard output closed.
  Status Write(std::string_view bytes);
  // Nothing is at the path before this has succeeded; what was there is replaced.
  Status Finish();
  // For those who write into a stream of Arrow's.
  const std::shared_ptr<arrow::io::OutputStream>& stream() const { return top_; }
  const std::string& path() const { return path_; }
  // `status` of Arrow in our words.
  Status From(const arrow::Status& status) const;

 private:
  class Bottom;
  explicit ByteSink(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::shared_ptr<void> codec_;  // the stream that compresses has a bare pointer to it
  std::shared_ptr<Bottom> bottom_;
  std::shared_ptr<arrow::io::OutputStream> top_;
};

}  // namespace thalweg

#endif  // THALWEG_READERS_BYTE_SINK_H_
