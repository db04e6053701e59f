// The bytes of one input: a file, standard input, or a temporary copy of it; decompressed, with a look ahead.
#ifndef THALWEG_READERS_BYTE_STREAM_H_
#define THALWEG_READERS_BYTE_STREAM_H_

#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <arrow/util/compression.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "thalweg/status.h"

namespace thalweg {

// `status` of Arrow in our words, about the input `name`; what is not a failing device is bad data.
Status FromArrowStatus(const arrow::Status& status, std::string_view name);

// An input that can be opened again and again, unless it is standard input itself.
struct InputFile {
  std::string name;                    // for messages
  std::string path = {};               // when fd is null
  std::shared_ptr<const int> fd = {};  // an open file instead; closed with the last owner
  bool once = false;                   // a pipe: its bytes come only once
};

// A sequential stream that can be looked into. After an error it stays at the end.
class ByteStream : public arrow::io::InputStream {
 public:
  // The bytes as they are. kNotFound when it cannot be opened (says why).
  static Result<std::shared_ptr<ByteStream>> Open(const InputFile& file);
  static std::shared_ptr<ByteStream> Wrap(std::shared_ptr<arrow::io::InputStream> inner);

  // Up to `size` bytes without taking them: fewer only at the end. The view lasts until the next call.
  arrow::Result<std::string_view> Peek(std::int64_t size) override;
  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override;
  arrow::Status Close() override;
  bool closed() const override;
  arrow::Result<std::int64_t> Tell() const override;

 private:
  explicit ByteStream(std::shared_ptr<arrow::io::InputStream> inner) : inner_(std::move(inner)) {}
  std::shared_ptr<arrow::io::InputStream> inner_;
  std::string ahead_;
  std::size_t taken_ = 0;  // of ahead_
  std::int64_t position_ = 0;
};

// The kind of compression that the first bytes show: "gzip", "zstd", "bz2", "lz4", "zlib" (where it holds TFRecord), or "".
std::string CompressionOf(std::string_view first_bytes);
// The same by suffix (".gz", ".zst", ".bz2", ".lz4", ".zlib"), which is cut off `path`.
std::string CutCompressionSuffix(std::string* path);
// What packs and unpacks a compression of one of these names.
arrow::Result<std::unique_ptr<arrow::util::Codec>> CodecOf(std::string_view compression);

// `raw` decompressed where its first bytes show a compression. kBadData: an empty input; a suffix that promises a
// compression that the bytes are not.
Result<std::shared_ptr<ByteStream>> Decompress(std::shared_ptr<ByteStream> raw, const InputFile& file);

// Copies what is left of `from` to a file in `folder` that has no name and goes with its last owner.
Result<InputFile> Spool(ByteStream* from, const std::string& name, const std::string& folder, std::uint64_t* bytes);

// For formats that need any place of a file at any time (Parquet, Arrow files).
Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenRandomAccess(const InputFile& file);

}  // namespace thalweg

#endif  // THALWEG_READERS_BYTE_STREAM_H_
