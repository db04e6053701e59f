#include "migrate/tensor_bundle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/strings.h"
#include "base/wire_reader.h"
#include "migrate/sorted_table.h"

namespace thalweg {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;
using Entry = TensorBundle::Entry;
using Slice = TensorBundle::Slice;

constexpr std::size_t kMaxRank = 8, kMaxShards = 10000, kMaxSlices = 1u << 20;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;
constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::uint64_t kMaxIndexBytes = std::uint64_t{256} << 20, kMaxStateBytes = 1 << 20;

std::size_t SizeOf(TfType type) {
  switch (type) {
    case TfType::kFloat:
    case TfType::kInt32:
      return 4;
    case TfType::kDouble:
    case TfType::kInt64:
      return 8;
    case TfType::kUint8:
    case TfType::kBool:
      return 1;
    case TfType::kString:
      break;
  }
  return 0;   // not known
}

// TensorShapeProto {dim=2 {size=1}, unknown_rank=3}
bool ParseShape(Bytes bytes, std::vector<std::int64_t>* shape) {
  WireReader message(bytes);
  while (message.Next()) {
    if (message.field() == 3 && message.IsVarint() && message.varint() != 0) return false;
    if (message.field() != 2 || !message.IsBytes()) continue;
    std::int64_t extent = 0;
    WireReader dimension(message.bytes());
    while (dimension.Next()) {
      if (dimension.field() == 1 && dimension.IsVarint()) extent = dimension.integer();
    }
    if (!dimension.ok() || extent < 0 || shape->size() == kMaxRank) return false;
    shape->push_back(extent);
  }
  return message.ok();
}

std::optional<std::int64_t> Product(std::span<const std::int64_t> shape) {
  std::int64_t product = 1;
  for (const std::int64_t extent : shape) {
    if (extent != 0 && product > kMaxElements / extent) return std::nullopt;
    product *= extent;
  }
  return product;
}

// TensorSliceProto {extent=1 {start=1, length=2}}: no length means all of the dimension.
bool ParseSlice(Bytes bytes, std::span<const std::int64_t> shape, Slice* slice) {
  WireReader message(bytes);
  while (message.Next()) {
    if (message.field() != 1 || !message.IsBytes()) continue;
    const std::size_t d = slice->begin.size();
    if (d == shape.size()) return false;
    std::int64_t begin = 0, length = -1;
    WireReader extent(message.bytes());
    while (extent.Next()) {
      if (extent.field() == 1 && extent.IsVarint()) begin = extent.integer();
      if (extent.field() == 2 && extent.IsVarint()) length = extent.integer();
    }
    if (!extent.ok() || begin < 0 || begin > shape[d]) return false;
    if (length < 0) length = shape[d] - begin;
    if (length > shape[d] - begin) return false;
    slice->begin.push_back(begin);
    slice->extent.push_back(length);
  }
  return message.ok() && slice->begin.size() == shape.size();
}

// Numbers in keys of slices: TensorFlow's ordered code, whose bytes sort as the numbers do.
void AppendOrdered(std::uint64_t value, std::string* key) {
  std::array<char, 8> bytes;
  std::size_t count = 0;
  for (; value != 0; value >>= 8) bytes[count++] = static_cast<char>(value & 0xff);
  key->push_back(static_cast<char>(count));
  while (count > 0) key->push_back(bytes[--count]);
}
void AppendOrderedSigned(std::int64_t value, std::string* key) {
  // Not negative here. n bytes hold 7n - 1 bits; their first n bits are 1, the next is 0.
  std::size_t count = 1;
  while (count < 10 && (value >> (7 * count - 1)) != 0) ++count;
  std::array<std::uint8_t, 10> bytes{};
  std::uint64_t rest = static_cast<std::uint64_t>(value);
  for (std::size_t i = count; i-- > 0; rest >>= 8) bytes[i] = static_cast<std::uint8_t>(rest);
  for (std::size_t bit = 0; bit < count; ++bit) bytes[bit / 8] |= static_cast<std::uint8_t>(0x80u >> (bit % 8));
  key->append(reinterpret_cast<const char*>(bytes.data()), count);
}

std::string SliceKey(std::string_view name, const Slice& slice) {
  std::string key;
  AppendOrdered(0, &key);
  for (const char c : name) {   // ended by 00 01; 00 and ff within are marked
    key.push_back(c);
    if (c == '\0') key.push_back('\xff');
    if (c == '\xff') key.push_back('\0');
  }
  key.append(std::string("\0\1", 2));
  AppendOrdered(slice.begin.size(), &key);
  for (std::size_t d = 0; d < slice.begin.size(); ++d) {
    AppendOrderedSigned(slice.begin[d], &key);
    AppendOrderedSigned(slice.extent[d], &key);
  }
  return key;
}

class Files final : public TensorBundle {
 public:
  explicit Files(std::string prefix) : prefix_(std::move(prefix)) {}

