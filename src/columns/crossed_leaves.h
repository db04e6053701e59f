// What a cross multiplies, resolved from its keys.
#ifndef THALWEG_COLUMNS_CROSSED_LEAVES_H_
#define THALWEG_COLUMNS_CROSSED_LEAVES_H_

#include <string>
#include <vector>

#include "columns/feature_column.h"

namespace thalweg {

inline constexpr std::size_t kMaxLeaves = 64;

struct CrossLeaf {
  bool is_field = false;
  std::size_t index = 0;   // into fields or columns
};

struct CrossLeaves {
  std::vector<CrossLeaf> leaves;        // in order of hashing
  std::vector<std::string> fields;      // each once
  std::vector<std::string> columns;
};

// A key is, in this order: "column:NAME", the column; a bucketized or crossed column of that name; a categorical column of
// that name that takes another field; else the field of that name, as a string key is to TensorFlow. Nested crosses give
// their leaves. Fields that are `dense` come after all others, as TensorFlow hashes them. Errors begin with "columns.NAME.keys: ".
Result<CrossLeaves> LeavesOf(const ColumnSpec& column, const ModelSpec& spec);

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_CROSSED_LEAVES_H_
