// embedding_column: a category as a trained vector. Like the indicator it makes nothing itself: the deep tower looks the ids
// up in a table and combines.
#include "columns/feature_column.h"

namespace thalweg {
namespace {

constexpr ParamInfo kParams[] = {
    {"ckpt_to_load_from", ParamType::kText, "", "a path",
     "A checkpoint of TensorFlow, a model_dir (its newest one), or a model file, which a training begins the vectors from."},
    {"column", ParamType::kInput, nullptr, "", "A categorical column, or a weighted one."},
    {"dimension", ParamType::kInteger, nullptr, "[1, 65536]", "Numbers in a vector.", 1, 65536},
    {"combiner", ParamType::kText, "mean", "one of: mean, sum, sqrtn", "How the vectors of several values become one.", 0, 0, false, false,
     "mean sum sqrtn"},
    {"initializer", ParamType::kText, "truncated_normal", "a kind of initializer", "How vectors begin; with stddev 1/√dimension."},
    {"stddev", ParamType::kNumber, "", "> 0", "Of the initializer.", 0, 1e6, true},
    {"max_norm", ParamType::kNumber, "", "> 0", "Longer vectors are scaled to this length when looked up.", 0, 1e30, true},
    {"trainable", ParamType::kBool, "true", "", "false: the vectors stay as they begin."},
    {"shared", ParamType::kText, "", "", "Columns of one such name share one table, which has that name (tf.feature_column.shared_embeddings)."},
    {"tensor_name_in_ckpt", ParamType::kText, "", "", "The table's name there, as thalweg show has it."},
};

Result<ColumnLinks> Links(const ColumnSpec& column, const ModelSpec&) {
  const bool file = !GetText(column.params, "ckpt_to_load_from", "").empty(), tensor = !GetText(column.params, "tensor_name_in_ckpt", "").empty();
  if (file != tensor) {
    return ColumnError(column, file ? "ckpt_to_load_from: tensor_name_in_ckpt is lacking, which names the table there"
                                    : "tensor_name_in_ckpt: ckpt_to_load_from is lacking, which names the file");
  }
  return ColumnLinks{{}, {}, {GetText(column.params, "column", "")}};
}
DType FieldType(const ColumnSpec&, std::size_t) { return DType::kText; }

}  // namespace

extern const ColumnKind kEmbeddingColumn;
const ColumnKind kEmbeddingColumn = {{"embedding", "A category as a trained vector.", kParams, "tf.feature_column.embedding_column"},
                                     ColumnKind::Role::kEmbedding, &Links, &FieldType, nullptr};

}  // namespace thalweg
