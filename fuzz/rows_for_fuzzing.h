// What the fuzzers of readers share: bytes as a table, and a table as text.
#ifndef THALWEG_FUZZ_ROWS_FOR_FUZZING_H_
#define THALWEG_FUZZ_ROWS_FOR_FUZZING_H_

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "data/cell.h"
#include "readers/open.h"

namespace thalweg {

inline void Check(bool holds) {
  if (!holds) std::abort();
}

// Neither a mark of a format nor of a compression that others parse.
inline bool IsForUs(std::string_view bytes) {
  for (const std::string_view mark :
       {"PAR1", "ARROW1", "\xff\xff\xff\xff", "\x1f\x8b", "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18", "BZh"}) {
    if (bytes.starts_with(mark)) return false;
  }
  return true;
}

// What reading gives, row by row, fields by name, lines sorted (broken rows come before the good ones of
// their chunk); only the message where it stops.
inline std::string ReadAsText(std::string_view bytes, OpenRowsOptions options) {
  const int fd = memfd_create("rows", MFD_CLOEXEC);
  Check(fd >= 0 && write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  options.standard_input = fd;
  options.need_rewind = false;
  std::string out;
  {
    auto rows = OpenRows({"-"}, options);
    if (!rows.ok()) {
      Check(!rows.status().message().empty());
      out = rows.status().message();
    }
    RawChunk chunk;
    while (rows.ok()) {
      const Result<bool> more = (*rows)->Next(&chunk);
      if (!more.ok()) {
        close(fd);
        return more.status().message();
      }
      if (!*more) break;
      Check(chunk.num_rows + chunk.broken.size() > 0);
      for (const BrokenRow& broken : chunk.broken) out += broken.origin.ToString() + " " + broken.why + "\n";
      std::vector<std::string> lines(chunk.num_rows);
      for (const RawColumn& column : chunk.columns) {
        FieldSpec field;
        field.name = column.name;
        field.many = true;
        FieldValues values;
        std::vector<BadCell> bad;
        Check(DecodeColumn(column, chunk.num_rows, field, &values, &bad).ok());
        std::size_t next_bad = 0;
        for (std::size_t row = 0; row < chunk.num_rows; ++row) {
          const bool is_bad = next_bad < bad.size() && bad[next_bad].row == row;
          if (is_bad) ++next_bad;
          Check(values.begin(row) <= values.end(row) && (!is_bad || values.begin(row) == values.end(row)));
          // A key that no row of this chunk has may be a column of nulls, or not there: only values are told.
          if (!is_bad && values.begin(row) == values.end(row)) continue;
          lines[row] += column.name + (is_bad ? " bad" : "");
          for (std::size_t i = values.begin(row); i < values.end(row); ++i) {
            Check(IsValidUtf8(values.text_at(i)));
            lines[row] += " |" + std::string(values.text_at(i)) + "|";
          }
          lines[row] += ";";
        }
        Check(next_bad == bad.size());
      }
      for (std::size_t row = 0; row < chunk.num_rows; ++row)
        out += chunk.OriginOf(row).ToString() + " " + lines[row] + "\n";
    }
  }
  close(fd);
  std::vector<std::string> lines = Split(out, '\n');
  std::sort(lines.begin(), lines.end());
  return Join(lines, "\n");
}

}  // namespace thalweg

#endif  // THALWEG_FUZZ_ROWS_FOR_FUZZING_H_
