#include "readers/jsonl_columns.h"

#include <algorithm>

namespace thalweg {

JsonColumn::JsonColumn(std::string name, std::size_t num_rows)
    : name_(std::move(name)), values_(std::make_shared<Values>()) {
  for (std::size_t row = 0; row < num_rows; ++row) EndRow();
}

void JsonColumn::Add(RawType tag, std::uint64_t bits) {
  values_->tags.push_back(tag);
  values_->bits.push_back(bits);
  values_->text_offsets.push_back(static_cast<std::uint32_t>(values_->text.size()));
  has_value_ = true;
}

void JsonColumn::AddText(std::string_view text) {
  values_->text.append(text);
  Add(RawType::kText, 0);
}

void JsonColumn::BeginList() { has_value_ = row_is_list_ = true; }

void JsonColumn::EndRow() {
  if (!has_value_) Add(RawType::kNull, 0);
  any_list_ |= row_is_list_;
  values_->list_offsets.push_back(static_cast<std::int32_t>(values_->tags.size()));
  has_value_ = row_is_list_ = false;
}

void JsonColumn::DropRow() {
  const std::size_t begin = static_cast<std::size_t>(values_->list_offsets.back());
  values_->tags.resize(begin);
  values_->bits.resize(begin);
  values_->text_offsets.resize(begin + 1);
  values_->text.resize(values_->text_offsets.back());
  has_value_ = row_is_list_ = false;
}

RawColumn JsonColumn::Finish() {
  RawColumn column;
  column.name = name_;
  column.list = any_list_;
  if (any_list_) column.list_offsets = values_->list_offsets;
  const bool all_text =
      std::all_of(values_->tags.begin(), values_->tags.end(), [](RawType t) { return t == RawType::kText; });
  column.type = all_text ? RawType::kText : RawType::kMixed;
  column.tags = values_->tags;
  column.bits = values_->bits;
  column.text_offsets = values_->text_offsets;
  column.text = values_->text.data();
  column.owner = std::move(values_);
  values_ = std::make_shared<Values>();
  any_list_ = false;
  return column;
}

}  // namespace thalweg
