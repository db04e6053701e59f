// indicator_column: a category as counts of its values. It makes nothing itself: a tower takes the ids of its category and
// adds rows of its first kernel, so that the counts are never made dense.
#include "columns/feature_column.h"

namespace thalweg {
namespace {

constexpr ParamInfo kParams[] = {{"column", ParamType::kInput, nullptr, "", "A categorical column, or a weighted one."}};

Result<ColumnLinks> Links(const ColumnSpec& column, const ModelSpec&) {
  return ColumnLinks{{}, {}, {GetText(column.params, "column", "")}};
}
DType FieldType(const ColumnSpec&, std::size_t) { return DType::kText; }

}  // namespace

extern const ColumnKind kIndicatorColumn;
const ColumnKind kIndicatorColumn = {{"indicator", "A category as counts of its values.", kParams, "tf.feature_column.indicator_column"},
                                     ColumnKind::Role::kIndicator, &Links, &FieldType, nullptr};

}  // namespace thalweg
