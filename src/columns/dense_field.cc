#include "columns/dense_field.h"

namespace thalweg {

template <class T>
void DenseField::Copy(std::span<const T> from, const FieldValues& values, std::size_t num_rows, DenseView view, T missing,
                      std::vector<T>* to) {
  to->clear();
  for (std::size_t row = 0; row < num_rows; ++row) {
    const std::size_t begin = values.begin(row), end = values.end(row);
    for (std::size_t i = begin; i < end; ++i) {
      if (view == DenseView::kFilled || from[i] != missing) to->push_back(from[i]);
    }
    if (begin == end && view == DenseView::kFilled) to->push_back(missing);
    row_offsets_.push_back(static_cast<std::uint32_t>(to->size()));
  }
}

const FieldValues& DenseField::View(const FieldValues& values, std::size_t num_rows, DenseView view) {
  row_offsets_.assign(1, 0);
  out_ = {};
  out_.dtype = values.dtype;
  switch (values.dtype) {
    case DType::kInteger:
      Copy<std::int64_t>(values.integers, values, num_rows, view, -1, &integers_);
      out_.integers = integers_;
      break;
    case DType::kNumber:
      Copy<float>(values.numbers, values, num_rows, view, 0.0f, &numbers_);
      out_.numbers = numbers_;
      break;
    case DType::kText:
      text_.clear();
      text_offsets_.assign(1, 0);
      for (std::size_t row = 0; row < num_rows; ++row) {
        const std::size_t begin = values.begin(row), end = values.end(row);
        for (std::size_t i = begin; i < end; ++i) {
          const std::string_view text = values.text_at(i);
          if (text.empty() && view == DenseView::kWithoutMissing) continue;
          text_.append(text);
          text_offsets_.push_back(static_cast<std::uint32_t>(text_.size()));
        }
        if (begin == end && view == DenseView::kFilled) text_offsets_.push_back(static_cast<std::uint32_t>(text_.size()));
        row_offsets_.push_back(static_cast<std::uint32_t>(text_offsets_.size() - 1));
      }
      out_.text_offsets = text_offsets_;
      out_.text = text_.data();
      break;
  }
  out_.row_offsets = row_offsets_;
  return out_;
}

}  // namespace thalweg
