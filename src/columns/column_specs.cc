// The helpers of thalweg/feature_column.h: specs with TensorFlow's names. The field is said even where it is the name too, so
// that a column can be renamed; settling a spec takes it away again where it says nothing.
#include <algorithm>

#include "base/strings.h"
#include "thalweg/feature_column.h"

namespace thalweg {

ColumnSpec NumericColumn(std::string field, std::vector<std::int64_t> shape) {
  ColumnSpec column{field, "numeric", {{"field", field}}};
  if (shape != std::vector<std::int64_t>{1}) column.params["shape"] = std::move(shape);
  return column;
}

ColumnSpec BucketizedColumn(std::string source, std::vector<double> boundaries) {
  return {source + "_bucketized", "bucketized", {{"source", source}, {"boundaries", std::move(boundaries)}}};
}

ColumnSpec VocabularyListColumn(std::string field, std::vector<std::string> vocabulary, std::int64_t oov_buckets) {
  ColumnSpec column{field, "vocabulary_list", {{"field", field}, {"vocabulary", std::move(vocabulary)}}};
  if (oov_buckets > 0) column.params["num_oov_buckets"] = oov_buckets;
  return column;
}

ColumnSpec VocabularyFileColumn(std::string field, std::string path, std::int64_t oov_buckets) {
  ColumnSpec column{field, "vocabulary_file", {{"field", field}, {"vocabulary_file", std::move(path)}}};
  if (oov_buckets > 0) column.params["num_oov_buckets"] = oov_buckets;
  return column;
}

ColumnSpec HashBucketColumn(std::string field, std::int64_t hash_bucket_size) {
  return {field, "hash_bucket", {{"field", field}, {"hash_bucket_size", hash_bucket_size}}};
}

ColumnSpec IdentityColumn(std::string field, std::int64_t num_buckets) {
  return {field, "identity", {{"field", field}, {"num_buckets", num_buckets}}};
}

ColumnSpec WeightedColumn(std::string column, std::string weight_field) {
  return {column + "_weighted_by_" + weight_field, "weighted", {{"column", column}, {"weight", weight_field}}};
}

ColumnSpec CrossedColumn(std::vector<std::string> keys, std::int64_t hash_bucket_size) {
  std::vector<std::string> leaves = keys;
  std::sort(leaves.begin(), leaves.end());
  return {Join(leaves, "_X_"), "crossed", {{"keys", std::move(keys)}, {"hash_bucket_size", hash_bucket_size}}};
}

ColumnSpec IndicatorColumn(std::string column) { return {column + "_indicator", "indicator", {{"column", column}}}; }

ColumnSpec EmbeddingColumn(std::string column, std::int64_t dimension) {
  return {column + "_embedding", "embedding", {{"column", column}, {"dimension", dimension}}};
}

}  // namespace thalweg
