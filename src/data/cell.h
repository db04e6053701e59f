// What a cell is. One file for every reader and for Python later: a raw column and a FieldSpec go in, FieldValues come
// out, and a list of rows that cannot be what the field says.
//
// Text of a value, for hashing and vocabularies: an integer is its decimal text ("42"); a float or double is the
// shortest text that reads back equal, without a point when it is whole (42.0 → "42"); booleans are "true" and "false";
// a cell of CSV is its own text, so that "007" stays "007".
//
// Number of a value: text is read as the nearest double, booleans are 1 and 0; the double is rounded to float32.
// Text that reads as a number is one in typed columns too (JSON "42"), where the field says number.
#ifndef THALWEG_DATA_CELL_H_
#define THALWEG_DATA_CELL_H_

#include <string>
#include <vector>

#include "data/raw_table.h"

namespace thalweg {

struct BadCell {
  std::size_t row = 0;  // in the chunk
  std::string why;      // `field "age": found "old", expected a number`, without the origin
};

// Turns `raw` (B rows) into values of `field`. Rows that cannot be are appended to *bad (one entry a row and field, in
// order of rows) and get no values. Rules:
// - empty or marked cells are missing (cells only); nulls are missing, in lists they are left out;
// - a missing number (or integer) takes default_number where the field is not `many`;
// - NaN and infinities are bad; a number past float32's range is bad; an integer field takes whole numbers only;
// - broken UTF-8 and NUL bytes are bad;
// - a list where the field is not many: bad unless it has one value (none: missing);
// - with a list_separator a cell of CSV is split, blanks around the items and empty items do not count.
// Text that need not change is not copied: out->owner keeps raw.owner.
// An error (kInternal) when the views of `raw` do not fit together.
Status DecodeColumn(const RawColumn& raw, std::size_t num_rows, const FieldSpec& field, FieldValues* out,
                    std::vector<BadCell>* bad);

// Appends the text of value `i`, as above.
void AppendValueText(const RawColumn& raw, std::size_t i, std::string* out);

}  // namespace thalweg

#endif  // THALWEG_DATA_CELL_H_
