#include "data/raw_table.h"

namespace thalweg {

const char* RawTypeName(RawType type) {
  switch (type) {
    case RawType::kText:
      return "text";
    case RawType::kBool:
      return "bool";
    case RawType::kInt64:
      return "int64";
    case RawType::kUint64:
      return "uint64";
    case RawType::kFloat:
      return "float";
    case RawType::kDouble:
      return "double";
    case RawType::kNull:
      return "null";
    case RawType::kMixed:
      break;
  }
  return "mixed";
}

RowOrigin RawChunk::OriginOf(std::size_t row) const { return {file, rows.empty() ? first_row + row : rows[row]}; }

}  // namespace thalweg
