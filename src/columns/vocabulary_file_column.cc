// categorical_column_with_vocabulary_file: id = line of a file. The file is read when the spec is settled; the model keeps
// its lines and stands alone.
#include <fmt/format.h>

#include "base/file.h"
#include "base/strings.h"
#include "columns/vocabulary.h"
#include "columns/vocabulary_file_column.h"

namespace thalweg {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1ull << 30;

constexpr ParamInfo kParams[] = {
    kFieldParam,
    kDtypeParam,
    {"vocabulary_file", ParamType::kText, nullptr, "", "A value a line. Blanks count, carriage returns do not."},
    {"vocabulary_size", ParamType::kInteger, "", "≥ 1", "Only so many lines; without it all.", 1, 2147483646},
    {"num_oov_buckets", ParamType::kInteger, "0", "≥ 0", "Buckets that values not listed share, by Fingerprint64.", 0, 2147483646},
    {"default_value", ParamType::kInteger, "-1", "≥ -1", "The id of values not listed; -1: none.", -1, 2147483646},
};
constexpr ParamInfo kFitted[] = {{"vocabulary", ParamType::kTexts, "", "", ""}};

Result<std::unique_ptr<FeatureColumn>> Make(const ColumnSpec& column, const Params& params, const ModelSpec&,
                                            std::span<const FeatureColumn* const>) {
  return MakeVocabularyColumn(column, GetTexts(params, "vocabulary"), GetInteger(params, "num_oov_buckets", 0),
                              GetInteger(params, "default_value", -1));
}

}  // namespace

Status ReadVocabularyFile(const ColumnSpec& column, Params* fitted) {
  const std::string path = GetText(column.params, "vocabulary_file", "");
  const std::int64_t wanted = GetInteger(column.params, "vocabulary_size", -1);
  Result<std::string> text = ReadFile(path, kMaxFileBytes);
  if (!text.ok()) return text.status().At("columns." + column.name + ".vocabulary_file");
  std::vector<std::string> words;
  std::string word;
  std::size_t at = 0;
  while (at < text->size() && (wanted < 0 || static_cast<std::int64_t>(words.size()) < wanted)) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    word.clear();
    for (; at < end; ++at) {
      if ((*text)[at] != '\r') word += (*text)[at];
    }
    at = end + 1;
    if (word.empty()) return ColumnError(column, fmt::format("vocabulary_file: {} line {}: an empty line", path, words.size() + 1));
    words.push_back(word);
  }
  if (wanted > static_cast<std::int64_t>(words.size())) {
    return ColumnError(column, fmt::format("vocabulary_size: {} has {} lines, expected {}", path, words.size(), wanted));
  }
  (*fitted)["vocabulary"] = std::move(words);
  return Status::Ok();
}

extern const ColumnKind kVocabularyFileColumn;
const ColumnKind kVocabularyFileColumn = {
    {"vocabulary_file", "A category whose values are the lines of a file.", kParams,
     "tf.feature_column.categorical_column_with_vocabulary_file"},
    ColumnKind::Role::kCategorical, &CategoryLinks, &CategoryFieldType, &Make, kFitted};

}  // namespace thalweg
