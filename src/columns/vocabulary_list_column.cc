// categorical_column_with_vocabulary_list: id = position in the list. Without a list it is fitted: the values of the rows,
// commonest first, equal counts by text.
#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "columns/vocabulary.h"

namespace thalweg {
namespace {

constexpr ParamInfo kParams[] = {
    kFieldParam,
    kDtypeParam,
    {"vocabulary", ParamType::kTexts, "", "", "The values in order of id; fitted where left out."},
    {"min_count", ParamType::kInteger, "1", "≥ 1", "Fitting: values that occur less often are left out.", 1, 1e18},
    {"max_size", ParamType::kInteger, "100000", "[1, 131072]", "Fitting: at most so many values.", 1, 131072},
    {"num_oov_buckets", ParamType::kInteger, "0", "≥ 0", "Buckets that values not listed share, by Fingerprint64.", 0, 2147483646},
    {"default_value", ParamType::kInteger, "-1", "≥ -1", "The id of values not listed; -1: none.", -1, 2147483646},
};
constexpr ParamInfo kFitted[] = {{"vocabulary", ParamType::kTexts, "", "", ""}};

Result<std::unique_ptr<FeatureColumn>> Make(const ColumnSpec& column, const Params& params, const ModelSpec&,
                                            std::span<const FeatureColumn* const>) {
  return MakeVocabularyColumn(column, GetTexts(params, "vocabulary"), GetInteger(params, "num_oov_buckets", 0),
                              GetInteger(params, "default_value", -1));
}

bool WantsFit(const ColumnSpec& column) { return column.params.find("vocabulary") == column.params.end(); }

Status Fit(const ColumnSpec& column, const FieldSpec* field, const FieldStatistics& s, Params* fitted) {
  const auto max_size = static_cast<std::size_t>(GetInteger(column.params, "max_size", 100000));
  const auto min_count = static_cast<std::uint64_t>(GetInteger(column.params, "min_count", 1));
  const std::vector<std::string> missing = field == nullptr ? std::vector<std::string>{} : field->missing;
  std::vector<std::string> words;
  for (auto& [word, count] : s.distinct.MostCommon(max_size + missing.size())) {
    const bool marked = std::find(missing.begin(), missing.end(), word) != missing.end();
    if (marked || count < min_count || words.size() == max_size) continue;
    words.push_back(std::move(word));
  }
  if (words.empty()) {
    return Status::BadData(fmt::format("column {}: no value of field {} occurs {} times or more; lower min_count", column.name,
                                       Quote(FieldOf(column)), min_count));
  }
  (*fitted)["vocabulary"] = std::move(words);
  return Status::Ok();
}

}  // namespace

extern const ColumnKind kVocabularyListColumn;
const ColumnKind kVocabularyListColumn = {
    {"vocabulary_list", "A category with listed values.", kParams, "tf.feature_column.categorical_column_with_vocabulary_list"},
    ColumnKind::Role::kCategorical, &CategoryLinks, &CategoryFieldType, &Make, kFitted, &WantsFit, &Fit};

}  // namespace thalweg
