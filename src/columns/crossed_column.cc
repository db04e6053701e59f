// crossed_column: for each row all combinations of its leaves' values, hashed into buckets (tf.feature_column's ids; SparseCross
// with FingerprintCat64). A leaf is a field (text: Fingerprint64; integer: itself; number: truncated) or a categorical
// column (its id, -1 included). Nested crosses are replaced by their leaves.
#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/strings.h"
#include "columns/crossed_leaves.h"
#include "columns/seen_values.h"
#include "columns/vocabulary.h"

namespace thalweg {
namespace {

constexpr std::uint64_t kDefaultHashKey = 0xDECAFCAFFEull;
constexpr std::uint64_t kMaxProduct = 1u << 16;   // combinations in one row
constexpr std::uint64_t kMaxInBatch = 1u << 26;   // and in a batch: 256 MiB of ids; no batch of 1,024 rows has as many
constexpr double kMaxNamed = 200000;              // combinations that are hashed for names

constexpr ParamInfo kParams[] = {
    {"keys", ParamType::kInputs, nullptr, "two or more", "Fields and categorical columns, in order; \"column:NAME\" is surely a column."},
    {"hash_bucket_size", ParamType::kInteger, nullptr, "[1, 2147483647]", "How many buckets.", 1, 2147483647},
    {"hash_key", ParamType::kInteger, "956888297470", "[0, 2^63)", "Begins the hash; 0 is the default.", 0, 9.3e18},
};
constexpr ParamInfo kFitted[] = {kSeenParam, kSeenCountsParam,
                                 {"seen_leaf", ParamType::kIntegers, "", "", ""}};   // beside seen: which field

class CrossedColumn : public FeatureColumn {
 public:
  std::string name;
  std::vector<CrossLeaf> leaves;
  std::uint64_t buckets = 1, hash_key = kDefaultHashKey;
  std::vector<std::vector<Meaning>> seen;   // of each field leaf

  ColumnShape Shape() const override { return {.categorical = true, .num_buckets = static_cast<std::int64_t>(buckets)}; }

  void Transform(const ColumnInputs& in, ColumnOutput* out, BadRows* bad) const override {
    IdLists& ids = out->ids;
    ids.Clear();
    struct Values {   // of one leaf in the row at hand
      std::uint64_t operator[](std::size_t i) const {
        if (hashed != nullptr) return hashed[i];
        if (ids != nullptr) return static_cast<std::uint64_t>(static_cast<std::int64_t>(ids[i]));
        if (integers != nullptr) return static_cast<std::uint64_t>(integers[i]);
        return Truncated(numbers[i]);
      }
      const std::uint64_t* hashed = nullptr;
      const std::int32_t* ids = nullptr;
      const std::int64_t* integers = nullptr;
      const float* numbers = nullptr;
      std::size_t begin = 0, end = 0, at = 0;
    };
    Values values[kMaxLeaves];
    std::uint64_t hash[kMaxLeaves + 1];
    const std::size_t n = leaves.size();
    for (std::size_t k = 0; k < n; ++k) {
      if (!leaves[k].is_field) {
        values[k].ids = in.columns[leaves[k].index]->ids.ids.data();
        continue;
      }
      const FieldValues& field = *in.fields[leaves[k].index];
      if (field.dtype == DType::kText) values[k].hashed = in.hashed[leaves[k].index]->values.data();
      else if (field.dtype == DType::kInteger) values[k].integers = field.integers.data();
      else values[k].numbers = field.numbers.data();
    }
    hash[0] = hash_key;
    for (std::size_t row = 0; row < in.num_rows; ++row) {
      std::uint64_t product = 1;
      for (std::size_t k = 0; k < n; ++k) {
        Values& v = values[k];
        if (leaves[k].is_field) {
          v.begin = in.fields[leaves[k].index]->begin(row);
          v.end = in.fields[leaves[k].index]->end(row);
        } else {
          const IdLists& parent = in.columns[leaves[k].index]->ids;
          v.begin = parent.offsets[row];
          v.end = parent.offsets[row + 1];
        }
        v.at = v.begin;
        product = std::min(product * (v.end - v.begin), kMaxProduct + 1);
      }
      if (product > kMaxProduct) {
        bad->emplace_back(row, fmt::format("column {}: more than {} combinations in one row", Quote(name), kMaxProduct));
        product = 0;
      } else if (ids.ids.size() + product > kMaxInBatch) {
        bad->emplace_back(row, fmt::format("column {}: more than {} combinations in one batch; take smaller batches", Quote(name), kMaxInBatch));
        product = 0;
      }
      // The last leaf varies fastest; a prefix that stays is not hashed again.
      std::size_t changed = 0;
      for (std::uint64_t i = 0; i < product; ++i) {
        for (std::size_t k = changed; k < n; ++k) hash[k + 1] = FingerprintCat64(hash[k], values[k][values[k].at]);
        ids.ids.push_back(static_cast<std::int32_t>(hash[n] % buckets));
        std::size_t k = n;
        while (k > 0) {
          Values& v = values[--k];
          if (++v.at < v.end) break;
          v.at = v.begin;
        }
        changed = k;
      }
      ids.offsets.push_back(static_cast<std::uint32_t>(ids.ids.size()));
    }
  }

