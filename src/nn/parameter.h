// A trainable tensor and its gradient. Names are TensorFlow's: "linear/linear_model/education/weights".
#ifndef THALWEG_NN_PARAMETER_H_
#define THALWEG_NN_PARAMETER_H_

#include <string>
#include <vector>

#include "tensor/matrix.h"
#include "tensor/packed_table.h"

namespace thalweg {

enum class Part { kLinear, kDeep };   // which optimizer moves it

// Rows of a parameter, one after the other, that belong to a column.
struct RowRun {
  std::vector<std::string> columns;   // more than one share the rows
  std::size_t rows = 0;
  bool ids = false;                   // a row for each id; otherwise for each number of what the column yields
};

struct Parameter {
  std::string name;
  Part part = Part::kDeep;
  std::vector<std::int64_t> shape;  // as TensorFlow has it: [buckets, dim], [in, out], [out]
  bool table = false;               // rows are picked by id: its gradient is a SparseGradient
  bool trainable = true;            // false: kept and saved, never moved (moving averages, frozen tables)
  std::vector<RowRun> rows_of;      // what its rows stand for; empty: units of the layer below, or a bias
  bool of_logits = false;           // the last dimension is that of the logits
  ConstMatrixView value;            // [rows×cols]; points into storage, or into a mapped model file
  Matrix storage;                   // empty when the value is mapped
  // Of a table whose rows are decoded as they are picked: in place of value.data, which is null then.
  const PackedTable* packed = nullptr;
  // Numbers [first, first + count) of a row, whatever its form.
  void Read(std::size_t row, std::size_t first, std::size_t count, float* to) const;
  MatrixView mutable_value() { return storage.view(); }
};

// Gradient of the touched rows of a table: distinct rows in ascending order, duplicates summed in order of rows.
struct SparseGradient {
  std::vector<std::int32_t> rows;   // [r]
  Matrix values;                    // [r×dim]
};
// sum = a + b, of one dimension.
void AddGradients(const SparseGradient& a, const SparseGradient& b, SparseGradient* sum);

}  // namespace thalweg

#endif  // THALWEG_NN_PARAMETER_H_
