#include "readers/table_survey.h"

#include <algorithm>
#include <optional>

#include "base/strings.h"

namespace thalweg {
namespace {

constexpr std::int64_t kExact = std::int64_t{1} << 53;  // whole numbers up to here are doubles

constexpr unsigned Bit(RawType type) { return 1u << static_cast<unsigned>(type); }

// What a cell is by itself.
RawValue ValueOfCell(std::string_view cell) {
  RawValue value{.type = RawType::kText, .text = cell};
  std::string_view digits = cell;
  if (!digits.empty() && digits.front() == '-') digits.remove_prefix(1);
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') return value;
  const bool zero_first = digits.size() > 1 && digits[0] == '0';
  if (zero_first && digits[1] != '.') return value;  // 007 is a name
  if (const std::optional<std::int64_t> integer = ParseInteger(cell); integer && (*integer != 0 || cell == "0")) {
    value.type = RawType::kInt64;
    value.int64 = *integer;
  } else if (const std::optional<double> number = ParseNumber(cell); number && cell.find_first_of(".eE") != cell.npos) {
    value.type = RawType::kDouble;
    value.number = *number;
  }
  return value;
}

// A decimal of Arrow, exact: a number where a double holds all of it.
RawValue ValueOfDecimal(std::string_view text) {
  RawValue value = ValueOfCell(text);
  if (value.type == RawType::kDouble && FormatNumber(value.number) != text) value.type = RawType::kText;
  return value;
}

bool IsMissing(std::string_view cell, const CellRules& rules) {
  return cell.empty() || std::find(rules.missing.begin(), rules.missing.end(), cell) != rules.missing.end();
}

std::string_view TrimBlanks(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

// The items of a cell: none where it is missing, one where the field is no list.
template <class F>
void ForEachItem(std::string_view cell, bool list, const CellRules& rules, F&& f) {
  if (IsMissing(cell, rules)) return;
  if (!list) return f(cell);
  while (true) {
    const std::size_t cut = cell.find(rules.list_separator);
    const std::string_view item = TrimBlanks(cell.substr(0, cut));
    if (!IsMissing(item, rules)) f(item);
    if (cut == cell.npos) return;
    cell.remove_prefix(cut + 1);
  }
}

bool IsThere(const RawColumn& column, std::size_t row) { return column.row_valid.empty() || column.row_valid[row] != 0; }
bool HasValue(const RawColumn& column, std::size_t i) { return column.value_valid.empty() || column.value_valid[i] != 0; }

// What TypedCells makes.
struct Typed {
  std::shared_ptr<const void> from;
  std::vector<std::int32_t> list_offsets{0};
  std::vector<std::int64_t> int64s;
  std::vector<double> doubles;
  std::vector<std::uint32_t> text_offsets{0};
  std::string text;
};

void Append(const RawValue& value, RawType type, Typed* made) {
  if (type == RawType::kInt64) made->int64s.push_back(value.int64);
  if (type == RawType::kDouble) {
    made->doubles.push_back(value.type == RawType::kInt64 ? static_cast<double>(value.int64) : value.number);
  }
  if (type == RawType::kText) {
    made->text += value.text;
    made->text_offsets.push_back(static_cast<std::uint32_t>(made->text.size()));
  }
}

}  // namespace

void TableSurvey::AddValue(const RawValue& value, Found* found) {
  found->types |= Bit(value.type);
  if (value.type == RawType::kInt64) {
    found->negative |= value.int64 < 0;
    found->wide |= value.int64 > kExact || value.int64 < -kExact;
  } else if (value.type == RawType::kUint64) {
    found->wide |= value.uint64 > static_cast<std::uint64_t>(kExact);
  }
}

void TableSurvey::Add(const RawChunk& chunk) {
  for (const RawColumn& column : chunk.columns) {
    auto it = found_.find(column.name);
    if (it == found_.end()) {
      it = found_.emplace(column.name, Found()).first;
      order_.push_back(column.name);
    }
    Found& found = it->second;
    if (column.cells) {
      found.list = rules_.lists.count(column.name) != 0;
      if (!found.list && (found.types & Bit(RawType::kText)) != 0) continue;  // text it stays
      for (std::size_t row = 0; row < chunk.num_rows; ++row) {
        ForEachItem(column.text_at(row), found.list, rules_,
                    [&](std::string_view item) { AddValue(ValueOfCell(item), &found); });
      }
      continue;
    }
    found.list |= column.list;
    for (std::size_t row = 0; row < chunk.num_rows; ++row) {
      if (!IsThere(column, row)) continue;
      for (std::size_t i = column.begin(row); i < column.end(row); ++i) {
        if (!HasValue(column, i)) continue;
        const RawValue value = ValueAt(column, i);
        if (value.type == RawType::kNull) continue;
        AddValue(column.decimal ? ValueOfDecimal(value.text) : value, &found);
      }
    }
  }
}

std::vector<WrittenField> TableSurvey::Finish(const std::vector<std::string>& names) const {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    if (found_.count(name) != 0) all.push_back(name);
  }
  for (const std::string& name : order_) {
    if (std::find(names.begin(), names.end(), name) == names.end()) all.push_back(name);
  }
  std::vector<WrittenField> fields;
  for (const std::string& name : all) {
    const Found& found = found_.find(name)->second;
    WrittenField field{.name = name, .type = RawType::kText, .list = found.list};
    constexpr unsigned kInts = Bit(RawType::kInt64) | Bit(RawType::kUint64);
    constexpr unsigned kReals = Bit(RawType::kFloat) | Bit(RawType::kDouble);
    if (found.types == 0) field.type = RawType::kNull;
    for (const RawType type : {RawType::kBool, RawType::kInt64, RawType::kUint64, RawType::kFloat, RawType::kDouble}) {
      if (found.types == Bit(type)) field.type = type;
    }
    if (found.types == kInts && !found.negative) field.type = RawType::kUint64;
    if ((found.types & kReals) != 0 && (found.types & ~(kInts | kReals)) == 0 && !found.wide &&
        found.types != Bit(RawType::kFloat)) {
      field.type = RawType::kDouble;
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

RawColumn TypedCells(const RawColumn& column, std::size_t num_rows, const WrittenField& field, const CellRules& rules) {
  const bool numbers = field.type == RawType::kInt64 || field.type == RawType::kDouble;
  if (!column.cells && !(column.decimal && numbers)) return column;
  auto made = std::make_shared<Typed>();
  made->from = column.owner;
  RawColumn typed;
  typed.name = column.name;
  typed.type = field.type;
  typed.list = true;  // gaps need no values then
  made->list_offsets.reserve(num_rows + 1);
  std::size_t count = 0;
  for (std::size_t row = 0; row < num_rows; ++row) {
    const auto add = [&](std::string_view item) {
      ++count;
      Append(numbers ? ValueOfCell(item) : RawValue{.type = RawType::kText, .text = item}, field.type, made.get());
    };
    if (column.cells) {
      ForEachItem(column.text_at(row), field.list, rules, add);
    } else if (IsThere(column, row)) {
      for (std::size_t i = column.begin(row); i < column.end(row); ++i) {
        if (HasValue(column, i)) add(column.text_at(i));
      }
    }
    made->list_offsets.push_back(static_cast<std::int32_t>(count));
  }
  typed.list_offsets = made->list_offsets;
  typed.int64s = made->int64s;
  typed.doubles = made->doubles;
  typed.text_offsets = made->text_offsets;
  typed.text = made->text.data();
  typed.owner = std::move(made);
  return typed;
}

}  // namespace thalweg
