// categorical_column_with_identity: integers that are ids already. Without default_value a negative one is none (TensorFlow
// prunes it), though a cross hashes it as it is, and one past the last is a bad row (TensorFlow's look-up fails).
#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/strings.h"
#include "columns/vocabulary.h"

namespace thalweg {
namespace {

constexpr ParamInfo kParams[] = {
    kFieldParam,
    {"num_buckets", ParamType::kInteger, nullptr, "[1, 2147483647]", "Ids lie in [0, num_buckets).", 1, 2147483647},
    {"default_value", ParamType::kInteger, "", "[0, num_buckets)", "Replaces ids that lie outside.", 0, 2147483646},
};

class IdentityColumn : public FeatureColumn {
 public:
  std::string field;
  std::int64_t buckets = 1, default_value = -1;

  ColumnShape Shape() const override { return {.categorical = true, .num_buckets = buckets}; }
  bool may_refuse_rows() const override { return default_value < 0; }

  void Transform(const ColumnInputs& in, ColumnOutput* out, BadRows* bad) const override {
    const FieldValues& values = *in.fields[0];
    IdLists& ids = out->ids;
    ids.offsets.resize(in.num_rows + 1);
    ids.offsets[0] = 0;
    ids.ids.resize(values.num_values(in.num_rows));
    ids.weights.clear();
    for (std::size_t row = 0; row < in.num_rows; ++row) {
      for (std::size_t i = values.begin(row); i < values.end(row); ++i) {
        const std::int64_t id = values.integers[i];
        if (id >= 0 && id < buckets) {
          ids.ids[i] = static_cast<std::int32_t>(id);
          continue;
        }
        ids.ids[i] = static_cast<std::int32_t>(default_value >= 0 ? default_value : std::clamp<std::int64_t>(id, INT32_MIN, -1));
        if (default_value < 0 && id >= buckets) {
          bad->emplace_back(row, fmt::format("field {}: found {}, expected an id below {} (give the column a default_value to take others)",
                                             Quote(field), id, buckets));
        }
      }
      ids.offsets[row + 1] = static_cast<std::uint32_t>(values.end(row));
    }
  }

  std::vector<Meaning> Meanings(std::span<const std::vector<Meaning>>) const override {
    constexpr std::int64_t kMost = 100000;
    std::vector<Meaning> all;
    for (std::int64_t id = 0; id < std::min(buckets, kMost); ++id) {
      all.push_back({id, static_cast<std::uint64_t>(id), fmt::format("{}={}", field, id), 1.0 / static_cast<double>(buckets)});
    }
    return all;
  }
};

Result<std::unique_ptr<FeatureColumn>> Make(const ColumnSpec& column, const Params& params, const ModelSpec&,
                                            std::span<const FeatureColumn* const>) {
  auto made = std::make_unique<IdentityColumn>();
  made->field = FieldOf(column);
  made->buckets = GetInteger(params, "num_buckets", 1);
  made->default_value = GetInteger(params, "default_value", -1);
  if (made->default_value >= made->buckets) {
    return ColumnError(column, fmt::format("default_value: found {}, expected one below num_buckets, {}", made->default_value, made->buckets));
  }
  return std::unique_ptr<FeatureColumn>(std::move(made));
}

DType FieldType(const ColumnSpec&, std::size_t) { return DType::kInteger; }
Result<ColumnLinks> Links(const ColumnSpec& column, const ModelSpec&) { return ColumnLinks{{FieldOf(column)}, {false}, {}}; }

}  // namespace

extern const ColumnKind kIdentityColumn;
const ColumnKind kIdentityColumn = {
    {"identity", "Integers that are ids.", kParams, "tf.feature_column.categorical_column_with_identity"},
    ColumnKind::Role::kCategorical, &Links, &FieldType, &Make};

}  // namespace thalweg
