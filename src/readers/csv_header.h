// The first rows of a CSV or TSV file, and what they say: whether there is a header, and the names of the columns.
#ifndef THALWEG_READERS_CSV_HEADER_H_
#define THALWEG_READERS_CSV_HEADER_H_

#include <arrow/csv/options.h>

#include <string>
#include <string_view>
#include <vector>

#include "readers/text_input.h"
#include "thalweg/schema.h"

namespace thalweg {

arrow::csv::ParseOptions CsvParseOptions(char separator);

// Without the blanks and tabs around it.
inline std::string_view TrimCell(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

struct CsvSample {
  std::vector<std::string> first;               // the cells of the first row
  std::size_t first_bytes = 0;                  // what it takes of the input, empty lines before it too
  std::vector<std::vector<std::string>> later;  // up to 100 rows with as many cells
};

// Looks at the first rows without taking them. kBadData: no row at all, a quote never closed, a row past kMaxRowBytes.
Result<CsvSample> SampleCsv(TextInput* input, char separator, bool trim);

// header = "auto": the first row is a header when none of its cells is a number, and what follows speaks for it: some
// later row has a number in any column; or, where no cell of the first row is empty or twice there, none of them comes
// again in its column. With names given there is none, unless the first row is those names.
bool HasHeader(const CsvSample& sample, const ReadSpec& read);

// The names of the columns: the header's (an empty one is c1, c2, … by its place), those given, or c1, c2, ….
Result<std::vector<std::string>> CsvNames(const CsvSample& sample, const ReadSpec& settled, const std::string& file);

}  // namespace thalweg

#endif  // THALWEG_READERS_CSV_HEADER_H_
