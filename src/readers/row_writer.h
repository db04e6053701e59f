// Files of rows, written: JSON lines, CSV, TSV, Parquet by suffix. Numbers print so that they read back equal.
#ifndef THALWEG_READERS_ROW_WRITER_H_
#define THALWEG_READERS_ROW_WRITER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/status.h"

namespace thalweg {

// One column of B rows to write. Exactly one of the spans is set; each row has `width` values.
struct OutputColumn {
  std::string name;
  bool list = false;              // JSON and Parquet: a list of `width`; CSV: name_0, name_1, …
  std::size_t width = 1;
  std::span<const float> floats;              // [B×width]
  std::span<const std::int32_t> integers;     // [B×width]
  std::span<const std::string_view> texts;    // [B×width]
  // Texts that are handed through as they came: data() == nullptr is missing; with `numeric` a text that is a number is
  // written as one (JSON), and a row may have several values (`row_offsets` [B+1], else `width` each).
  bool numeric = false;
  std::span<const std::uint32_t> row_offsets;
};

class RowWriter {
 public:
  virtual ~RowWriter() = default;
  // All calls have the same columns. kIoError when the disk is full.
  virtual Status Write(std::size_t num_rows, std::span<const OutputColumn> columns) = 0;
  // Nothing is at `path` before this has succeeded; what was there is replaced.
  virtual Status Finish() = 0;
};

// By suffix: .jsonl .json .ndjson, .csv, .tsv, .parquet, text compressed where the name goes on with .gz and the like
// (others: kUsage, says which there are). path "-": JSON lines on
// standard output.
Result<std::unique_ptr<RowWriter>> CreateRowWriter(const std::string& path);

}  // namespace thalweg

#endif  // THALWEG_READERS_ROW_WRITER_H_
