// Rows of CSV and TSV without quotes, which are most: cut at separators and line feeds, by vectors of bytes, and copied to
// columns. What has a quote or a carriage return in it, an empty line, or another number of fields is left to a parser that
// knows all of that.
#ifndef THALWEG_READERS_PLAIN_ROWS_H_
#define THALWEG_READERS_PLAIN_ROWS_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "readers/growing.h"

namespace thalweg {

class PlainRows {
 public:
  // Columns `wanted` of `num_columns` (ascending); trim: blanks and tabs around a cell go.
  PlainRows(char separator, std::size_t num_columns, std::vector<std::int32_t> wanted, bool trim);

  struct Column {
    Growing<char> text;
    std::unique_ptr<std::uint32_t[]> offsets;   // [rows + 1]
  };
  struct Cells {
    std::size_t rows = 0;
    std::size_t used = 0;           // bytes of the text
    std::vector<Column> columns;    // those wanted
  };
  // The first rows of `text`, `max_rows` at most, as many as end in it; null where one of them is not plain, or there is none.
  std::shared_ptr<const Cells> Take(std::string_view text, std::size_t max_rows);

 private:
  void Copy(std::string_view text, std::size_t row_begin, std::size_t first, std::size_t rows, Cells* cells) const;

  char separator_;
  std::size_t num_columns_;
  std::vector<std::int32_t> wanted_;
  bool trim_;
  std::vector<std::uint32_t> ends_;      // of the cells of a few rows
  std::vector<std::size_t> last_bytes_;  // of the columns of the last chunk, and its rows
  std::size_t last_rows_ = 1;
};

// Where the cells of up to `max_rows` rows of text[begin ..) end, `num_columns` a row, into `ends`, which has room for 64 more.
// Stops at the end of the text, or before a row that is not plain: then *plain is false. Returns the rows.
std::size_t FindCellEnds(std::string_view text, std::size_t begin, char separator, std::size_t num_columns, std::size_t max_rows,
                         std::uint32_t* ends, bool* plain);

}  // namespace thalweg

#endif  // THALWEG_READERS_PLAIN_ROWS_H_
