// Raw columns, as a reader hands them up: text, or typed buffers. Knows no Arrow and no file format. What a cell *is*
// (type, missing mark, bad row, number to text) is decided above this, in cell.h.
#ifndef THALWEG_DATA_RAW_TABLE_H_
#define THALWEG_DATA_RAW_TABLE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thalweg/example.h"
#include "thalweg/schema.h"
#include "thalweg/status.h"

namespace thalweg {

enum class RawType { kText, kBool, kInt64, kUint64, kFloat, kDouble, kNull };

// One column of B rows. Views; the chunk's owner keeps them alive.
struct RawColumn {
  std::string name;
  RawType type = RawType::kText;
  bool cells = false;                       // text cells of CSV or TSV: "" and missing marks mean missing, text may be a
                                            // number; otherwise a typed value, where "" is a value
  bool list = false;                        // a Parquet, Arrow or JSON list
  std::span<const std::int32_t> list_offsets;   // [B+1] when list
  std::vector<std::uint8_t> row_valid;      // [B] 0/1, or empty: all there (a null list is missing)
  std::vector<std::uint8_t> value_valid;    // [n] 0/1, or empty: all there; n = B unless list
  std::span<const std::uint32_t> text_offsets;  // [n+1]
  const char* text = nullptr;
  std::span<const std::uint8_t> bools;      // [n] 0/1
  std::span<const std::int64_t> int64s;
  std::span<const std::uint64_t> uint64s;
  std::span<const float> floats;
  std::span<const double> doubles;
};

// Rows that were not even rows (ragged, a quote never closed): found by the reader, judged by on_bad_row above it.
struct BrokenRow {
  RowOrigin origin;
  std::string why;    // "3 fields, expected 15"
};

struct RawChunk {
  std::size_t num_rows = 0;
  std::shared_ptr<const std::string> file;
  std::uint64_t first_row = 1;              // of the file, 1-based, header not counted; broken rows are counted
  std::vector<std::uint64_t> rows;          // [B] row numbers when they are not consecutive (broken rows between), or empty
  std::vector<RawColumn> columns;           // all of the file's; or those asked for
  std::vector<BrokenRow> broken;
  std::shared_ptr<const void> owner;
  RowOrigin OriginOf(std::size_t row) const;
};

// A stream of chunks over one or several files. All files have the same columns by name (order may differ; in JSON a
// key may be absent). Memory does not grow with rows.
class RawSource {
 public:
  virtual ~RawSource() = default;
  virtual Result<bool> Next(RawChunk* chunk) = 0;    // false at the end
  virtual Status Rewind() = 0;
  virtual const ReadSpec& read() const = 0;          // as settled: header yes or no, separator, names
  virtual std::vector<std::string> column_names() const = 0;  // known at opening (JSON: of the first block; more may come)
  virtual bool typed() const = 0;                    // Parquet, Arrow, JSON: "" is a value and no marks apply
};

}  // namespace thalweg

#endif  // THALWEG_DATA_RAW_TABLE_H_
