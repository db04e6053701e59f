// What a cell is. One file for every reader and for Python later: a raw column and a FieldSpec go in, FieldValues come
// out, and a list of rows that cannot be what the field says.
//
// Text of a number, for hashing and vocabularies: an integer is its decimal text ("42"); a float or double is the
// shortest text that reads back equal, without a point when it is whole (42.0 → "42"); booleans are "true" and "false";
// a cell of CSV is its own text, so that "007" stays "007".
#ifndef THALWEG_DATA_CELL_H_
#define THALWEG_DATA_CELL_H_

#include <string>
#include <vector>

#include "data/raw_table.h"

namespace thalweg {

struct BadCell {
  std::size_t row = 0;   // in the chunk
  std::string why;       // `field "age": found "old", expected a number`, without the origin
};

// Turns `raw` (B rows) into values of `field`. Rows that cannot be are appended to *bad (one entry a row and field) and
// get no values. Rules: empty or marked cells are missing (cells only); a missing number takes default_number; NaN and
// infinities are bad; a number past float32's range is bad; broken UTF-8 and NUL bytes are bad; an integer field takes
// whole numbers only. A list where the field is not many: bad unless it has one value (none: missing).
// A column of a type that cannot be the field's at all (a list of text for a number) is an error.
Status DecodeColumn(const RawColumn& raw, std::size_t num_rows, const FieldSpec& field, FieldValues* out,
                    std::vector<BadCell>* bad);

}  // namespace thalweg

#endif  // THALWEG_DATA_CELL_H_
