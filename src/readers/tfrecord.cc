#include "readers/tfrecord.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"
#include "base/strings.h"
#include "readers/example_proto.h"
#include "readers/format.h"

namespace thalweg {
namespace {

template <class T>
T Load(const char* at) {  // little-endian, as all machines are that this runs on
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

template <class T>
void Append(T value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

bool IsHeader(const char* at) { return MaskedCrc32c(at, 8) == Load<std::uint32_t>(at + 8); }

}  // namespace

bool BeginsWithRecord(std::string_view first) {
  return first.size() >= kRecordHeaderBytes && IsHeader(first.data());
}

// Until the buffer has `size` bytes, or there are no more. It grows with what has come, not with what a length claims.
Status RecordReader::Fill(std::size_t size) {
  while (!at_end_ && end_ - begin_ < size) {
    const std::size_t have = end_ - begin_;
    if (begin_ > 0) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, have);
      begin_ = 0;
      end_ = have;
    }
    if (have == room_ || room_ == 0) {
      const std::size_t room = std::max(kBlockBytes, 2 * room_);
      auto buffer = std::make_unique<char[]>(room + kRecordSlack);
      if (have > 0) std::memcpy(buffer.get(), buffer_.get(), have);
      buffer_ = std::move(buffer);
      room_ = room;
    }
    const arrow::Result<std::int64_t> got =
        bytes_->Read(static_cast<std::int64_t>(room_ - end_), buffer_.get() + end_);
    if (!got.ok()) return FromArrowStatus(got.status(), Where() + "broken or cut short");
    at_end_ = static_cast<std::size_t>(*got) < room_ - end_;
    end_ += static_cast<std::size_t>(*got);
  }
  return Status::Ok();
}

Status RecordReader::Wrong(const std::string& what) const {
  return Status::BadData(Where() + "the record at byte " + std::to_string(position_) + " " + what);
}

Result<std::string_view> RecordReader::Next() {
  begin_ += taken_;
  position_ += taken_;
  taken_ = 0;
  ++num_read_;
  THALWEG_RETURN_IF_ERROR(Fill(kRecordHeaderBytes));
  const std::size_t have = end_ - begin_;
  if (have == 0) {
    --num_read_;
    return std::string_view();
  }
  if (have < kRecordHeaderBytes) {
    return Wrong("is cut short: its header has " + std::to_string(have) + " bytes, expected 12");
  }
  if (!IsHeader(buffer_.get() + begin_)) {
    return Wrong(num_read_ == 1 ? "has a length that does not fit its checksum: the file is damaged, or is no TFRecord file"
                                : "has a length that does not fit its checksum: the file is damaged");
  }
  const std::uint64_t size = Load<std::uint64_t>(buffer_.get() + begin_);
  if (size > kMaxRecordBytes) {
    return Wrong("has " + std::to_string(size) + " bytes; at most " + std::to_string(kMaxRecordBytes >> 20) +
                 " MiB are read as one row");
  }
  const std::size_t whole = kRecordHeaderBytes + static_cast<std::size_t>(size) + 4;
  THALWEG_RETURN_IF_ERROR(Fill(whole));
  if (end_ - begin_ < whole) {
    return Wrong("is cut short: " + std::to_string(end_ - begin_) + " bytes, expected " + std::to_string(whole));
  }
  const char* data = buffer_.get() + begin_ + kRecordHeaderBytes;
  if (MaskedCrc32c(data, size) != Load<std::uint32_t>(data + size)) {
    return Wrong("does not fit its checksum: the file is damaged");
  }
  taken_ = whole;
  return std::string_view(data, size);
}

void AppendRecordHeader(std::uint64_t size, std::string* out) {
  Append(size, out);
  Append(MaskedCrc32c(&size, sizeof(size)), out);
}

void AppendRecordTrailer(std::string_view record, std::string* out) {
  Append(MaskedCrc32c(record.data(), record.size()), out);
}

}  // namespace thalweg
