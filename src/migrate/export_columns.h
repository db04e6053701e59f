// Feature columns as operations of a TensorFlow graph, in the shapes that tf.feature_column gives them (so that
// graph_columns.h reads them back).
#ifndef THALWEG_MIGRATE_EXPORT_COLUMNS_H_
#define THALWEG_MIGRATE_EXPORT_COLUMNS_H_

#include <map>
#include <string>
#include <vector>

#include "migrate/graph_builder.h"
#include "thalweg/model_spec.h"

namespace thalweg {

class ExportColumns {
 public:
  // `spec`: settled. Both outlive *this.
  ExportColumns(const ModelSpec& spec, GraphBuilder* graph) : spec_(spec), graph_(*graph) {}

  // The parsing of tf.Examples into the fields, from the placeholder of serialised ones. kBadConfig: a field that a
  // tf.Example cannot be parsed into, by name.
  Status Parse(const std::string& serialized);
  const std::string& num_rows() const { return num_rows_; }   // int32 scalar

  struct Sparse {
    std::string indices, values, shape;   // int64 [n, 2], [n], int64 [2]
    std::string weights;                  // float32 [n], or ""
    std::int64_t num_buckets = 0;
  };
  // Ids of a categorical column, by its name; `scope` begins the names of nodes. kBadConfig: what TensorFlow has not.
  Result<Sparse> Categorical(const std::string& scope, const std::string& column);
  // Numbers [rows, width] of a numeric column, or the one-hot of a bucketized one, or the counts of an indicator.
  struct Numbers {
    std::string tensor;
    std::int64_t width = 0;
  };
  Result<Numbers> Dense(const std::string& scope, const std::string& column);
  // Rows of `variable` [rows, dim], looked up by ids and combined: safe_embedding_lookup_sparse.
  std::string Lookup(const std::string& scope, const Sparse& ids, const std::string& variable, std::int64_t dim, const std::string& combiner,
                     double max_norm);

  // Files for assets/: name → its lines.
  const std::map<std::string, std::vector<std::string>>& assets() const { return assets_; }

 private:
  struct Field {
    TfType type = TfType::kFloat;
    bool sparse = false;
    std::int64_t width = 1;
    std::string indices, values, shape;   // sparse
    std::string tensor;                   // dense, [rows, width]
  };
  Result<Numbers> Number(const std::string& scope, const ColumnSpec& column, bool raw);
  Result<std::string> Bucketize(const std::string& scope, const ColumnSpec& column, std::int64_t* width);
  Result<Sparse> Cross(const std::string& scope, const ColumnSpec& column);
  Sparse FieldIds(const std::string& scope, const std::string& field);
  Sparse Filled(const std::string& scope, const Field& field);   // "tensor" in values: a dense one, of texts or integers
  Result<std::string> Table(const std::string& scope, const ColumnSpec& column, TfType type, std::int64_t* size);
  std::string Cast(const std::string& name, const std::string& x, TfType from, TfType to);
  std::string RangeOf(const std::string& name, const std::string& limit);
  std::string PackOf(const std::string& name, const std::vector<std::string>& parts, TfType type = TfType::kInt32);
  std::string Reshape(const std::string& name, const std::string& x, const std::vector<std::int32_t>& shape, TfType type);
  std::string Gather(const std::string& name, const std::string& x, const std::string& indices, TfType type, TfType of_indices);
  const ColumnSpec* Find(const std::string& name) const { return spec_.FindColumn(name); }

  const ModelSpec& spec_;
  GraphBuilder& graph_;
  std::map<std::string, Field> fields_;
  std::map<std::string, std::vector<std::string>> assets_;
  std::string num_rows_;
};

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_EXPORT_COLUMNS_H_
