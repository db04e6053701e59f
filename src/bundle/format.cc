// The header as bytes, and back.
#include "bundle/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "base/strings.h"
#include "bundle/checks.h"

namespace thalweg {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are used as they lie in the file");

constexpr std::uint64_t kLengthBytes = 8;
// A file begins with its length, then kBegin, the digits of its checksum, kFormat, its version, kAfterVersion.
constexpr std::string_view kBegin = R"({"__metadata__":{"checksum":")";
constexpr std::string_view kNoDigits = "00000000";
constexpr std::string_view kFormat = R"(","format":"thalweg","format_version":")";
constexpr std::string_view kVersion = "1", kVersionOfPacked = "2";
constexpr std::string_view kAfterVersion = "\"";
constexpr std::size_t kDigitsAt = kLengthBytes + kBegin.size();
constexpr std::size_t kVersionAt = kDigitsAt + kNoDigits.size() + kFormat.size();

constexpr std::pair<const char*, TensorType> kTypes[] = {
    {"F32", TensorType::kF32}, {"BF16", TensorType::kBF16}, {"I8", TensorType::kI8},
    {"U8", TensorType::kU8},   {"U32", TensorType::kU32},   {"U64", TensorType::kU64}};

constexpr std::pair<const char*, std::string BundleHeader::*> kMetadata[] = {
    {"position", &BundleHeader::position},
    {"provenance", &BundleHeader::provenance},
    {"spec", &BundleHeader::spec},
    {"table_checksum", &BundleHeader::table_checksum},
    {"texts", &BundleHeader::texts}};

