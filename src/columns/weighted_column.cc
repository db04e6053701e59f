// weighted_categorical_column: ids of a column with weights of a field, paired by position within the row.
#include <cmath>

#include <fmt/format.h>

#include "base/strings.h"
#include "columns/feature_column.h"

namespace thalweg {
namespace {

constexpr ParamInfo kParams[] = {
    {"column", ParamType::kInput, nullptr, "", "A categorical column."},
    {"weight", ParamType::kInput, nullptr, "", "The field of the weights: as many in a row as the column has values."},
};

class WeightedColumn : public FeatureColumn {
 public:
  WeightedColumn(std::string weight, std::int64_t num_buckets) : weight_(std::move(weight)), num_buckets_(num_buckets) {}
  ColumnShape Shape() const override { return {.categorical = true, .num_buckets = num_buckets_}; }
  bool may_refuse_rows() const override { return true; }

  void Transform(const ColumnInputs& in, ColumnOutput* out, BadRows* bad) const override {
    const IdLists& ids = in.columns[0]->ids;
    const FieldValues& weights = *in.fields[0];
    out->ids.offsets = ids.offsets;
    out->ids.ids = ids.ids;
    out->ids.weights.assign(ids.ids.size(), 0.0f);
    for (std::size_t row = 0; row < in.num_rows; ++row) {
      const std::size_t begin = weights.begin(row), count = weights.end(row) - begin, wanted = ids.offsets[row + 1] - ids.offsets[row];
      if (count != wanted) {
        bad->emplace_back(row, fmt::format("field {}: found {} weights for {} values", Quote(weight_), count, wanted));
        continue;
      }
      for (std::size_t i = 0; i < count; ++i) {
        const float weight = weights.numbers[begin + i];
        out->ids.weights[ids.offsets[row] + i] = weight;
        if (!std::isfinite(weight)) {
          bad->emplace_back(row, fmt::format("field {}: found {}, expected a finite weight", Quote(weight_), FormatNumber(weight)));
        }
      }
    }
  }

  std::vector<Meaning> Meanings(std::span<const std::vector<Meaning>> of_columns) const override { return of_columns[0]; }

 private:
  std::string weight_;
  std::int64_t num_buckets_;
};

Result<ColumnLinks> Links(const ColumnSpec& column, const ModelSpec&) {
  return ColumnLinks{{GetText(column.params, "weight", "")}, {false}, {GetText(column.params, "column", "")}};
}
DType FieldType(const ColumnSpec&, std::size_t) { return DType::kNumber; }
Result<std::unique_ptr<FeatureColumn>> Make(const ColumnSpec& column, const Params& params, const ModelSpec&,
                                            std::span<const FeatureColumn* const> parents) {
  return std::unique_ptr<FeatureColumn>(std::make_unique<WeightedColumn>(GetText(params, "weight", ""), parents[0]->Shape().num_buckets));
}

}  // namespace

extern const ColumnKind kWeightedColumn;
const ColumnKind kWeightedColumn = {
    {"weighted", "A category with a weight for each of its values.", kParams, "tf.feature_column.weighted_categorical_column"},
    ColumnKind::Role::kCategorical, &Links, &FieldType, &Make};

}  // namespace thalweg
