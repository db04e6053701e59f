// A first pass over rows that are to be written in another format: what type holds all values of each field. Cells of CSV
// and TSV have no types; they get one here and are turned into values of it (TypedCells).
#ifndef THALWEG_READERS_TABLE_SURVEY_H_
#define THALWEG_READERS_TABLE_SURVEY_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "readers/table_writer.h"

namespace thalweg {

// How cells of CSV and TSV are taken.
struct CellRules {
  std::vector<std::string> missing;  // cells that mean missing, beside the empty one
  std::set<std::string> lists;       // fields whose cells are lists
  char list_separator = '|';
};

class TableSurvey {
 public:
  explicit TableSurvey(CellRules rules) : rules_(std::move(rules)) {}
  void Add(const RawChunk& chunk);
  // The fields in the order of `names`, then those that came later. A field of cells is whole numbers where each cell is
  // the one way to write one (not 007), numbers where each is a number, else text. Of several types the widest that holds
  // all values exactly: numbers, else text.
  std::vector<WrittenField> Finish(const std::vector<std::string>& names) const;

 private:
  struct Found {
    unsigned types = 0;  // of its values, a bit each
    bool negative = false, wide = false;  // whole numbers below 0; past ±2^53
    bool list = false;
  };
  void AddValue(const RawValue& value, Found* found);

  CellRules rules_;
  std::map<std::string, Found, std::less<>> found_;
  std::vector<std::string> order_;
};

// The cells of `column` as values of the type that the survey found; columns that are not cells come back as they are.
RawColumn TypedCells(const RawColumn& column, std::size_t num_rows, const WrittenField& field, const CellRules& rules);

}  // namespace thalweg

#endif  // THALWEG_READERS_TABLE_SURVEY_H_
