// Any cells decode, by any field, to values within the field's type or to bad rows; the halves of a column decode as
// the whole does.
#include <cmath>

#include "base/strings.h"
#include "data/cell.h"

namespace {

using namespace thalweg;

void Check(bool holds) {
  if (!holds) std::abort();
}

struct Column {
  std::string text;
  std::vector<std::uint32_t> offsets{0};
  RawColumn Raw(std::size_t begin, std::size_t count, bool cells) const {
    RawColumn raw;
    raw.name = "x";
    raw.cells = cells;
    raw.text = text.data();
    raw.text_offsets = std::span(offsets).subspan(begin, count + 1);
    return raw;
  }
};

// The values and complaints of rows, as text.
std::string Decoded(const RawColumn& raw, std::size_t num_rows, const FieldSpec& field) {
  FieldValues values;
  std::vector<BadCell> bad;
  Check(DecodeColumn(raw, num_rows, field, &values, &bad).ok());
  std::string out;
  std::size_t next_bad = 0;
  for (std::size_t row = 0; row < num_rows; ++row) {
    Check(values.begin(row) <= values.end(row) && (field.many || values.end(row) - values.begin(row) <= 1));
    if (next_bad < bad.size() && bad[next_bad].row == row) {
      Check(values.begin(row) == values.end(row));
      out += bad[next_bad++].why;
    }
    for (std::size_t i = values.begin(row); i < values.end(row); ++i) {
      switch (field.dtype) {
        case DType::kNumber:
          Check(std::isfinite(values.numbers[i]));
          out += FormatNumber(values.numbers[i]);
          break;
        case DType::kInteger:
          out += FormatInteger(values.integers[i]);
          break;
        case DType::kText:
          Check(IsValidUtf8(values.text_at(i)) && values.text_at(i).find('\0') == std::string_view::npos);
          out += Quote(values.text_at(i), 1000);
          break;
      }
      out += ",";
    }
    out += "\n";
  }
  Check(next_bad == bad.size());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  Column column;
  for (std::size_t i = 1; i < size; ++i) {
    if (data[i] == '\n') {
      column.offsets.push_back(static_cast<std::uint32_t>(column.text.size()));
    } else {
      column.text.push_back(static_cast<char>(data[i]));
    }
  }
  const std::size_t n = column.offsets.size() - 1;
  const bool cells = (choice & 1) != 0;
  FieldSpec field;
  field.name = "x";
  field.many = (choice & 2) != 0;
  if ((choice & 4) != 0) field.list_separator = "|";
  if ((choice & 8) != 0) field.missing = {"?", "NA"};
  if ((choice & 16) != 0) field.default_number = -1;
  for (const DType dtype : {DType::kNumber, DType::kInteger, DType::kText}) {
    field.dtype = dtype;
    const std::string whole = Decoded(column.Raw(0, n, cells), n, field);
    Check(whole == Decoded(column.Raw(0, n / 2, cells), n / 2, field) +
                       Decoded(column.Raw(n / 2, n - n / 2, cells), n - n / 2, field));
  }
  return 0;
}
