// Long lists of texts (vocabularies) of a spec are kept as tensors, not in its JSON.
#ifndef THALWEG_BUNDLE_SPEC_TEXTS_H_
#define THALWEG_BUNDLE_SPEC_TEXTS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "thalweg/model_spec.h"
#include "thalweg/status.h"

namespace thalweg {

// One of the lists: a parameter of a column, own or fitted.
struct TextsKey {
  bool fitted = false;  // in spec.fitted; else in spec.columns
  std::string column, parameter;
  bool operator==(const TextsKey&) const = default;
};

struct LongTexts {
  TextsKey key;
  std::vector<std::string> texts;
};

// The keys of all lists that are too long for JSON, in the order of the file.
std::vector<TextsKey> FindLongTexts(const ModelSpec& spec);
// Takes those lists out of *spec.
std::vector<LongTexts> TakeLongTexts(ModelSpec* spec);
// Puts one back. kBadData: the spec has no such column, or the parameter is there.
Status PutBack(LongTexts list, ModelSpec* spec);

// `texts` of the header. "" for none.
std::string FormatTextsKeys(std::span<const TextsKey> keys);
Result<std::vector<TextsKey>> ParseTextsKeys(const std::string& text);

// A list as the bytes of two tensors, and back. kBadData: offsets that are none.
struct PackedTexts {
  std::string bytes;
  std::vector<std::uint64_t> offsets;  // [texts + 1]
};
PackedTexts Pack(const std::vector<std::string>& texts);
Result<std::vector<std::string>> Unpack(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> offsets);

}  // namespace thalweg

#endif  // THALWEG_BUNDLE_SPEC_TEXTS_H_
