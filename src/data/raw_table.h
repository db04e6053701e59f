// Raw columns, as a reader hands them up: text, or typed buffers. Knows no Arrow and no file format. What a cell *is*
// (type, missing mark, bad row, number to text) is decided above this, in cell.h.
#ifndef THALWEG_DATA_RAW_TABLE_H_
#define THALWEG_DATA_RAW_TABLE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/example.h"
#include "thalweg/schema.h"
#include "thalweg/status.h"

namespace thalweg {

// kMixed: each value has its own type (JSON: 42, "42", 42.5, true, null in one column).
enum class RawType : std::uint8_t { kText, kBool, kInt64, kUint64, kFloat, kDouble, kNull, kMixed };
const char* RawTypeName(RawType type);  // "text", "bool", "int64", …

// One column of B rows, n values (n = B unless `list`). Views; `owner` keeps what they point into alive.
struct RawColumn {
  std::string name;
  RawType type = RawType::kText;
  bool cells = false;  // text cells of CSV or TSV: "" and missing marks mean missing, text may be a
                       // number; otherwise a typed value, where "" is a value
  bool decimal = false;  // texts that are decimal numbers, exact
  bool list = false;   // a Parquet, Arrow or JSON list
  std::span<const std::int32_t> list_offsets;   // [B+1] when list
  std::vector<std::uint8_t> row_valid;          // [B] 0/1, or empty: all there (a null list is missing)
  std::vector<std::uint8_t> value_valid;        // [n] 0/1, or empty: all there
  std::span<const std::uint32_t> text_offsets;  // [n+1] when kText or kMixed
  const char* text = nullptr;
  std::span<const std::uint8_t> bools;  // [n] 0/1
  std::span<const std::int64_t> int64s;
  std::span<const std::uint64_t> uint64s;
  std::span<const float> floats;
  std::span<const double> doubles;
  std::span<const RawType> tags;        // [n] when kMixed: any but kMixed
  std::span<const std::uint64_t> bits;  // [n] when kMixed: the value's bits (of a float in 32); 0 for text and null
  std::shared_ptr<const void> owner;

  std::size_t begin(std::size_t row) const { return list ? static_cast<std::size_t>(list_offsets[row]) : row; }
  std::size_t end(std::size_t row) const { return list ? static_cast<std::size_t>(list_offsets[row + 1]) : row + 1; }
  std::string_view text_at(std::size_t i) const {
    return {text + text_offsets[i], text_offsets[i + 1] - text_offsets[i]};
  }
};

// Rows that were not even rows (ragged, not JSON): found by the reader, judged by on_bad_row above it.
struct BrokenRow {
  RowOrigin origin;
  std::string why;  // "3 fields, expected 15"
};

struct RawChunk {
  std::size_t num_rows = 0;  // may be 0 where all rows were broken
  std::shared_ptr<const std::string> file;
  std::uint64_t first_row = 1;      // of the file, 1-based, header not counted; broken rows are counted
  std::vector<std::uint64_t> rows;  // [B] row numbers when they are not consecutive (broken rows between), or empty
  std::vector<RawColumn> columns;   // all of the file's; or those asked for
  std::vector<BrokenRow> broken;    // in order of rows
  RowOrigin OriginOf(std::size_t row) const;
};

// A stream of chunks over one or several files. All files have the same columns by name (order may differ; in JSON a
// key may be absent). Memory does not grow with rows. Not thread-safe.
class RawSource {
 public:
  virtual ~RawSource() = default;
  // Lets go of what *chunk held and fills it with the next rows; false at the end. A stream without any row is an
  // error.
  virtual Result<bool> Next(RawChunk* chunk) = 0;
  virtual Status Rewind() = 0;
  virtual const ReadSpec& read() const = 0;  // as settled: header yes or no, names, format where no suffix says it
  virtual std::vector<std::string> column_names()
      const = 0;                   // known at opening (JSON: of the first block; more may come)
  virtual bool typed() const = 0;  // Parquet, Arrow, JSON: "" is a value and no marks apply
  virtual bool more_names_may_come() const {
    return false;
  }  // JSON: a name that is not among them may be in a later row
  virtual std::uint64_t spooled_bytes() const { return 0; }  // of standard input, kept in a temporary file
};

}  // namespace thalweg

#endif  // THALWEG_DATA_RAW_TABLE_H_
