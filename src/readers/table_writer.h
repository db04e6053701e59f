// Files of rows of any fields, written: what `thalweg convert` does. A writer is one file x_writer.cc, named in its format's line
// of registry.cc. Rows are streamed; what a format cannot hold is an error by row and field.
#ifndef THALWEG_READERS_TABLE_WRITER_H_
#define THALWEG_READERS_TABLE_WRITER_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/raw_table.h"
#include "data/raw_value.h"

namespace thalweg {

// What all rows of a field have in common, as found by TableSurvey.
struct WrittenField {
  std::string name;
  RawType type = RawType::kNull;  // that holds all its values; kNull: there are none; never kMixed
  bool list = false;              // some row has several values, or a list of one
};

struct WriteOptions {
  char list_separator = '|';      // between the items of a list in CSV and TSV
  char separator = 0;             // of CSV and TSV; 0: by format
  bool empty_is_missing = false;  // "" may be written where a format reads it as missing
};

// The rows of a chunk, by field: null where the chunk does not have it.
struct WrittenRows {
  const RawChunk* chunk = nullptr;
  std::vector<const RawColumn*> columns;  // of each field; typed, not cells

  // The values of a row that are there, from the first to the last; nulls in a list are none.
  template <class F>
  Status ForEachValue(std::size_t field, std::size_t row, F&& f) const {
    const RawColumn* column = columns[field];
    if (column == nullptr || (!column->row_valid.empty() && column->row_valid[row] == 0)) return Status::Ok();
    for (std::size_t i = column->begin(row), end = column->end(row); i < end; ++i) {
      if (!column->value_valid.empty() && column->value_valid[i] == 0) continue;
      const RawValue value = ValueAt(*column, i);
      if (value.type != RawType::kNull) THALWEG_RETURN_IF_ERROR(f(value));
    }
    return Status::Ok();
  }
};

class TableWriter {
 public:
  virtual ~TableWriter() = default;
  virtual Status Write(const WrittenRows& rows) = 0;
  // Nothing is at the path before this has succeeded; what was there is replaced.
  virtual Status Finish() = 0;
};

// kUsage: a path whose suffix is that of no format (without `format`), a format that cannot hold these fields.
Result<std::unique_ptr<TableWriter>> CreateTableWriter(const std::string& path, const std::string& format,
                                                       std::vector<WrittenField> fields, const WriteOptions& options);

// For writers. `x.csv row 3: field "a": found "b", WHY`.
Status CannotHold(const RawChunk& chunk, std::size_t row, const WrittenField& field, const RawValue& value,
                  std::string_view why);
// The value as a number; integers past 2^53 are rounded.
double NumberOf(const RawValue& value);

}  // namespace thalweg

#endif  // THALWEG_READERS_TABLE_WRITER_H_
