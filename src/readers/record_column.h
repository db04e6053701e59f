// A column of a chunk of Examples, built value by value. A column is a list where some row has several values; where
// none has, it is a plain column with gaps: what a reader above decides from many chunks does not depend on their cut.
#ifndef THALWEG_READERS_RECORD_COLUMN_H_
#define THALWEG_READERS_RECORD_COLUMN_H_

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "data/raw_table.h"
#include "readers/growing.h"

namespace thalweg {

class RecordColumn {
 public:
  // Rows before the first that has a value need no telling.
  RecordColumn(std::string name, std::size_t num_rows);
  const std::string& name() const { return name_; }

  // The row under way gets these values instead of what it may have got before.
  void BeginRow(std::size_t row) {
    if (rows_ > row) DropRow(row);
    FillTo(row);
  }
  void AddText(std::string_view text) {
    if (type_ != RawType::kText) [[unlikely]] return AddOther(RawType::kText, 0, text);
    Values& v = *values_;
    v.text.Room(text.size());
    CopyShort(v.text.data() + v.text.size(), text.data(), text.size());
    v.text.SetSize(v.text.size() + text.size());
    v.text_offsets.Push(static_cast<std::uint32_t>(v.text.size()));
    ++count_;
  }
  void AddInteger(std::int64_t value) {
    if (type_ != RawType::kInt64) [[unlikely]] return AddOther(RawType::kInt64, static_cast<std::uint64_t>(value), {});
    values_->int64s.Push(value);
    ++count_;
  }
  void AddFloat(float value) {
    if (type_ != RawType::kFloat) [[unlikely]] return AddOther(RawType::kFloat, std::bit_cast<std::uint32_t>(value), {});
    values_->floats.Push(value);
    ++count_;
  }
  void ClearRow() { Truncate(static_cast<std::size_t>(values_->ends[rows_])); }  // of the row under way
  void EndRow() {
    values_->ends.Push(static_cast<std::int32_t>(count_));
    ++rows_;
  }
  void DropRow(std::size_t row);  // and what follows it: the record is broken
  RawColumn Finish(std::size_t num_rows);  // the column is empty again

 private:
  // Which are used depends on the type.
  struct Values {
    Growing<std::int32_t> ends;  // [rows + 1], beginning with 0
    Growing<std::uint32_t> text_offsets;
    Growing<char> text;
    Growing<std::int64_t> int64s;
    Growing<float> floats;
    Growing<RawType> tags;
    Growing<std::uint64_t> bits;
  };
  void Begin();
  void FillTo(std::size_t row) {
    while (rows_ < row) EndRow();
  }
  void Truncate(std::size_t count);
  void AddOther(RawType type, std::uint64_t bits, std::string_view text);  // the first value, or of another type
  void BecomeMixed();
  void OpenGaps(std::size_t num_rows);

  std::string name_;
  std::shared_ptr<Values> values_;
  RawType type_ = RawType::kNull;  // of all values so far; kNull: none
  std::size_t rows_ = 0, count_ = 0;
};

}  // namespace thalweg

#endif  // THALWEG_READERS_RECORD_COLUMN_H_
