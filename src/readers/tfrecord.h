// TFRecord files: a length and its checksum, the bytes and their checksum, record after record.
// docs/formats/tf_example.md
#ifndef THALWEG_READERS_TFRECORD_H_
#define THALWEG_READERS_TFRECORD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "thalweg/status.h"

namespace thalweg {

class ByteStream;

inline constexpr std::size_t kMaxRecordBytes = 64u << 20;
inline constexpr std::size_t kRecordHeaderBytes = 12;

// The file begins with a length and the checksum of it: a TFRecord file beyond doubt.
bool BeginsWithRecord(std::string_view first_bytes);

// Records in their order, each checked.
class RecordReader {
 public:
  RecordReader(std::shared_ptr<ByteStream> bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {}
  // The next record, which lies there until the next call, with kRecordSlack bytes behind it that may be read; data() is null at the end. kBadData, naming record and byte:
  // cut short, a checksum that is wrong, a record past 64 MiB.
  Result<std::string_view> Next();
  const std::string& name() const { return name_; }
  std::uint64_t num_read() const { return num_read_; }
  // "x.tfrecord row 3: " of the record that Next() gave last.
  std::string Where() const { return name_ + " row " + std::to_string(num_read_) + ": "; }

 private:
  Status Fill(std::size_t size);
  Status Wrong(const std::string& what) const;

  std::shared_ptr<ByteStream> bytes_;
  std::string name_;
  std::unique_ptr<char[]> buffer_;
  std::size_t room_ = 0, begin_ = 0, end_ = 0;
  std::size_t taken_ = 0;  // of the record that Next() gave last
  bool at_end_ = false;
  std::uint64_t num_read_ = 0;
  std::uint64_t position_ = 0;  // in the file, unpacked, of begin_
};

// The header and the trailer of a record of these bytes, for writers.
void AppendRecordHeader(std::uint64_t size, std::string* out);
void AppendRecordTrailer(std::string_view record, std::string* out);

}  // namespace thalweg

#endif  // THALWEG_READERS_TFRECORD_H_
