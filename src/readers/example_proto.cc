#include "readers/example_proto.h"

#include <cstring>

#include "base/strings.h"
#include "base/wire_reader.h"

namespace thalweg {
namespace {

// Field numbers and wire types, as one byte: number × 8 + type.
enum Tag : unsigned char {
  kFeatures = 0x0A,   // Example 1, also SequenceExample's context
  kEntry = 0x0A,      // Features 1
  kKey = 0x0A,        // of an entry
  kValue = 0x12,
  kBytesList = 0x0A,  // of a Feature, and its three kinds
  kFloatList = 0x12,
  kInt64List = 0x1A,
  kItem = 0x0A,       // of a list: a text, or packed numbers
};

// Walks over `rest` where it has the layout that every writer gives it; WireReader takes it up where it has not.
struct Walk {
  const char* at;
  const char* end;

  explicit Walk(std::string_view bytes) : at(bytes.data()), end(at + bytes.size()) {}
  bool done() const { return at == end; }
  std::string_view rest() const { return {at, static_cast<std::size_t>(end - at)}; }
  // The field `tag`, a length and so many bytes, if that is what comes next.
  bool Take(Tag tag, std::string_view* bytes) {
    if (end - at < 2 || static_cast<unsigned char>(*at) != tag) return false;
    std::size_t size = static_cast<unsigned char>(at[1]);
    const char* from = at + 2;
    if (size >= 0x80) {
      if (end - at < 3 || static_cast<unsigned char>(at[2]) >= 0x80) return TakeLong(bytes);
      size = (size & 0x7f) | static_cast<std::size_t>(at[2]) << 7;
      ++from;
    }
    if (size > static_cast<std::size_t>(end - from)) return false;
    *bytes = {from, size};
    at = from + size;
    return true;
  }
  bool TakeLong(std::string_view* bytes) {
    WireReader::Bytes left(reinterpret_cast<const std::uint8_t*>(at) + 1, static_cast<std::size_t>(end - at) - 1);
    std::uint64_t size = 0;
    if (!TakeVarint(&left, &size) || size > left.size()) return false;
    *bytes = {reinterpret_cast<const char*>(left.data()), size};
    at = bytes->data() + size;
    return true;
  }
};

class ExampleReader {
 public:
  ExampleReader(std::size_t row, RecordColumns* columns, std::string* why) : row_(row), columns_(columns), why_(why) {}

  Result<bool> Read(std::string_view bytes) {
    const bool good = Example(bytes);
    if (!error_.ok()) return error_;
    return good;
  }

 private:
  bool Broken(const char* what) {
    *why_ = what;
    if (!name_.empty()) *why_ = "feature " + Quote(name_) + ": " + *why_;
    return false;
  }

  bool Example(std::string_view bytes) {
    Walk walk(bytes);
    std::string_view features;
    while (walk.Take(kFeatures, &features)) {
      if (!Features(features)) return false;
    }
    WireReader rest(walk.rest());
    while (rest.Next()) {
      if (rest.field() == 1 && rest.IsBytes() && !Features(rest.text())) return false;
    }
    return rest.ok() || Broken("the record is no tf.train.Example: its bytes are not a message");
  }

  bool Features(std::string_view bytes) {
    Walk walk(bytes);
    std::string_view entry;
    while (walk.Take(kEntry, &entry)) {
      if (!Entry(entry)) return false;
    }
    WireReader rest(walk.rest());
    while (rest.Next()) {
      if (rest.field() == 1 && rest.IsBytes() && !Entry(rest.text())) return false;
    }
    return rest.ok() || Broken("the record is no tf.train.Example: its features are not a message");
  }

