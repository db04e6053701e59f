// embedding_column: a category as a trained vector. Like the indicator it makes nothing itself: the deep tower looks the ids
// up in a table and combines.
#include "columns/feature_column.h"

namespace thalweg {
namespace {

constexpr ParamInfo kParams[] = {
    {"column", ParamType::kInput, nullptr, "", "A categorical column, or a weighted one."},
    {"dimension", ParamType::kInteger, nullptr, "[1, 65536]", "Numbers in a vector.", 1, 65536},
    {"combiner", ParamType::kText, "mean", "one of: mean, sum, sqrtn", "How the vectors of several values become one.", 0, 0, false, false,
     "mean sum sqrtn"},
    {"initializer", ParamType::kText, "truncated_normal", "a kind of initializer", "How vectors begin; with stddev 1/√dimension."},
    {"stddev", ParamType::kNumber, "", "> 0", "Of the initializer.", 0, 1e6, true},
    {"max_norm", ParamType::kNumber, "", "> 0", "Longer vectors are scaled to this length when looked up.", 0, 1e30, true},
    {"trainable", ParamType::kBool, "true", "", "false: the vectors stay as they begin."},
    {"shared", ParamType::kText, "", "", "Columns of one such name share one table, which has that name (tf.feature_column.shared_embeddings)."},
};

Result<ColumnLinks> Links(const ColumnSpec& column, const ModelSpec&) {
  return ColumnLinks{{}, {}, {GetText(column.params, "column", "")}};
}
DType FieldType(const ColumnSpec&, std::size_t) { return DType::kText; }

}  // namespace

extern const ColumnKind kEmbeddingColumn;
const ColumnKind kEmbeddingColumn = {{"embedding", "A category as a trained vector.", kParams, "tf.feature_column.embedding_column"},
                                     ColumnKind::Role::kEmbedding, &Links, &FieldType, nullptr};

}  // namespace thalweg
