// The feature columns of an exported graph: what the operations below a tower's input say, as column specs. Recognised are
// the chains of operations that tf.feature_column makes (docs/formats/tensorflow.md lists them); anything else is refused
// with the node's name.
#ifndef THALWEG_MIGRATE_GRAPH_COLUMNS_H_
#define THALWEG_MIGRATE_GRAPH_COLUMNS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "migrate/tf_graph.h"
#include "thalweg/model_spec.h"

namespace thalweg {

class GraphColumns {
 public:
  // Adds to spec->columns, spec->fields and spec->fitted. `folder`: of the SavedModel, for its vocabulary files. All outlive
  // *this.
  GraphColumns(const TfGraph& graph, const TensorBundle& variables, std::string folder, ModelSpec* spec);

  // A table that is looked up by ids and combined.
  struct Lookup {
    TfOutput ids, weights;          // weights.node is null: none
    std::string variable;
    std::string combiner;
    double max_norm = 0;            // 0: none
  };
  // `x`: what the look-up gives. Null when it is none.
  Result<bool> ParseLookup(TfOutput x, Lookup* lookup) const;

  // A categorical column, weighted or not; `rows`: of the table it picks from, which an identity column needs. Its name.
  Result<std::string> Categorical(TfOutput ids, TfOutput weights, std::int64_t rows);

  // A column as numbers: numeric, bucketized, indicator, embedding. `variable` gets the table of an embedding.
  struct Dense {
    std::string name;
    std::string variable;   // "" but of embeddings
  };
  Result<Dense> AsDense(TfOutput x);

  // Rows of a variable; 0: there is none.
  std::int64_t RowsOf(const std::string& variable) const;
  // The variable that `x` reads, its partitions taken together; "" when it reads none, or several.
  std::string VariableOf(TfOutput x) const;

  bool raw() const { return raw_; }               // some feature is fed by itself, not parsed out of tf.Examples
  const std::set<std::string>& crosses_of_dense() const { return crosses_of_dense_; }

 private:
  struct Field {
    std::string name;
    TfType type = TfType::kFloat;
    bool sparse = false, dense_category = false;
    std::vector<double> default_value;
  };
  static Status Refuse(const TfOutput& x, const std::string& what);
  static TfOutput Strip(TfOutput x);
  bool IsField(TfOutput x) const;
  Result<Field> ParseField(TfOutput x) const;
  Result<Field> ParsedField(const TfNode& parse, int output) const;
  Status AddField(const Field& field, bool category);
  Result<std::vector<std::string>> Words(const TfNode& table, Params* params, Params* fitted);
  Result<std::string> Name(const std::string& wanted, ColumnSpec column, Params fitted = {});
  Result<std::string> HashBucket(const TfNode& hash);
  Result<std::string> Vocabulary(TfOutput find, std::int64_t oov_buckets);
  Result<std::string> Identity(const TfNode& select);
  Result<std::string> PlainIdentity(TfOutput x, std::int64_t rows);
  Result<std::string> Cross(const TfNode& cross);
  Result<std::string> Bucketized(TfOutput x, std::int64_t width);
  Result<std::string> Numeric(TfOutput x, std::int64_t width);
  Result<std::vector<std::string>> Steps(TfOutput* x) const;
  Result<std::string> Indicator(TfOutput ids, TfOutput weights, std::int64_t depth);
  std::string TensorFlowName(const std::string& column) const;

  const TfGraph& graph_;
  const TensorBundle& variables_;
  std::string folder_;
  ModelSpec& spec_;
  std::map<std::string, std::pair<std::string, TfSignature::Info>> key_of_;   // raw placeholder's node → feature
  std::map<std::string, std::string> tf_name_;       // column → TensorFlow's name of it, where another
  std::map<std::string, std::size_t> field_at_;      // into spec_.fields
  std::set<std::string> crosses_of_dense_;
  mutable bool raw_ = false;
};

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_GRAPH_COLUMNS_H_
