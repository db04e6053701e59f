#include "readers/csv_header.h"

#include <arrow/csv/parser.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "readers/format.h"

namespace thalweg {
namespace {

constexpr int kSampleRows = 100;
constexpr std::size_t kSampleBytes = 64u << 10;

std::string NumberedName(std::size_t i) { return fmt::format("c{}", i + 1); }

// The rows of `parser`, one vector of cells each.
std::vector<std::vector<std::string>> RowsOf(const arrow::csv::BlockParser& parser, bool trim) {
  std::vector<std::vector<std::string>> rows(static_cast<std::size_t>(parser.num_rows()));
  for (std::int32_t c = 0; c < parser.num_cols(); ++c) {
    std::size_t row = 0;
    (void)parser.VisitColumn(c, [&](const std::uint8_t* data, std::uint32_t size, bool quoted, bool) {
      const std::string_view cell(reinterpret_cast<const char*>(data), size);
      rows[row++].emplace_back(trim && !quoted ? TrimCell(cell) : cell);
      return arrow::Status::OK();
    });
  }
  return rows;
}

}  // namespace

arrow::csv::ParseOptions CsvParseOptions(char separator) {
  arrow::csv::ParseOptions options = arrow::csv::ParseOptions::Defaults();
  options.delimiter = separator;
  options.newlines_in_values = true;
  return options;
}

Result<CsvSample> SampleCsv(TextInput* input, char separator, bool trim) {
  CsvSample sample;
  std::size_t want = kSampleBytes;
  arrow::csv::ParseOptions options = CsvParseOptions(separator);
  while (true) {
    THALWEG_RETURN_IF_ERROR(input->Fill(want));
    // Empty lines before the first row are none of it; the parser wants a row.
    std::string_view text = input->window();
    const std::size_t blank = std::min(text.find_first_not_of("\r\n"), text.size());
    text.remove_prefix(blank);
    if (text.empty()) {
      if (input->at_end()) return Status::BadData(input->name() + ": is empty");
      input->Consume(blank);
      continue;
    }
    arrow::csv::BlockParser first(options, /*num_cols=*/-1, /*first_row=*/-1, /*max_num_rows=*/1);
    std::uint32_t used = 0;
    // An incomplete row is an error to a parser that must learn the number of columns from it.
    const arrow::Status status = first.Parse(text, &used);
    if (!status.ok() || first.num_rows() == 0) {
      if (input->at_end()) {
        return Status::BadData(input->name() + " row 1: a quote (\") is opened and never closed; the row begins " +
                               Quote(text));
      }
      if (text.size() >= kMaxRowBytes) {
        return Status::BadData(input->name() + " row 1: is longer than " + std::to_string(kMaxRowBytes >> 20) +
                               " MiB and begins " + Quote(text) +
                               "; is a quote (\") never closed, or is this not text?");
      }
      want = std::min(2 * want, kMaxRowBytes + blank);
      continue;
    }
    sample.first = RowsOf(first, trim).front();
    sample.first_bytes = blank + used;
    options.invalid_row_handler = [](const arrow::csv::InvalidRow&) { return arrow::csv::InvalidRowResult::Skip; };
    arrow::csv::BlockParser later(options, first.num_cols(), /*first_row=*/-1, kSampleRows);
    if (text.size() > used && later.Parse(text.substr(used), &used).ok()) sample.later = RowsOf(later, trim);
    return sample;
  }
}

bool HasHeader(const CsvSample& sample, const ReadSpec& read) {
  const std::vector<std::string>& first = sample.first;
  if (!read.names.empty()) return first == read.names;
  // No name is a number. An empty one may be there: some tools leave the column of row numbers unnamed.
  bool any = false;
  for (const std::string& cell : first) {
    if (ParseNumber(cell)) return false;
    any |= !cell.empty();
  }
  if (!any) return false;
  bool comes_again = false;
  for (const std::vector<std::string>& row : sample.later) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (ParseNumber(row[c])) return true;
      comes_again |= row[c] == first[c] && !row[c].empty();
    }
  }
  std::vector<std::string> sorted = first;
  std::sort(sorted.begin(), sorted.end());
  const bool all_named = !sorted.front().empty();
  return all_named && !comes_again && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

Result<std::vector<std::string>> CsvNames(const CsvSample& sample, const ReadSpec& settled, const std::string& file) {
  std::vector<std::string> names;
  if (!settled.names.empty()) {
    if (settled.names.size() != sample.first.size()) {
      return Status::BadData(file + ": its first row has " + std::to_string(sample.first.size()) + " fields, but " +
                             std::to_string(settled.names.size()) + " names are given");
    }
    names = settled.names;
  } else {
    for (std::size_t i = 0; i < sample.first.size(); ++i) {
      const bool named = settled.header == "yes" && !sample.first[i].empty();
      names.push_back(named ? sample.first[i] : NumberedName(i));
    }
  }
  for (const std::string& name : names) {
    if (!IsValidUtf8(name) || name.find('\0') != name.npos) {
      return Status::BadData(file + ": the name of a field in its header is not UTF-8: " + Quote(name) +
                             "; if the file is Latin-1 convert it, or train with --encoding latin-1");
    }
  }
  THALWEG_RETURN_IF_ERROR(CheckNames(names, file));
  return names;
}

}  // namespace thalweg