  Status Open() {
    const std::string index = prefix_ + ".index";
    THALWEG_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(index, kMaxIndexBytes));
    bool header = false;
    const Status read = ReadSortedTable({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                                        [&](std::string_view key, std::string_view value) -> Status {
                                          if (key.empty()) return header = true, ReadHeader(value);
                                          if (!header) return Status::BadData("its first entry is not its header");
                                          return ReadEntry(key, value);
                                        });
    if (!read.ok()) return read.At(index);
    if (!header) return Status::BadData(index + ": holds nothing");
    for (std::size_t s = 0; s < shards_.size(); ++s) {
      THALWEG_ASSIGN_OR_RETURN(shards_[s], RandomFile::Open(fmt::format("{}.data-{:05}-of-{:05}", prefix_, s, shards_.size())));
    }
    return CheckAll().At(index);
  }

  const std::map<std::string, Entry, std::less<>>& entries() const override { return entries_; }

  Status ReadFloats(std::string_view name, std::span<float> out) const override {
    const Entry* entry = Find(name);
    if (entry == nullptr) return Status::Internal(prefix_ + ": no variable " + Quote(name, 200));
    if (static_cast<std::int64_t>(out.size()) != entry->elements) return Status::Internal(prefix_ + ": wrong size for " + Quote(name, 200));
    if (entry->slices.empty()) return ReadDense(name, *entry, out);
    for (const Slice& slice : entry->slices) {
      std::vector<float> values(static_cast<std::size_t>(*Product(slice.extent)));
      THALWEG_RETURN_IF_ERROR(ReadDense(name, slices_.find(slice.key)->second, values));
      Place(slice, entry->shape, values, out);
    }
    return Status::Ok();
  }