  // A name and a Feature. Others than the usual writers may give either of them twice: the parts of a Feature are joined.
  bool Entry(std::string_view bytes) {
    Walk walk(bytes);
    std::string_view key, feature;
    if (walk.Take(kKey, &key) && walk.Take(kValue, &feature) && walk.done()) {
      RecordColumn* column = nullptr;
      if (!Find(key, &column)) return false;
      if (column == nullptr) return true;
      column->BeginRow(row_);
      kind_ = 0;
      if (!Feature(feature, column)) return false;
      column->EndRow();
      return true;
    }
    key = {};
    WireReader fields(bytes);
    while (fields.Next()) {
      if (fields.field() == 1 && fields.IsBytes()) key = fields.text();
    }
    if (!fields.ok()) return Broken("the record is no tf.train.Example: an entry of its features is not a message");
    RecordColumn* column = nullptr;
    if (!Find(key, &column)) return false;
    if (column == nullptr) return true;
    column->BeginRow(row_);
    kind_ = 0;
    WireReader again(bytes);
    while (again.Next()) {
      if (again.field() == 2 && again.IsBytes() && !Feature(again.text(), column)) return false;
    }
    column->EndRow();
    return true;
  }

  bool Find(std::string_view key, RecordColumn** column) {
    name_ = key;
    const std::size_t known = columns_->names().size();
    if (!columns_->Find(key, place_++, row_, column)) {
      error_ = Status::BadData("more than " + std::to_string(kMaxKeys) + " different features; the last is " + Quote(key));
    } else if (columns_->names().size() > known && !IsValidUtf8(key)) {
      error_ = Status::BadData("the name of a feature is " + Quote(key) + ", which is not UTF-8");
    }
    return error_.ok();
  }

  bool Feature(std::string_view bytes, RecordColumn* column) {
    Walk walk(bytes);
    std::string_view list;
    if (bytes.empty()) return true;
    const unsigned char tag = static_cast<unsigned char>(bytes[0]);
    if ((tag == kBytesList || tag == kFloatList || tag == kInt64List) && walk.Take(static_cast<Tag>(tag), &list) &&
        walk.done()) {
      return List(tag >> 3, list, column);
    }
    WireReader fields(bytes);
    while (fields.Next()) {
      if (fields.field() >= 1 && fields.field() <= 3 && fields.IsBytes() && !List(fields.field(), fields.text(), column)) {
        return false;
      }
    }
    return fields.ok() || Broken("is not a tf.train.Feature");
  }

  // One of the three kinds of list. Of several kinds the last counts; lists of one kind are joined.
  bool List(unsigned kind, std::string_view bytes, RecordColumn* column) {
    if (kind_ != 0 && kind_ != kind) column->ClearRow();
    kind_ = kind;
    Walk walk(bytes);
    std::string_view item;
    if (kind == 1) {
      while (walk.Take(kItem, &item)) column->AddText(item);
    } else {
      while (walk.Take(kItem, &item)) {
        if (!Packed(kind, item, column)) return false;
      }
    }
    if (walk.done()) return true;
    WireReader fields(walk.rest());
    while (fields.Next()) {
      if (fields.field() != 1) continue;
      if (fields.IsBytes()) {
        if (kind == 1) column->AddText(fields.text());
        else if (!Packed(kind, fields.text(), column)) return false;
      } else if (kind == 2 && fields.IsFixed32()) {
        column->AddFloat(fields.real());
      } else if (kind == 3 && fields.IsVarint()) {
        column->AddInteger(fields.integer());
      }
    }
    return fields.ok() || Broken("is cut short, or no list of values");
  }

  bool Packed(unsigned kind, std::string_view bytes, RecordColumn* column) {
    if (kind == 2) {
      if (bytes.size() % 4 != 0) return Broken("its floats are cut short");
      for (std::size_t i = 0; i < bytes.size(); i += 4) {
        float value;
        std::memcpy(&value, bytes.data() + i, 4);
        column->AddFloat(value);
      }
      return true;
    }
    WireReader::Bytes left(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    while (!left.empty()) {
      std::uint64_t value = 0;
      if (!TakeVarint(&left, &value)) return Broken("its integers are cut short");
      column->AddInteger(static_cast<std::int64_t>(value));
    }
    return true;
  }

  const std::size_t row_;
  RecordColumns* columns_;
  std::string* why_;
  std::string_view name_;  // of the feature under way
  std::size_t place_ = 0;
  unsigned kind_ = 0;  // of the lists of the feature under way
  Status error_;
};

}  // namespace

Result<bool> ReadExample(std::string_view bytes, std::size_t row, RecordColumns* columns, std::string* why) {
  return ExampleReader(row, columns, why).Read(bytes);
}

}  // namespace thalweg
