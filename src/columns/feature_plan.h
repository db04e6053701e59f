// All feature columns of a model in evaluation order: fields of rows in, ids and numbers out. The same object serves
// training and scoring. Immutable after Create; Transform may run on many threads at once.
#ifndef THALWEG_COLUMNS_FEATURE_PLAN_H_
#define THALWEG_COLUMNS_FEATURE_PLAN_H_

#include <memory>
#include <string>
#include <vector>

#include "columns/feature_batch.h"
#include "thalweg/example.h"
#include "thalweg/model_spec.h"

namespace thalweg {

// A categorical result that a tower looks up: ids in [0, num_buckets), or negative: none.
struct CategoricalOutput {
  std::string column;            // its name
  std::int64_t num_buckets = 0;  // ≤ 2^31 - 1
};
struct DenseOutput {
  std::string column;
  std::size_t width = 0;
};

// How one column enters a tower.
struct ColumnUse {
  enum class Form {
    kIds,        // wide: a weight an id, combined; deep: an indicator (or bucketized): rows of the first kernel, counted
    kDense,      // numbers
    kEmbedding,  // a table of vectors, combined
  };
  std::string column;        // name, which names its variables
  Form form = Form::kIds;
  std::size_t index = 0;     // into categorical() (kIds, kEmbedding) or dense()
  std::int64_t num_buckets = 0;   // kIds, kEmbedding
  std::size_t width = 0;     // columns of the tower's input: num_buckets, the numbers' width, the dimension
  bool count_only = false;   // kIds in the wide part from an indicator_column: a dense column to TensorFlow, so summed
                             // whatever the sparse combiner
  bool empty_picks_first = false;   // kIds, kEmbedding: a row without ids touches row 0 of the table, as in TensorFlow
  // kEmbedding
  std::string combiner;      // mean, sum, sqrtn
  double max_norm = 0;       // 0: none
  PartSpec initializer;      // truncated_normal (stddev), uniform, zeros, …
  bool trainable = true;
  std::string shared;        // the variable that such columns share; "": a table of its own
};

class FeaturePlan {
 public:
  // `spec` is settled: every column can be made. Errors (kBadConfig) begin with the dotted path ("columns.age: …").
  static Result<FeaturePlan> Create(const ModelSpec& spec);
  FeaturePlan(FeaturePlan&&) noexcept;
  FeaturePlan& operator=(FeaturePlan&&) noexcept;
  ~FeaturePlan();

  const Schema& schema() const;                              // the fields wanted, in order; no label, no weight
  const std::vector<CategoricalOutput>& categorical() const;
  const std::vector<DenseOutput>& dense() const;
  const std::vector<ColumnUse>& wide() const;                // in order of name
  const std::vector<ColumnUse>& deep() const;                // in order of name: the rows of the first kernel

  // B rows. Labels, weights and origins are carried over. Errors (kBadData) name origin and field.
  Status Transform(const ExampleBatch& rows, FeatureBatch* out) const;
  // The same, but refused rows are no error: they are added to *refused, in order, each with its first reason, and what *out
  // has for them is harmless and means nothing.
  Status Transform(const ExampleBatch& rows, FeatureBatch* out, std::vector<std::pair<std::size_t, std::string>>* refused) const;
  // Some of the outputs, to be made by themselves.
  struct Part {
    std::vector<std::size_t> ids, dense;  // into categorical() and dense(), ascending
    std::vector<bool> fields;             // [schema]: those that the outputs are made of
    std::vector<bool> nodes, inputs;      // of the evaluation
  };
  Part PartOf(std::vector<std::size_t> ids, std::vector<std::size_t> dense) const;
  // The outputs of `part` of *out, and its num_rows; the others stay as they are. Fields that the part does not need may be
  // left empty.
  Status Transform(const ExampleBatch& rows, const Part& part, FeatureBatch* out) const;

  // Rows that Transform would refuse (a missing number without default, an id past num_buckets, a wrong number of values),
  // in order, with the reason; so that sources can skip them. Not among them are rows of more combinations than a cross
  // takes: those are errors.
  bool may_refuse_rows() const;   // false: there are no such rows, whatever they hold
  void FindBadRows(const ExampleBatch& rows, std::vector<std::pair<std::size_t, std::string>>* bad) const;

  // "education=Doctorate × occupation=Exec-managerial" for what id `id` of categorical output `index` stands for;
  // hashed ones by the values seen when fitting, where they were kept, else "occupation#733".
  std::string Describe(std::size_t index, std::int64_t id) const;

  // The fields that `column` (one of categorical() or dense(), by name) is made of, through the columns that it stands on:
  // into schema(), ascending.
  std::vector<std::size_t> FieldsOf(const std::string& column) const;

  // Ids of one categorical column as TensorFlow gives them (for checks and `verify`): by column name.
  Status TransformColumn(const ExampleBatch& rows, const std::string& column, IdLists* out) const;

  struct Impl;

 private:
  explicit FeaturePlan(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_FEATURE_PLAN_H_
