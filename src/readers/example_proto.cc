#include "readers/example_proto.h"

#include <algorithm>
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

// A varint by itself.
constexpr bool IsOneByte(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

}  // namespace

// Walks over bytes where it has the layout that every writer gives it; WireReader takes it up where it has not.
class ExampleReader::Walk {
 public:
  const char* at;
  const char* end;

  explicit Walk(std::string_view bytes) : at(bytes.data()), end(at + bytes.size()) {}
  bool done() const { return at == end; }
  std::string_view rest() const { return {at, static_cast<std::size_t>(end - at)}; }
  // The field `tag`, a length and so many bytes, if that is what comes next.
  [[gnu::always_inline]] bool Take(Tag tag, std::string_view* bytes) {
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
  [[gnu::noinline]] bool TakeLong(std::string_view* bytes) {
    WireReader::Bytes left(reinterpret_cast<const std::uint8_t*>(at) + 1, static_cast<std::size_t>(end - at) - 1);
    std::uint64_t size = 0;
    if (!TakeVarint(&left, &size) || size > left.size()) return false;
    *bytes = {reinterpret_cast<const char*>(left.data()), size};
    at = bytes->data() + size;
    return true;
  }
};

Result<bool> ExampleReader::Read(std::string_view bytes, std::size_t row, std::string* why) {
  row_ = row;
  why_ = why;
  name_ = {};
  columns_.BeginRow();
  const bool good = Example(bytes);
  if (!error_.ok()) return error_;
  return good;
}

bool ExampleReader::Broken(const char* what) {
  *why_ = what;
  if (!name_.empty()) *why_ = "feature " + Quote(name_) + ": " + *why_;
  return false;
}

bool ExampleReader::Example(std::string_view bytes) {
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

bool ExampleReader::Features(std::string_view bytes) {
  Walk walk(bytes);
  std::string_view entry;
  while (true) {
    // Most entries are short, and what was there in the rows before.
    while (walk.end - walk.at >= 2 && *walk.at == kEntry && IsOneByte(walk.at[1]) && walk.at[1] <= walk.end - walk.at - 2 &&
           UsualEntry(walk.at + 2, static_cast<std::size_t>(walk.at[1]))) {
      walk.at += 2 + walk.at[1];
    }
    if (!walk.Take(kEntry, &entry)) break;
    if (!Entry(entry)) return false;
  }
  WireReader rest(walk.rest());
  while (rest.Next()) {
    if (rest.field() == 1 && rest.IsBytes() && !Entry(rest.text())) return false;
  }
  return rest.ok() || Broken("the record is no tf.train.Example: its features are not a message");
}

// The entry of a name that is expected, with one list and its items in one piece: a text, or packed numbers; all lengths are
// below 128, as `size` is. False, and nothing is done, for anything else.
[[gnu::always_inline]] inline bool ExampleReader::UsualEntry(const char* entry, std::size_t size) {
  std::uint64_t first, second;
  std::memcpy(&first, entry, 8);
  std::memcpy(&second, entry + 8, 8);
  std::uint32_t key = columns_.FollowerOf(columns_.last());
  for (int hops = 0;; ++hops, key = columns_.FollowerOf(key)) {
    if (key == RecordColumns::kNone || hops == RecordColumns::kMaxHops) return false;
    const Beginning& b = beginnings_[key];
    if ((((first ^ b.words[0]) & b.masks[0]) | ((second ^ b.words[1]) & b.masks[1])) != 0) continue;
    if (b.bytes.size() <= 16 || (b.bytes.size() < size && std::memcmp(b.bytes.data(), entry, b.bytes.size()) == 0)) break;
  }
  const std::size_t begin = beginnings_[key].bytes.size();
  if (size < begin + 5) return false;
  // The length of the Feature, its list's mark and length, the item's mark and length: each what it must be to end with
  // the entry.
  const std::uint64_t left = size - begin - 1;
  std::uint64_t found;
  std::memcpy(&found, entry + begin, 8);
  const std::uint64_t expected = left | (left - 2) << 16 | std::uint64_t{kItem} << 24 | (left - 4) << 32;
  if ((found & 0xffffff00ffu) != expected) return false;
  const unsigned kind = static_cast<unsigned>(found >> 8) & 0xff;
  const char* item = entry + begin + 5;
  const std::size_t length = left - 4;
  if (kind != kBytesList && !(kind == kFloatList && length == 4) && !(kind == kInt64List && length == 1 && IsOneByte(*item))) {
    return false;
  }
  RecordColumn* column = columns_.Select(key);
  if (column == nullptr) return true;
  column->BeginRow(row_);
  if (kind == kBytesList) {
    if (length <= 16) column->AddShortText(item, length);
    else column->AddText({item, length});
  } else if (kind == kFloatList) {
    float value;
    std::memcpy(&value, item, 4);
    column->AddFloat(value);
  } else {
    column->AddInteger(*item);
  }
  column->EndRow();
  return true;
}

// A name and a Feature, as all usual writers write them; LooseEntry and LooseFeature take what is written otherwise.
bool ExampleReader::Entry(std::string_view bytes) {
  Walk walk(bytes);
  std::string_view key, feature;
  if (!(walk.Take(kKey, &key) && walk.Take(kValue, &feature) && walk.done())) return LooseEntry(bytes);
  RecordColumn* column = nullptr;
  if (!Find(key, &column)) return false;
  if (column == nullptr) return true;
  column->BeginRow(row_);
  if (!Feature(feature, column)) return false;
  column->EndRow();
  name_ = {};
  return true;
}

// A name or a Feature may be there twice: the parts of a Feature are joined.
bool ExampleReader::LooseEntry(std::string_view bytes) {
  std::string_view key;
  WireReader fields(bytes);
  while (fields.Next()) {
    if (fields.field() == 1 && fields.IsBytes()) key = fields.text();
  }
  if (!fields.ok()) return Broken("the record is no tf.train.Example: an entry of its features is not a message");
  RecordColumn* column = nullptr;
  if (!Find(key, &column)) return false;
  if (column == nullptr) return true;
  column->BeginRow(row_);
  unsigned kind = 0;
  WireReader again(bytes);
  while (again.Next()) {
    if (again.field() == 2 && again.IsBytes() && !LooseFeature(again.text(), &kind, column)) return false;
  }
  column->EndRow();
  name_ = {};
  return true;
}

bool ExampleReader::Find(std::string_view key, RecordColumn** column) {
  name_ = key;
  if (!columns_.Find(key, row_, column)) {
    error_ = Status::BadData("more than " + std::to_string(kMaxKeys) + " different features; the last is " + Quote(key));
  } else if (columns_.names().size() > beginnings_.size()) {
    if (!IsValidUtf8(key)) {
      error_ = Status::BadData("the name of a feature is " + Quote(key) + ", which is not UTF-8");
    }
    Beginning b;
    if (key.size() < 0x80) {  // a longer one is never in a usual entry
      b.bytes = std::string(1, static_cast<char>(kKey)) + static_cast<char>(key.size());
      b.bytes += key;
      b.bytes += static_cast<char>(kValue);
      const std::size_t size = std::min<std::size_t>(b.bytes.size(), 16);
      std::memcpy(b.words, b.bytes.data(), size);
      std::memset(b.masks, 0xff, size);
    } else {
      b.words[0] = b.masks[0] = ~std::uint64_t{0};  // what no entry begins with
    }
    beginnings_.push_back(std::move(b));
  }
  return error_.ok();
}

bool ExampleReader::Feature(std::string_view bytes, RecordColumn* column) {
  Walk walk(bytes);
  std::string_view list, item;
  if (walk.Take(kBytesList, &list) && walk.done()) {
    Walk items(list);
    while (items.Take(kItem, &item)) column->AddText(item);
    return items.done() || LooseList(1, items.rest(), column);
  }
  if (walk.Take(kFloatList, &list) && walk.done()) {
    Walk items(list);
    if (!items.Take(kItem, &item) || !items.done()) return LooseList(2, list, column);
    return Floats(item, column);
  }
  if (walk.Take(kInt64List, &list) && walk.done()) {
    Walk items(list);
    if (!items.Take(kItem, &item) || !items.done()) return LooseList(3, list, column);
    return Integers(item, column);
  }
  unsigned kind = 0;
  return LooseFeature(bytes, &kind, column);
}

// Of several kinds of list the last counts; lists of one kind are joined. *kind is what there was before, 0 for nothing.
bool ExampleReader::LooseFeature(std::string_view bytes, unsigned* kind, RecordColumn* column) {
  WireReader fields(bytes);
  while (fields.Next()) {
    if (fields.field() < 1 || fields.field() > 3 || !fields.IsBytes()) continue;
    if (*kind != 0 && *kind != fields.field()) column->ClearRow();
    *kind = fields.field();
    if (!LooseList(*kind, fields.text(), column)) return false;
  }
  return fields.ok() || Broken("is not a tf.train.Feature");
}

// Items, packed or one by one.
bool ExampleReader::LooseList(unsigned kind, std::string_view bytes, RecordColumn* column) {
  WireReader items(bytes);
  while (items.Next()) {
    if (items.field() != 1) continue;
    if (items.IsBytes()) {
      if (kind == 1) column->AddText(items.text());
      else if (kind == 2 ? !Floats(items.text(), column) : !Integers(items.text(), column)) return false;
    } else if (kind == 2 && items.IsFixed32()) {
      column->AddFloat(items.real());
    } else if (kind == 3 && items.IsVarint()) {
      column->AddInteger(items.integer());
    }
  }
  return items.ok() || Broken("is cut short, or no list of values");
}

bool ExampleReader::Floats(std::string_view packed, RecordColumn* column) {
  if (packed.size() % 4 != 0) return Broken("its floats are cut short");
  for (std::size_t i = 0; i < packed.size(); i += 4) {
    float value;
    std::memcpy(&value, packed.data() + i, 4);
    column->AddFloat(value);
  }
  return true;
}

bool ExampleReader::Integers(std::string_view packed, RecordColumn* column) {
  if (packed.size() == 1 && IsOneByte(packed[0])) {
    column->AddInteger(packed[0]);
    return true;
  }
  WireReader::Bytes left(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size());
  while (!left.empty()) {
    std::uint64_t value = 0;
    if (!TakeVarint(&left, &value)) return Broken("its integers are cut short");
    column->AddInteger(static_cast<std::int64_t>(value));
  }
  return true;
}

}  // namespace thalweg
