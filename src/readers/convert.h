// Rows of one format written in another, value for value.
#ifndef THALWEG_READERS_CONVERT_H_
#define THALWEG_READERS_CONVERT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "readers/open.h"
#include "readers/table_survey.h"
#include "readers/table_writer.h"

namespace thalweg {

struct ConvertOptions {
  OpenRowsOptions open;      // need_rewind is set: rows are read twice
  CellRules cells;
  bool skip_bad_rows = false;
  std::string format;        // of the output; "": by suffix
  WriteOptions write;
};

struct Converted {
  std::uint64_t rows = 0;
  std::vector<WrittenField> fields;
  std::uint64_t bad_rows = 0;             // left out
  std::vector<std::string> bad_examples;  // the first few: "x.csv row 3: 3 fields, expected 15"
};

// Memory does not grow with rows. Besides what opening, reading and writing return, kBadData: a bad row where they are not
// skipped, a list or a field in options.cells that there is not.
Result<Converted> ConvertRows(const std::vector<std::string>& inputs, const std::string& output,
                              const ConvertOptions& options);

}  // namespace thalweg

#endif  // THALWEG_READERS_CONVERT_H_