  Result<std::int64_t> ReadInteger(std::string_view name) const override {
    const Entry* entry = Find(name);
    if (entry == nullptr || entry->elements != 1 || !entry->slices.empty()) {
      return Status::BadData(fmt::format("{}: {} is not there, or not one number", prefix_, Quote(name, 200)));
    }
    std::array<std::uint8_t, 8> bytes{};
    const std::size_t size = SizeOf(entry->type);
    if (entry->type == TfType::kFloat || entry->type == TfType::kDouble || size == 0) {
      return Status::BadData(fmt::format("{}: {} is {}, expected an integer", prefix_, Quote(name, 200), TfTypeName(entry->type)));
    }
    THALWEG_RETURN_IF_ERROR(ReadPieces(name, *entry, [&](std::uint64_t at, Bytes piece) {
      std::copy(piece.begin(), piece.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    }));
    std::int64_t value = 0;
    std::memcpy(&value, bytes.data(), 8);
    return size == 4 ? static_cast<std::int32_t>(value) : value;
  }

 private:
  // BundleHeaderProto {num_shards=1, endianness=2, version=3}
  Status ReadHeader(std::string_view value) {
    std::uint64_t shards = 0, endianness = 0;
    WireReader message(value);
    while (message.Next()) {
      if (message.field() == 1 && message.IsVarint()) shards = message.varint();
      if (message.field() == 2 && message.IsVarint()) endianness = message.varint();
    }
    if (!message.ok()) return Status::BadData("its header is broken");
    if (endianness != 0) return Status::BadData("is of a big-endian machine, which is not read here");
    if (shards == 0 || shards > kMaxShards) return Status::BadData(fmt::format("found {} files of data, expected 1 to {}", shards, kMaxShards));
    shards_.resize(shards);
    return Status::Ok();
  }

  // BundleEntryProto {dtype=1, shape=2, shard_id=3, offset=4, size=5, crc32c=6, slices=7}
  Status ReadEntry(std::string_view key, std::string_view value) {
    Entry entry;
    int type = 0;
    std::vector<Bytes> slices;
    std::uint64_t shard = 0;
    WireReader message(value);
    bool good = true;
    while (good && message.Next()) {
      if (message.IsBytes() && message.field() == 2) good = ParseShape(message.bytes(), &entry.shape);
      if (message.IsBytes() && message.field() == 7) slices.push_back(message.bytes());
      if (message.IsFixed32() && message.field() == 6) entry.crc = message.fixed32();
      if (!message.IsVarint()) continue;
      if (message.field() == 1) type = static_cast<int>(std::min<std::uint64_t>(message.varint(), 1000));
      if (message.field() == 3) shard = message.varint();
      if (message.field() == 4) entry.offset = message.varint();
      if (message.field() == 5) entry.size = message.varint();
    }
    entry.type = static_cast<TfType>(type);
    const std::optional<std::int64_t> elements = Product(entry.shape);
    if (!good || !message.ok() || !elements || shard >= shards_.size() || slices.size() > kMaxSlices) {
      return Status::BadData("its entry " + Quote(key, 200) + " is broken");
    }
    entry.elements = entry.given = *elements;
    entry.shard = static_cast<std::uint32_t>(shard);
    for (const Bytes& bytes : slices) {
      Slice slice;
      if (!ParseSlice(bytes, entry.shape, &slice)) return Status::BadData("its entry " + Quote(key, 200) + " has a broken slice");
      slice.key = SliceKey(key, slice);
      entry.slices.push_back(std::move(slice));
    }
    (key[0] == '\0' ? slices_ : entries_).emplace(key, std::move(entry));
    return Status::Ok();
  }

  // Sizes fit types, shapes and files; slices are there.
  Status CheckAll() {
    for (const auto* list : {&entries_, &slices_}) {
      for (const auto& [name, entry] : *list) {
        if (!entry.slices.empty()) continue;
        const std::uint64_t file = shards_[entry.shard]->size();
        const std::size_t one = SizeOf(entry.type);
        const bool fits = entry.offset <= file && entry.size <= file - entry.offset;
        if (fits && (one == 0 || entry.size == static_cast<std::uint64_t>(entry.elements) * one)) continue;
        return Status::BadData(fmt::format("{}: {} bytes at {} of the shape [{}] and type {}, in a file of {} bytes: it is cut, or lies",
                                           Quote(name, 200), entry.size, entry.offset, fmt::join(entry.shape, ","), TfTypeName(entry.type), file));
      }
    }
    for (auto& [name, entry] : entries_) {
      if (entry.slices.empty()) continue;
      entry.given = 0;
      for (const Slice& slice : entry.slices) {
        const auto found = slices_.find(slice.key);
        if (found == slices_.end() || found->second.shape != slice.extent || found->second.type != entry.type) {
          return Status::BadData(Quote(name, 200) + ": a slice of it is not there, or of another shape");
        }
        entry.given += *Product(slice.extent);
        if (entry.given > entry.elements) return Status::BadData(Quote(name, 200) + ": its slices are more than the whole of it");
      }
    }
    return Status::Ok();
  }

  // Hands the bytes to `take` piece by piece, and checks them at the end.
  template <class Take>
  Status ReadPieces(std::string_view name, const Entry& entry, const Take& take) const {
    const RandomFile& file = *shards_[entry.shard];
    std::vector<std::uint8_t> piece(std::min<std::uint64_t>(kPiece, entry.size));
    std::uint32_t crc = 0;
    for (std::uint64_t at = 0; at < entry.size; at += piece.size()) {
      const std::size_t size = std::min<std::uint64_t>(piece.size(), entry.size - at);
      THALWEG_RETURN_IF_ERROR(file.Read(entry.offset + at, piece.data(), size));
      crc = Crc32c(piece.data(), size, crc);
      take(at, Bytes(piece.data(), size));
    }
    if (MaskCrc32c(crc) == entry.crc) return Status::Ok();
    return Status::BadData(fmt::format("{}: the variable {} (bytes {} to {}) is damaged: checksum {:08x}, expected {:08x}; take another copy",
                                       file.path(), Quote(name, 200), entry.offset, entry.offset + entry.size, MaskCrc32c(crc), entry.crc));
  }

  Status ReadDense(std::string_view name, const Entry& entry, std::span<float> out) const {
    if (entry.type == TfType::kFloat) {
      return ReadPieces(name, entry, [&](std::uint64_t at, Bytes piece) {
        std::memcpy(reinterpret_cast<std::uint8_t*>(out.data()) + at, piece.data(), piece.size());
      });
    }
    if (entry.type == TfType::kDouble) {   // a piece holds whole ones
      return ReadPieces(name, entry, [&](std::uint64_t at, Bytes piece) {
        for (std::size_t i = 0; i * 8 < piece.size(); ++i) {
          double value;
          std::memcpy(&value, piece.data() + 8 * i, 8);
          out[at / 8 + i] = static_cast<float>(value);
        }
      });
    }
    return Status::BadData(fmt::format("{}: the variable {} is of {}, expected float32", prefix_, Quote(name, 200), TfTypeName(entry.type)));
  }

  // Rows of the last dimension are copied as they are.
  static void Place(const Slice& slice, std::span<const std::int64_t> shape, std::span<const float> values, std::span<float> out) {
    const std::size_t rank = shape.size();
    if (values.empty()) return;
    if (rank == 0) return static_cast<void>(out[0] = values[0]);
    const auto row = static_cast<std::size_t>(slice.extent[rank - 1]);
    std::vector<std::int64_t> at(rank, 0);
    for (std::size_t from = 0; from < values.size(); from += row) {
      std::int64_t to = 0;
      for (std::size_t d = 0; d < rank; ++d) to = to * shape[d] + slice.begin[d] + at[d];
      std::copy_n(values.data() + from, row, out.data() + to);
      for (std::size_t d = rank - 1; d-- > 0;) {
        if (++at[d] < slice.extent[d]) break;
        at[d] = 0;
      }
    }
  }

  std::string prefix_;
  std::vector<std::shared_ptr<const RandomFile>> shards_;
  std::map<std::string, Entry, std::less<>> entries_, slices_;
};

bool IsFile(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// The value of `key: "…"` in a text proto; escapes are C's.
std::optional<std::string> TextValue(const std::string& text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    if (at > 0 && text[at - 1] != '\n' && text[at - 1] != ' ') continue;
    std::size_t i = text.find_first_not_of(": ", at + key.size());
    if (i == std::string::npos || text[i] != '"') continue;
    std::string value;
    for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i) {
      if (text[i] != '\\' || i + 1 == text.size()) {
        value.push_back(text[i]);
        continue;
      }
      ++i;
      if (text[i] >= '0' && text[i] <= '7' && i + 2 < text.size()) {   // three octal digits
        value.push_back(static_cast<char>((text[i] - '0') * 64 + (text[i + 1] - '0') * 8 + (text[i + 2] - '0')));
        i += 2;
      } else {
        value.push_back(text[i]);
      }
    }
    return value;
  }
  return std::nullopt;
}

}  // namespace

