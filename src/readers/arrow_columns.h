// Arrow arrays as raw columns: the meaning of each type (docs/formats/rows.md). Buffers are used as they are where they
// can be; whatever an array claims about itself is checked before it is believed.
#ifndef THALWEG_READERS_ARROW_COLUMNS_H_
#define THALWEG_READERS_ARROW_COLUMNS_H_

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "data/raw_table.h"

namespace thalweg {

// kBadData: a type without a meaning, by the names of field and type.
Status CheckArrowType(const arrow::Field& field, const std::string& file);

// Rows [begin, begin + num_rows) of `array` as the column `name`. kBadData: an array that contradicts itself.
Result<RawColumn> FromArrow(const std::string& name, const std::shared_ptr<arrow::Array>& array, std::int64_t begin,
                            std::int64_t num_rows);

}  // namespace thalweg

#endif  // THALWEG_READERS_ARROW_COLUMNS_H_
