// Protocol buffers' wire format, read where it lies: no schema, nothing copied, every length checked against what is
// there. https://protobuf.dev/programming-guides/encoding
//
//   WireReader message(bytes);
//   while (message.Next()) {
//     if (message.field() == 1 && message.IsBytes()) name = message.text();
//   }
//   if (!message.ok()) …: cut, or not a message
#ifndef THALWEG_BASE_WIRE_READER_H_
#define THALWEG_BASE_WIRE_READER_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace thalweg {

// The varint that `bytes` begin with, taken off; false where it is cut or past 64 bits.
inline bool TakeVarint(std::span<const std::uint8_t>* bytes, std::uint64_t* value) {
  std::uint64_t result = 0;
  std::size_t at = 0;
  for (unsigned shift = 0; shift < 64 && at < bytes->size(); shift += 7) {
    const std::uint8_t byte = (*bytes)[at++];
    result |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    *value = result;
    *bytes = bytes->subspan(at);
    return true;
  }
  return false;
}

class WireReader {
 public:
  using Bytes = std::span<const std::uint8_t>;
  enum class Type : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  explicit WireReader(Bytes bytes) : rest_(bytes) {}
  explicit WireReader(std::string_view bytes)
      : WireReader(Bytes(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())) {}

  // To the next field; false at the end, or where ok() turns false. Groups, which proto3 does not have, are refused.
  bool Next() {
    if (rest_.empty() || !ok_) return false;
    std::uint64_t tag = 0;
    if (!TakeVarint(&rest_, &tag) || tag >> 3 == 0 || tag >> 32 != 0) return Fail();
    field_ = static_cast<std::uint32_t>(tag >> 3);
    type_ = static_cast<Type>(tag & 7);
    switch (type_) {
      case Type::kVarint:
        return TakeVarint(&rest_, &value_) || Fail();
      case Type::kFixed64:
        return Fixed(8) || Fail();
      case Type::kFixed32:
        return Fixed(4) || Fail();
      case Type::kBytes: {
        std::uint64_t size = 0;
        if (!TakeVarint(&rest_, &size) || size > rest_.size()) return Fail();
        bytes_ = rest_.first(size);
        rest_ = rest_.subspan(size);
        return true;
      }
    }
    return Fail();
  }

  bool ok() const { return ok_; }
  std::uint32_t field() const { return field_; }
  Type type() const { return type_; }
  bool IsBytes() const { return type_ == Type::kBytes; }
  bool IsVarint() const { return type_ == Type::kVarint; }
  bool IsFixed32() const { return type_ == Type::kFixed32; }
  bool IsFixed64() const { return type_ == Type::kFixed64; }

  Bytes bytes() const { return bytes_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  std::uint64_t varint() const { return value_; }
  std::int64_t integer() const { return static_cast<std::int64_t>(value_); }
  std::uint32_t fixed32() const { return static_cast<std::uint32_t>(value_); }
  std::uint64_t fixed64() const { return value_; }
  float real() const { return std::bit_cast<float>(fixed32()); }

 private:
  bool Fail() { return ok_ = false; }
  bool Fixed(std::size_t size) {
    if (rest_.size() < size) return false;
    value_ = 0;
    std::memcpy(&value_, rest_.data(), size);   // both little-endian
    rest_ = rest_.subspan(size);
    return true;
  }

  Bytes rest_;
  std::uint32_t field_ = 0;
  Type type_ = Type::kVarint;
  std::uint64_t value_ = 0;
  Bytes bytes_;
  bool ok_ = true;
};

}  // namespace thalweg

#endif  // THALWEG_BASE_WIRE_READER_H_