std::string_view View(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// `head`: the file up to the data area; the digits count as zeros.
std::string HeaderChecksum(std::string_view head) {
  const std::size_t after = kDigitsAt + kNoDigits.size();
  std::uint32_t crc = Crc32c(head.data(), kDigitsAt);
  crc = Crc32c(kNoDigits.data(), kNoDigits.size(), crc);
  return FormatChecksum(Crc32c(head.data() + after, head.size() - after, crc));
}

// Fills a BundleHeader from the events of its JSON, and refuses any other shape of it at once.
class HeaderReader : public JsonEvents {
 public:
  explicit HeaderReader(const std::string& origin) : origin_(origin) {}
  BundleHeader header;

  Status Null(int) override { return Unexpected("null"); }
  Status Bool(bool, int) override { return Unexpected("a truth value"); }
  Status Unsigned(std::uint64_t value, int) override { return Unexpected(std::to_string(value)); }
  Status Number(double value, int) override { return Unexpected(FormatJsonNumber(value)); }

  Status Integer(std::int64_t value, int) override {
    if (value < 0 || (where_ != Where::kShape && where_ != Where::kOffsets)) return Unexpected(std::to_string(value));
    TensorEntry& tensor = header.tensors.back();
    if (where_ == Where::kShape) {
      if (tensor.shape.size() >= kMaxRank) return Bad(fmt::format("a tensor has more than {} dimensions", kMaxRank));
      tensor.shape.push_back(value);
      return Status::Ok();
    }
    if (offsets_ >= 2) return Unexpected("a third offset");
    (offsets_++ == 0 ? tensor.begin : tensor.end) = static_cast<std::uint64_t>(value);
    return Status::Ok();
  }

  Status Text(std::string value, int) override {
    if (where_ == Where::kMetadata) {
      if (text_ != nullptr) *text_ = std::move(value);
      return Status::Ok();
    }
    if (where_ != Where::kTensor || key_ != "dtype") return Unexpected(Quote(value));
    for (const auto& [name, type] : kTypes) {
      if (value != name) continue;
      header.tensors.back().type = type;
      return Status::Ok();
    }
    return Bad("a tensor has the type " + Quote(value) + ", expected F32, BF16, I8, U8, U32 or U64");
  }

  Status Key(std::string key, int) override {
    key_ = std::move(key);
    if (where_ == Where::kMetadata) {
      // Those of the file's fixed beginning have been seen already.
      text_ = nullptr;
      for (const auto& [name, member] : kMetadata) {
        if (key_ == name) text_ = &(header.*member);
      }
      const bool fixed = key_ == "checksum" || key_ == "format" || key_ == "format_version";
      if (text_ == nullptr && !fixed) return Unexpected("key " + Quote(key_));
    }
    return Status::Ok();
  }

  Status StartObject(int) override {
    if (where_ == Where::kOutside) {
      where_ = Where::kTop;
    } else if (where_ == Where::kTop && key_ == "__metadata__") {
      where_ = Where::kMetadata;
    } else if (where_ == Where::kTop) {
      if (header.tensors.size() >= kMaxTensors) return Bad(fmt::format("there are more than {} tensors", kMaxTensors));
      where_ = Where::kTensor;
      header.tensors.emplace_back().name = std::move(key_);
    } else {
      return Unexpected("an object");
    }
    return Status::Ok();
  }
  Status EndObject() override {
    where_ = where_ == Where::kTop ? Where::kOutside : Where::kTop;
    return Status::Ok();
  }
  Status StartArray(int) override {
    if (where_ != Where::kTensor) return Unexpected("a list");
    if (key_ == "shape") {
      where_ = Where::kShape;
      header.tensors.back().shape.clear();
    } else if (key_ == "data_offsets") {
      where_ = Where::kOffsets;
      offsets_ = 0;
    } else {
      return Unexpected("a list");
    }
    return Status::Ok();
  }
  Status EndArray() override {
    if (where_ == Where::kOffsets && offsets_ != 2) return Bad("a tensor has other than two offsets");
    where_ = Where::kTensor;
    return Status::Ok();
  }

 private:
  enum class Where { kOutside, kTop, kMetadata, kTensor, kShape, kOffsets };

  Status Bad(const std::string& why) const { return Status::BadData(origin_ + ": in its header " + why); }
  Status Unexpected(const std::string& what) const {
    return Bad("found " + what + (key_.empty() ? "" : " at " + Quote(key_)) + ", where a Thalweg model has none");
  }

  std::string origin_;
  Where where_ = Where::kOutside;
  std::string key_;
  std::string* text_ = nullptr;
  int offsets_ = 0;
};

// Length, beginning, version and checksum: that these bytes are a header of ours and whole.
Result<std::uint64_t> CheckHead(std::span<const std::uint8_t> file, const std::string& origin) {
  const std::string_view text = View(file);
  const auto not_a_model = [&] {
    return Status::BadData(origin + ": is not a Thalweg model" + (file.empty() ? " (it is empty)" : "") +
                           ": name a file that `thalweg train` wrote");
  };
  const std::size_t common = std::min(text.size(), kDigitsAt);
  if (common > kLengthBytes &&
      text.substr(kLengthBytes, common - kLengthBytes) != kBegin.substr(0, common - kLengthBytes)) {
    return not_a_model();
  }
  if (text.size() < kVersionAt + kVersion.size() + kAfterVersion.size()) {
    if (text.size() <= kLengthBytes) return not_a_model();
    return Status::BadData(origin + ": is cut short: it ends within its header; take another copy");
  }
  if (text.substr(kDigitsAt + kNoDigits.size(), kFormat.size()) != kFormat) return not_a_model();
  std::uint64_t length;
  std::memcpy(&length, file.data(), sizeof(length));
  if (length > kMaxHeaderBytes || (kLengthBytes + length) % kAlignment != 0 || kLengthBytes + length < kVersionAt + 2) {
    return Status::BadData(
        fmt::format("{}: is damaged: its header is said to have {} bytes; take another copy", origin, length));
  }
  if (file.size() - kLengthBytes < length) {
    return Status::BadData(fmt::format("{}: is cut short: its header has {} bytes, {} are there; take another copy",
                                       origin, length, file.size() - kLengthBytes));
  }
  const std::string_view head = text.substr(0, kLengthBytes + length);
  const std::string found(head.substr(kDigitsAt, kNoDigits.size()));
  const std::string expected = HeaderChecksum(head);
  if (found != expected) {
    return Status::BadData(
        fmt::format("{}: is damaged: the checksum of its header is {}, expected {}; take another copy", origin,
                    Quote(found), expected));
  }
  const std::string_view version = head.substr(kVersionAt, head.find('"', kVersionAt) - kVersionAt);
  if (version != kVersion && version != kVersionOfPacked) {
    return Status::BadData(
        fmt::format("{}: has format version {}, and this program reads versions {} and {}: use the version of "
                    "Thalweg that wrote it, or a later one",
                    origin, Quote(version), kVersion, kVersionOfPacked));
  }
  return head.size();
}

void AppendTensor(const TensorEntry& tensor, std::string* out) {
  const char* type = "";
  for (const auto& [name, known] : kTypes) {
    if (known == tensor.type) type = name;
  }
  *out += fmt::format(R"(,{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", FormatJsonText(tensor.name), type,
                      fmt::join(tensor.shape, ","), tensor.begin, tensor.end);
}

// That the places of `tensors` follow from their names, types and shapes.
Status CheckPlaces(const std::vector<TensorEntry>& tensors, const std::string& origin) {
  std::vector<TensorEntry> wanted;
  for (const TensorEntry& tensor : tensors) {
    if (!IsPadding(tensor) && tensor.name != kChecksumsName) wanted.push_back(tensor);
  }
  Result<std::vector<TensorEntry>> placed = LayOut(std::move(wanted));
  if (!placed.ok()) return placed.status().At(origin);
  for (std::size_t i = 0; i < std::max(tensors.size(), placed->size()); ++i) {
    if (i < tensors.size() && i < placed->size() && tensors[i] == (*placed)[i]) continue;
    return Status::BadData(origin + ": in its header found " +
                           (i < tensors.size() ? "tensor " + Describe(tensors[i]) : "no more tensors") + ", expected " +
                           (i < placed->size() ? Describe((*placed)[i]) : "no more"));
  }
  return Status::Ok();
}

}  // namespace

std::string FormatChecksum(std::uint32_t crc) { return fmt::format("{:08x}", crc); }