  std::vector<Meaning> Meanings(std::span<const std::vector<Meaning>> of_columns) const override {
    std::vector<const std::vector<Meaning>*> parts;
    for (const CrossLeaf& leaf : leaves) parts.push_back(leaf.is_field ? &seen[leaf.index] : &of_columns[leaf.index]);
    // The commonest of each leaf, cut evenly until their combinations are few enough.
    std::vector<std::size_t> sizes;
    for (const auto* part : parts) {
      if (part->empty()) return {};
      sizes.push_back(part->size());
    }
    for (;;) {
      double combinations = 1;
      for (const std::size_t size : sizes) combinations *= static_cast<double>(size);
      if (combinations <= kMaxNamed) break;
      std::size_t& largest = *std::max_element(sizes.begin(), sizes.end());
      largest = std::max<std::size_t>(1, largest - std::max<std::size_t>(1, largest / 8));
    }
    std::vector<Meaning> all;
    std::vector<std::size_t> at(parts.size(), 0);
    for (;;) {
      std::uint64_t hash = hash_key;
      Meaning meaning{0, 0, "", 1};
      for (std::size_t k = 0; k < parts.size(); ++k) {
        const Meaning& part = (*parts[k])[at[k]];
        hash = FingerprintCat64(hash, part.value);
        meaning.weight *= part.weight;
        meaning.text.append(k == 0 ? "" : " × ").append(part.text);
      }
      meaning.value = hash % buckets;
      meaning.id = static_cast<std::int64_t>(meaning.value);
      all.push_back(std::move(meaning));
      std::size_t k = parts.size();
      while (k > 0 && ++at[k - 1] == sizes[k - 1]) at[--k] = 0;
      if (k == 0) break;
    }
    return all;
  }

  static std::uint64_t Truncated(float x) {   // as a conversion to int64 on x86: what does not fit is the least int64
    if (!(x >= -9.2233720368547758e18f && x < 9.2233720368547758e18f)) return std::uint64_t{1} << 63;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(x));
  }
};

// A field that is not settled yet will be text, unless a column says otherwise.
DType TypeOf(const std::string& field, const ModelSpec& spec) {
  const FieldSpec* known = FindSettledField(spec, field);
  return known == nullptr ? DType::kText : known->dtype;
}

Result<ColumnLinks> Links(const ColumnSpec& column, const ModelSpec& spec) {
  THALWEG_ASSIGN_OR_RETURN(const CrossLeaves found, LeavesOf(column, spec));
  ColumnLinks links;
  links.fields = found.fields;
  for (const std::string& field : found.fields) links.hashed.push_back(TypeOf(field, spec) == DType::kText);
  links.columns = found.columns;
  links.dense_view = DenseView::kFilled;
  return links;
}

Result<std::unique_ptr<FeatureColumn>> Make(const ColumnSpec& column, const Params& params, const ModelSpec& spec,
                                            std::span<const FeatureColumn* const>) {
  THALWEG_ASSIGN_OR_RETURN(const CrossLeaves found, LeavesOf(column, spec));
  auto made = std::make_unique<CrossedColumn>();
  made->name = column.name;
  made->leaves = found.leaves;
  made->buckets = static_cast<std::uint64_t>(GetInteger(params, "hash_bucket_size", 1));
  const std::int64_t key = GetInteger(params, "hash_key", 0);
  if (key != 0) made->hash_key = static_cast<std::uint64_t>(key);
  const std::vector<std::string> texts = GetTexts(params, "seen");
  const std::vector<std::int64_t> counts = GetIntegers(params, "seen_counts"), leaf = GetIntegers(params, "seen_leaf");
  if (texts.size() != counts.size() || texts.size() != leaf.size()) return ColumnError(column, "seen, seen_counts and seen_leaf differ in length");
  made->seen.resize(found.fields.size());
  std::vector<DType> dtypes;
  for (const std::string& field : found.fields) dtypes.push_back(TypeOf(field, spec));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (leaf[i] < 0 || static_cast<std::size_t>(leaf[i]) >= made->seen.size()) return ColumnError(column, "seen_leaf: no such leaf");
    const auto f = static_cast<std::size_t>(leaf[i]);
    std::uint64_t value = Fingerprint64(texts[i]);
    if (dtypes[f] == DType::kInteger) value = static_cast<std::uint64_t>(ParseInteger(texts[i]).value_or(0));
    if (dtypes[f] == DType::kNumber) value = CrossedColumn::Truncated(static_cast<float>(ParseNumber(texts[i]).value_or(0)));
    made->seen[f].push_back({0, value, found.fields[f] + "=" + texts[i], static_cast<double>(counts[i])});
  }
  return std::unique_ptr<FeatureColumn>(std::move(made));
}

Status Name(const ColumnSpec&, std::span<const FieldSpec* const> fields, std::span<const FieldStatistics* const> seen, Params* fitted) {
  std::vector<std::string> texts;
  std::vector<std::int64_t> counts, leaf;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    if (seen[f] == nullptr) continue;
    AddSeen(fields[f], *seen[f], &texts, &counts);
    leaf.resize(texts.size(), static_cast<std::int64_t>(f));
  }
  if (texts.empty()) return Status::Ok();
  (*fitted)["seen"] = std::move(texts);
  (*fitted)["seen_counts"] = std::move(counts);
  (*fitted)["seen_leaf"] = std::move(leaf);
  return Status::Ok();
}

// A cross takes a field as whatever it is; alone it is text.
DType FieldType(const ColumnSpec&, std::size_t) { return DType::kText; }

}  // namespace

extern const ColumnKind kCrossedColumn;
const ColumnKind kCrossedColumn = {
    {"crossed", "All combinations of several categories, hashed.", kParams, "tf.feature_column.crossed_column"},
    ColumnKind::Role::kCategorical, &Links, &FieldType, &Make, kFitted, nullptr, nullptr, &Name};

}  // namespace thalweg
