#include "bundle/pack_table.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace thalweg {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 18;

// To the bit, so that what is left out is what is read again.
bool IsZero(const float* row, std::size_t n) {
  return std::all_of(row, row + n, [](float x) { return std::bit_cast<std::uint32_t>(x) == 0; });
}

}  // namespace

TablePacker::TablePacker(std::span<const float> table, std::size_t cols, NumberForm wanted) : table_(table), cols_(cols), form_(wanted) {
  const bool long_enough = cols * BytesOf(NumberForm::kInt8) + sizeof(float) < cols * BytesOf(NumberForm::kBf16);
  if (form_ == NumberForm::kInt8 && !long_enough) form_ = NumberForm::kBf16;
  const std::size_t rows = table.size() / cols, row_bytes = cols * BytesOf(form_) + (form_ == NumberForm::kInt8 ? sizeof(float) : 0);
  if (rows <= std::numeric_limits<std::uint32_t>::max()) {
    for (std::size_t r = 0; r < rows; ++r) {
      if (!IsZero(table.data() + r * cols, cols)) row_numbers_.push_back(static_cast<std::uint32_t>(r));
      if (row_numbers_.size() > rows / 2) break;
    }
    kept_ = row_numbers_.size();
    sparse_ = kept_ <= rows / 2 && kept_ * (row_bytes + sizeof(std::uint32_t)) < rows * row_bytes;
  }
  if (!sparse_) {
    kept_ = rows;
    row_numbers_ = {};
  }
  if (form_ != NumberForm::kInt8) return;
  scales_.reserve(kept_);
  std::vector<std::int8_t> ignored(cols);
  for (std::size_t k = 0; k < kept_; ++k) {
    EncodeRow(form_, table.data() + (sparse_ ? row_numbers_[k] : k) * cols, cols, ignored.data(), &scales_.emplace_back());
  }
}

Status TablePacker::ForEachPiece(const std::function<Status(const void*, std::size_t)>& take) const {
  const std::size_t row_bytes = cols_ * BytesOf(form_), most = std::max<std::size_t>(1, kPieceBytes / row_bytes);
  std::vector<float> aligned((most * row_bytes + sizeof(float) - 1) / sizeof(float));
  auto* const piece = reinterpret_cast<std::uint8_t*>(aligned.data());
  float scale;
  for (std::size_t k = 0; k < kept_;) {
    const std::size_t count = std::min(most, kept_ - k);
    for (std::size_t i = 0; i < count; ++i, ++k) {
      EncodeRow(form_, table_.data() + (sparse_ ? row_numbers_[k] : k) * cols_, cols_, piece + i * row_bytes, &scale);
    }
    THALWEG_RETURN_IF_ERROR(take(piece, count * row_bytes));
  }
  return Status::Ok();
}

}  // namespace thalweg
