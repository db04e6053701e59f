// Feature columns as plain data. The kinds, their parameters, defaults and ids are those of tf.feature_column
// (TensorFlow 2.15); `thalweg kinds columns` lists them. A spec's `[columns.NAME]` is one ColumnSpec.
//
//   ColumnSpec age = NumericColumn("age");
//   ColumnSpec buckets = BucketizedColumn("age", {18, 25, 30, 35, 40, 45, 50, 55, 60, 65});
//   ColumnSpec cross = CrossedColumn({"education", "occupation"}, 10000);
#ifndef THALWEG_FEATURE_COLUMN_H_
#define THALWEG_FEATURE_COLUMN_H_

#include <string>
#include <vector>

#include "thalweg/kinds.h"

namespace thalweg {

struct ColumnSpec {
  std::string name;  // unique among columns; towers order their columns by it (code points), as TensorFlow does
  std::string kind;  // numeric bucketized vocabulary_list vocabulary_file hash_bucket identity weighted crossed
                     // indicator embedding
  Params params;     // inputs among them: field, source, column, weight, keys
  bool operator==(const ColumnSpec&) const = default;
};

// Helpers. Names are TensorFlow's: the field; "<source>_bucketized"; leaves sorted and joined by "_X_";
// "<column>_indicator"; "<column>_embedding"; "<column>_weighted_by_<weight>". Change `.name` or `.params` at will.
ColumnSpec NumericColumn(std::string field, std::vector<std::int64_t> shape = {1});
ColumnSpec BucketizedColumn(std::string source, std::vector<double> boundaries);
ColumnSpec VocabularyListColumn(std::string field, std::vector<std::string> vocabulary, std::int64_t oov_buckets = 0);
ColumnSpec VocabularyFileColumn(std::string field, std::string path, std::int64_t oov_buckets = 0);
ColumnSpec HashBucketColumn(std::string field, std::int64_t hash_bucket_size);
ColumnSpec IdentityColumn(std::string field, std::int64_t num_buckets);
ColumnSpec WeightedColumn(std::string column, std::string weight_field);
ColumnSpec CrossedColumn(std::vector<std::string> keys, std::int64_t hash_bucket_size);
ColumnSpec IndicatorColumn(std::string column);
ColumnSpec EmbeddingColumn(std::string column, std::int64_t dimension);

}  // namespace thalweg

#endif  // THALWEG_FEATURE_COLUMN_H_
