#include "readers/record_column.h"

#include <algorithm>

namespace thalweg {

RecordColumn::RecordColumn(std::string name, std::size_t num_rows) : name_(std::move(name)) {
  Begin();
  FillTo(num_rows);
}

void RecordColumn::Begin() {
  values_ = std::make_shared<Values>();
  values_->ends.Push(0);
  values_->text_offsets.Push(0);
  type_ = RawType::kNull;
  rows_ = count_ = 0;
}

void RecordColumn::Truncate(std::size_t count) {
  if (count == count_) return;
  Values& v = *values_;
  count_ = count;
  if (type_ == RawType::kInt64) v.int64s.SetSize(count);
  if (type_ == RawType::kFloat) v.floats.SetSize(count);
  if (type_ == RawType::kText || type_ == RawType::kMixed) {
    v.text_offsets.SetSize(count + 1);
    v.text.SetSize(v.text_offsets[count]);
  }
  if (type_ == RawType::kMixed) {
    v.tags.SetSize(count);
    v.bits.SetSize(count);
  }
  if (count == 0) type_ = RawType::kNull;
}

void RecordColumn::DropRow(std::size_t row) {
  if (values_->ends.size() > row + 1) values_->ends.SetSize(row + 1);
  rows_ = std::min(rows_, row);
  Truncate(static_cast<std::size_t>(values_->ends[rows_]));
}

void RecordColumn::AddOther(RawType type, std::uint64_t bits, std::string_view text) {
  if (type_ == RawType::kNull) {
    type_ = type;
    if (type == RawType::kText) return AddText(text);
    if (type == RawType::kInt64) return AddInteger(static_cast<std::int64_t>(bits));
    return AddFloat(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  if (type_ != RawType::kMixed) BecomeMixed();
  Values& v = *values_;
  v.text.Room(text.size());
  std::copy(text.begin(), text.end(), v.text.data() + v.text.size());
  v.text.SetSize(v.text.size() + text.size());
  v.text_offsets.Push(static_cast<std::uint32_t>(v.text.size()));
  v.tags.Push(type);
  v.bits.Push(bits);
  ++count_;
}

void RecordColumn::BecomeMixed() {
  Values& v = *values_;
  for (std::size_t i = 0; i < count_; ++i) {
    v.tags.Push(type_);
    if (type_ == RawType::kText) v.bits.Push(0);
    if (type_ == RawType::kInt64) v.bits.Push(static_cast<std::uint64_t>(v.int64s[i]));
    if (type_ == RawType::kFloat) v.bits.Push(std::bit_cast<std::uint32_t>(v.floats[i]));
    if (type_ != RawType::kText) v.text_offsets.Push(0);
  }
  v.int64s.SetSize(0);
  v.floats.SetSize(0);
  type_ = RawType::kMixed;
}

// One value a row, also where there is none.
template <class T>
static void Spread(const Growing<std::int32_t>& ends, std::size_t num_rows, T gap, Growing<T>* values) {
  values->Room(num_rows - values->size());
  for (std::size_t row = num_rows; row-- > 0;) {  // none moves to a smaller place
    const std::size_t from = static_cast<std::size_t>(ends[row]);
    (*values)[row] = ends[row + 1] > ends[row] ? (*values)[from] : gap;
  }
  values->SetSize(num_rows);
}

void RecordColumn::OpenGaps(std::size_t num_rows) {
  Values& v = *values_;
  if (type_ == RawType::kInt64) Spread<std::int64_t>(v.ends, num_rows, 0, &v.int64s);
  if (type_ == RawType::kFloat) Spread<float>(v.ends, num_rows, 0, &v.floats);
  if (type_ == RawType::kMixed) {
    Spread(v.ends, num_rows, RawType::kNull, &v.tags);
    Spread<std::uint64_t>(v.ends, num_rows, 0, &v.bits);
  }
  if (type_ == RawType::kText || type_ == RawType::kMixed) {
    v.text_offsets.Room(num_rows + 1 - v.text_offsets.size());
    for (std::size_t row = num_rows + 1; row-- > 0;) {
      v.text_offsets[row] = v.text_offsets[static_cast<std::size_t>(v.ends[row])];
    }
    v.text_offsets.SetSize(num_rows + 1);
  }
}

RawColumn RecordColumn::Finish(std::size_t num_rows) {
  FillTo(num_rows);
  Values& v = *values_;
  RawColumn column;
  column.name = name_;
  column.type = type_;
  std::int32_t most = 0;
  for (std::size_t row = 0; row < num_rows; ++row) most = std::max(most, v.ends[row + 1] - v.ends[row]);
  column.list = most > 1;
  if (column.list) {
    column.list_offsets = v.ends.span();
  } else if (count_ < num_rows && type_ != RawType::kNull) {
    column.row_valid.resize(num_rows);
    for (std::size_t row = 0; row < num_rows; ++row) column.row_valid[row] = v.ends[row + 1] > v.ends[row];
    OpenGaps(num_rows);
  }
  column.int64s = v.int64s.span();
  column.floats = v.floats.span();
  if (type_ == RawType::kText || type_ == RawType::kMixed) column.text_offsets = v.text_offsets.span();
  column.text = v.text.data();
  column.tags = v.tags.span();
  column.bits = v.bits.span();

  // The next chunk will be about as large.
  const std::size_t rooms[] = {v.ends.room(), v.text_offsets.room(), v.text.room(), v.int64s.room(), v.floats.room()};
  column.owner = std::move(values_);
  Begin();
  values_->ends.Room(rooms[0]);
  values_->text_offsets.Room(rooms[1]);
  values_->text.Room(rooms[2]);
  values_->int64s.Room(rooms[3]);
  values_->floats.Room(rooms[4]);
  return column;
}

}  // namespace thalweg
