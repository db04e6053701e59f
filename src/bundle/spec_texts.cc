#include "bundle/spec_texts.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/json.h"
#include "base/strings.h"

namespace thalweg {
namespace {

constexpr std::size_t kMostTexts = 64, kMostBytes = 4096;  // in JSON
constexpr std::uint64_t kMaxKeysBytes = std::uint64_t{4} << 20;

bool IsLong(const ParamValue& value) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  if (texts == nullptr) return false;
  std::size_t bytes = 0;
  for (const std::string& text : *texts) bytes += text.size();
  return texts->size() > kMostTexts || bytes > kMostBytes;
}

// Calls visit(fitted, column, params) for the parameters of each column in the order of the file.
template <class Spec, class Visit>
void ForEachParams(Spec& spec, const Visit& visit) {
  for (auto& column : spec.columns) visit(false, column.name, column.params);
  for (auto& [column, params] : spec.fitted) visit(true, column, params);
}

}  // namespace

std::vector<TextsKey> FindLongTexts(const ModelSpec& spec) {
  std::vector<TextsKey> keys;
  ForEachParams(spec, [&](bool fitted, const std::string& column, const Params& params) {
    for (const auto& [name, value] : params) {
      if (IsLong(value)) keys.push_back({fitted, column, name});
    }
  });
  return keys;
}

std::vector<LongTexts> TakeLongTexts(ModelSpec* spec) {
  std::vector<LongTexts> taken;
  ForEachParams(*spec, [&](bool fitted, const std::string& column, Params& params) {
    for (auto it = params.begin(); it != params.end();) {
      if (!IsLong(it->second)) {
        ++it;
        continue;
      }
      taken.push_back({{fitted, column, it->first}, std::get<std::vector<std::string>>(std::move(it->second))});
      it = params.erase(it);
    }
  });
  return taken;
}

Status PutBack(LongTexts list, ModelSpec* spec) {
  Params* params = nullptr;
  const TextsKey& key = list.key;
  if (key.fitted) {
    const auto it = spec->fitted.find(key.column);
    if (it != spec->fitted.end()) params = &it->second;
  } else {
    const auto it =
        std::lower_bound(spec->columns.begin(), spec->columns.end(), key.column,
                         [](const ColumnSpec& column, const std::string& name) { return column.name < name; });
    if (it != spec->columns.end() && it->name == key.column) params = &it->params;
  }
  if (params == nullptr) return Status::BadData("texts of column " + Quote(key.column) + ", which the spec has not");
  if (!params->emplace(key.parameter, std::move(list.texts)).second) {
    return Status::BadData("texts of column " + Quote(key.column) + ": its parameter " + Quote(key.parameter) +
                           " is in the spec already");
  }
  return Status::Ok();
}

std::string FormatTextsKeys(std::span<const TextsKey> keys) {
  if (keys.empty()) return "";
  Json list = Json::array();
  for (const TextsKey& key : keys) {
    list.push_back(Json::array({key.fitted ? "fitted" : "columns", key.column, key.parameter}));
  }
  return FormatJson(list);
}

Result<std::vector<TextsKey>> ParseTextsKeys(const std::string& text) {
  std::vector<TextsKey> keys;
  if (text.empty()) return keys;
  THALWEG_ASSIGN_OR_RETURN(const Json list, ParseJson(text, "texts", {.max_bytes = kMaxKeysBytes, .max_depth = 2}));
  const auto bad = [] {
    return Status::BadData("texts: expected a list of [\"columns\" or \"fitted\", column, parameter]");
  };
  if (!list.is_array()) return bad();
  for (const Json& key : list) {
    if (!key.is_array() || key.size() != 3 ||
        !std::all_of(key.begin(), key.end(), [](const Json& part) { return part.is_string(); })) {
      return bad();
    }
    keys.push_back({key[0] == "fitted", key[1].get<std::string>(), key[2].get<std::string>()});
  }
  if (FormatTextsKeys(keys) != text) return bad();
  return keys;
}

PackedTexts Pack(const std::vector<std::string>& texts) {
  PackedTexts packed;
  packed.offsets.push_back(0);
  for (const std::string& text : texts) {
    packed.bytes += text;
    packed.offsets.push_back(packed.bytes.size());
  }
  return packed;
}

Result<std::vector<std::string>> Unpack(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> offsets) {
  const std::size_t count = offsets.size() / sizeof(std::uint64_t);
  const auto offset = [&](std::size_t i) {
    std::uint64_t value;
    std::memcpy(&value, offsets.data() + i * sizeof(value), sizeof(value));
    return value;
  };
  // All before any memory is taken.
  bool right = count > 0 && offset(0) == 0 && offset(count - 1) == bytes.size();
  for (std::size_t i = 1; right && i < count; ++i) right = offset(i - 1) <= offset(i);
  if (!right)
    return Status::BadData("the offsets of its texts do not follow each other from 0 to " +
                           std::to_string(bytes.size()));
  std::vector<std::string> texts;
  texts.reserve(count - 1);
  for (std::size_t i = 1; i < count; ++i) {
    texts.emplace_back(reinterpret_cast<const char*>(bytes.data()) + offset(i - 1), offset(i) - offset(i - 1));
  }
  return texts;
}

}  // namespace thalweg
