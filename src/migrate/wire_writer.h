// Protocol buffers' wire format, written: what base/wire_reader.h reads.
#ifndef THALWEG_MIGRATE_WIRE_WRITER_H_
#define THALWEG_MIGRATE_WIRE_WRITER_H_

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace thalweg {

class WireWriter {
 public:
  WireWriter& Varint(std::uint32_t field, std::uint64_t value) { return Tag(field, 0).Raw(value); }
  WireWriter& Integer(std::uint32_t field, std::int64_t value) { return Varint(field, static_cast<std::uint64_t>(value)); }
  WireWriter& Bytes(std::uint32_t field, std::string_view bytes) {
    Tag(field, 2).Raw(bytes.size());
    text_.append(bytes);
    return *this;
  }
  WireWriter& Fixed32(std::uint32_t field, std::uint32_t value) {
    Tag(field, 5);
    text_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return *this;
  }
  WireWriter& Real(std::uint32_t field, float value) { return Fixed32(field, std::bit_cast<std::uint32_t>(value)); }
  // An entry of a map, whose keys are texts.
  WireWriter& Entry(std::uint32_t field, std::string_view key, std::string_view value) {
    return Bytes(field, WireWriter().Bytes(1, key).Bytes(2, value).text());
  }
  WireWriter& Raw(std::uint64_t value) {   // a varint without its field
    for (; value >= 0x80; value >>= 7) text_.push_back(static_cast<char>(value | 0x80));
    text_.push_back(static_cast<char>(value));
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  WireWriter& Tag(std::uint32_t field, std::uint32_t type) { return Raw(std::uint64_t{field} << 3 | type); }
  std::string text_;
};

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_WIRE_WRITER_H_