std::string TfTypeName(TfType type) {
  switch (type) {
    case TfType::kFloat: return "float32";
    case TfType::kDouble: return "float64";
    case TfType::kInt32: return "int32";
    case TfType::kUint8: return "uint8";
    case TfType::kString: return "string";
    case TfType::kInt64: return "int64";
    case TfType::kBool: return "bool";
  }
  return fmt::format("type {}", static_cast<int>(type));
}

Result<std::shared_ptr<const TensorBundle>> TensorBundle::Open(const std::string& prefix) {
  auto files = std::make_shared<Files>(prefix);
  THALWEG_RETURN_IF_ERROR(files->Open());
  return std::shared_ptr<const TensorBundle>(std::move(files));
}

const Entry* TensorBundle::Find(std::string_view name) const {
  const auto found = entries().find(name);
  return found == entries().end() ? nullptr : &found->second;
}

Result<std::string> FindCheckpoint(const std::string& path) {
  if (IsFile(path + ".index")) return path;
  if (path.ends_with(".index") && IsFile(path)) return path.substr(0, path.size() - 6);
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return Status::NotFound(path + ": is neither a folder nor a checkpoint (there is no " + path + ".index)");
  }
  const std::string state = (fs::path(path) / "checkpoint").string();
  if (!IsFile(state)) return Status::NotFound(path + ": has no file `checkpoint`, which names the newest checkpoint; name one, such as " + path + "/model.ckpt-1000");
  THALWEG_ASSIGN_OR_RETURN(const std::string text, ReadFile(state, kMaxStateBytes));
  const std::optional<std::string> name = TextValue(text, "model_checkpoint_path");
  if (!name || name->empty()) return Status::BadData(state + ": names no checkpoint (model_checkpoint_path)");
  const fs::path named = *name;
  std::string prefix = (named.is_absolute() ? named : fs::path(path) / named).string();
  // A folder that was moved still has its old absolute path in it.
  if (!IsFile(prefix + ".index")) prefix = (fs::path(path) / named.filename()).string();
  if (!IsFile(prefix + ".index")) return Status::NotFound(prefix + ".index: is not there, but " + state + " names it as the newest checkpoint");
  return prefix;
}

}  // namespace thalweg
