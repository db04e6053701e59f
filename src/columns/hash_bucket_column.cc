// categorical_column_with_hash_bucket: id = Fingerprint64(text) mod hash_bucket_size; integers by their decimal text.
#include <fmt/format.h>

#include "base/hash.h"
#include "base/strings.h"
#include "columns/seen_values.h"
#include "columns/vocabulary.h"

namespace thalweg {
namespace {

constexpr ParamInfo kParams[] = {
    kFieldParam,
    kDtypeParam,
    {"hash_bucket_size", ParamType::kInteger, nullptr, "[1, 2147483647]", "How many buckets.", 1, 2147483647},
};
constexpr ParamInfo kFitted[] = {kSeenParam, kSeenCountsParam};

// x mod d by two products: 2⁶⁴/d is rounded down, so the quotient is at most one too small.
class Remainder {
 public:
  explicit Remainder(std::uint64_t d) : d_(d), inverse_(~std::uint64_t{0} / d) {}
  std::uint64_t operator()(std::uint64_t x) const {
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t rest = x - static_cast<std::uint64_t>(Wide{x} * inverse_ >> 64) * d_;
    return rest >= d_ ? rest - d_ : rest;
  }

 private:
  std::uint64_t d_, inverse_;
};

class HashBucketColumn : public FeatureColumn {
 public:
  std::string field;
  std::uint64_t buckets = 1;
  std::vector<std::string> seen;
  std::vector<std::int64_t> seen_counts;

  ColumnShape Shape() const override { return {.categorical = true, .num_buckets = static_cast<std::int64_t>(buckets)}; }

  void Transform(const ColumnInputs& in, ColumnOutput* out, BadRows*) const override {
    const FieldValues& values = *in.fields[0];
    const std::vector<std::uint64_t>& hashed = in.hashed[0]->values;
    IdLists& ids = out->ids;
    ids.offsets.resize(in.num_rows + 1);
    for (std::size_t row = 0; row <= in.num_rows; ++row) {
      ids.offsets[row] = static_cast<std::uint32_t>(row < in.num_rows ? values.begin(row) : hashed.size());
    }
    ids.ids.resize(hashed.size());
    ids.weights.clear();
    const Remainder of_buckets(buckets);
    for (std::size_t i = 0; i < hashed.size(); ++i) ids.ids[i] = static_cast<std::int32_t>(of_buckets(hashed[i]));
  }

  std::vector<Meaning> Meanings(std::span<const std::vector<Meaning>>) const override {
    std::vector<Meaning> all;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const std::uint64_t id = Fingerprint64(seen[i]) % buckets;
      all.push_back({static_cast<std::int64_t>(id), id, field + "=" + seen[i], static_cast<double>(seen_counts[i])});
    }
    return all;
  }
};

Result<std::unique_ptr<FeatureColumn>> Make(const ColumnSpec& column, const Params& params, const ModelSpec&,
                                            std::span<const FeatureColumn* const>) {
  auto made = std::make_unique<HashBucketColumn>();
  made->field = FieldOf(column);
  made->buckets = static_cast<std::uint64_t>(GetInteger(params, "hash_bucket_size", 1));
  made->seen = GetTexts(params, "seen");
  made->seen_counts = GetIntegers(params, "seen_counts");
  if (made->seen.size() != made->seen_counts.size()) return ColumnError(column, "seen and seen_counts differ in length");
  return std::unique_ptr<FeatureColumn>(std::move(made));
}

Status Name(const ColumnSpec&, std::span<const FieldSpec* const> fields, std::span<const FieldStatistics* const> seen, Params* fitted) {
  std::vector<std::string> texts;
  std::vector<std::int64_t> counts;
  if (seen[0] != nullptr) AddSeen(fields[0], *seen[0], &texts, &counts);
  if (texts.empty()) return Status::Ok();
  (*fitted)["seen"] = std::move(texts);
  (*fitted)["seen_counts"] = std::move(counts);
  return Status::Ok();
}

}  // namespace

extern const ColumnKind kHashBucketColumn;
const ColumnKind kHashBucketColumn = {
    {"hash_bucket", "A category of any values, hashed.", kParams, "tf.feature_column.categorical_column_with_hash_bucket"},
    ColumnKind::Role::kCategorical, &CategoryLinks, &CategoryFieldType, &Make, kFitted, nullptr, nullptr, &Name};

}  // namespace thalweg
