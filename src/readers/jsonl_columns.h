// A column of a chunk of JSON lines, built row by row. Each value keeps its own type: 42, "42", 42.5, true and null may
// stand in one column.
#ifndef THALWEG_READERS_JSONL_COLUMNS_H_
#define THALWEG_READERS_JSONL_COLUMNS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/raw_table.h"

namespace thalweg {

class JsonColumn {
 public:
  // `num_rows` rows of the chunk went by before the key was met.
  JsonColumn(std::string name, std::size_t num_rows);
  const std::string& name() const { return name_; }
  bool has_value() const { return has_value_; }  // the row under way has the key

  // Values of the row under way; `bits` as in RawColumn.
  void Add(RawType tag, std::uint64_t bits);
  void AddText(std::string_view text);
  void BeginList();
  void EndRow();       // a row that got nothing is a null
  void DropRow();      // the row is broken: what it got goes
  RawColumn Finish();  // the rows so far; the column is empty again

 private:
  struct Values {
    std::vector<std::int32_t> list_offsets{0};  // of each row, whether or not there are lists
    std::vector<RawType> tags;
    std::vector<std::uint64_t> bits;
    std::vector<std::uint32_t> text_offsets{0};
    std::string text;
  };
  std::string name_;
  std::shared_ptr<Values> values_;
  bool has_value_ = false, row_is_list_ = false, any_list_ = false;
};

}  // namespace thalweg

#endif  // THALWEG_READERS_JSONL_COLUMNS_H_