std::string FormatHeader(const BundleHeader& header) {
  std::string text(kLengthBytes, '\0');
  const std::string_view version = HasPackedTables(header.tensors) ? kVersionOfPacked : kVersion;
  for (const std::string_view part : {kBegin, kNoDigits, kFormat, version, kAfterVersion}) text += part;
  for (const auto& [name, member] : kMetadata) {
    if ((header.*member).empty()) continue;
    text += fmt::format(",\"{}\":", name);
    text += FormatJsonText(header.*member);
  }
  text += '}';
  for (const TensorEntry& tensor : header.tensors) AppendTensor(tensor, &text);
  text += '}';
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  const std::uint64_t length = text.size() - kLengthBytes;
  std::memcpy(text.data(), &length, sizeof(length));
  text.replace(kDigitsAt, kNoDigits.size(), HeaderChecksum(text));
  return text;
}

Result<ParsedHeader> ParseHeader(std::span<const std::uint8_t> file, const std::string& origin) {
  THALWEG_ASSIGN_OR_RETURN(const std::uint64_t data_begin, CheckHead(file, origin));
  HeaderReader reader(origin);
  const std::string_view json = View(file).substr(kLengthBytes, data_begin - kLengthBytes);
  THALWEG_RETURN_IF_ERROR(
      ParseJsonEvents(json, origin + ": header", &reader, {.max_bytes = kMaxHeaderBytes, .max_depth = 3}));
  const std::vector<TensorEntry>& tensors = reader.header.tensors;
  THALWEG_RETURN_IF_ERROR(CheckPlaces(tensors, origin));
  const std::uint64_t expected = tensors.back().end, found = file.size() - data_begin;
  if (found != expected) {
    return Status::BadData(fmt::format("{}: {}: its tensors have {} bytes, {} are there; take another copy", origin,
                                       found < expected ? "is cut short" : "is too long", expected, found));
  }
  const std::string again = FormatHeader(reader.header);
  if (again != View(file).substr(0, data_begin)) {
    const std::string_view head = View(file).substr(0, std::min<std::uint64_t>(data_begin, again.size()));
    const auto at = std::mismatch(head.begin(), head.end(), again.begin()).first - head.begin();
    return Status::BadData(fmt::format("{}: its header is not as Thalweg writes it: at byte {} found {}, expected {}",
                                       origin, at, Quote(head.substr(static_cast<std::size_t>(at)), 20),
                                       Quote(std::string_view(again).substr(static_cast<std::size_t>(at)), 20)));
  }
  return ParsedHeader{std::move(reader.header), data_begin};
}

namespace {

// The numbers after `key` in `text`, up to `close`.
std::optional<std::vector<std::uint64_t>> NumbersAfter(std::string_view text, std::string_view key) {
  const std::size_t at = text.rfind(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t begin = at + key.size(), end = text.find(']', begin);
  if (end == std::string_view::npos) return std::nullopt;
  std::vector<std::uint64_t> numbers;
  for (const std::string& part : Split(text.substr(begin, end - begin), ',')) {
    const std::optional<std::int64_t> number = ParseInteger(part);
    if (!number || *number < 0) return std::nullopt;
    numbers.push_back(static_cast<std::uint64_t>(*number));
  }
  return numbers;
}

}  // namespace

Status FixChecksums(std::string* file) {
  std::uint64_t length = 0;
  if (file->size() < kVersionAt) return Status::BadData("too short to have checksums");
  std::memcpy(&length, file->data(), sizeof(length));
  if (length > file->size() - kLengthBytes || kLengthBytes + length < kVersionAt) return Status::BadData("no header");
  const std::uint64_t data_begin = kLengthBytes + length;
  const std::string_view head = std::string_view(*file).substr(0, data_begin);
  const std::string_view data = std::string_view(*file).substr(data_begin);

  const std::size_t entry = head.rfind("\"" + std::string(kChecksumsName) + "\":");
  constexpr std::string_view kTableKey = R"("table_checksum":")";
  const std::size_t table_key = head.rfind(kTableKey);
  const auto offsets =
      entry == std::string_view::npos ? std::nullopt : NumbersAfter(head.substr(entry), "\"data_offsets\":[");
  if (offsets && offsets->size() == 2 && (*offsets)[0] <= (*offsets)[1] && (*offsets)[1] <= data.size()) {
    const std::uint64_t begin = (*offsets)[0], room = (*offsets)[1] - begin;
    BlockSums blocks;
    blocks.Add(data.data(), begin);
    const std::vector<std::uint32_t> sums = blocks.Finish();
    const auto* table = reinterpret_cast<const char*>(sums.data());
    std::copy_n(table, std::min<std::uint64_t>(room, sums.size() * 4), file->data() + data_begin + begin);
    const std::size_t digits = table_key + kTableKey.size();
    if (table_key != std::string_view::npos && digits + kNoDigits.size() <= head.size()) {
      file->replace(digits, kNoDigits.size(), FormatChecksum(Crc32c(file->data() + data_begin + begin, room)));
    }
  }
  const std::string checksum = HeaderChecksum(std::string_view(*file).substr(0, data_begin));
  file->replace(kDigitsAt, kNoDigits.size(), checksum);
  return Status::Ok();
}

}  // namespace thalweg
