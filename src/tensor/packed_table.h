// A table as a model file may keep it: its numbers in bf16 or int8, rows that are all zero left out. Rows are decoded as
// they are read, so that the file need not be.
#ifndef THALWEG_TENSOR_PACKED_TABLE_H_
#define THALWEG_TENSOR_PACKED_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace thalweg {

enum class NumberForm : std::uint8_t { kF32, kBf16, kInt8 };
std::size_t BytesOf(NumberForm form);       // of a number
const char* NameOf(NumberForm form);        // "fp32", "bf16", "int8"

inline constexpr float kLargestScale = std::numeric_limits<float>::max() / 128;  // every int8 times it is finite

// n finite numbers of a row → `to`, as many of the form. bf16: the nearest, ties to even, never infinite. int8: *scale =
// (the largest magnitude) / 127, and the integers nearest to number / *scale; of the other forms *scale is left alone.
void EncodeRow(NumberForm form, const float* row, std::size_t n, void* to, float* scale);

// Points to a mapped file, which must outlive it. Reading is for many threads at once.
struct PackedTable {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  NumberForm form = NumberForm::kF32;
  std::size_t rows = 0, cols = 0;
  std::size_t kept = 0;                          // rows that are there; the others are zero
  const void* data = nullptr;                    // [kept×cols] of the form
  const float* scales = nullptr;                 // [kept], int8 only: a number is its integer times the scale of its row
  const std::uint32_t* row_numbers = nullptr;    // [kept], ascending, below `rows`; null: all rows are kept
  // Where the row numbers of each run of 2^shift rows begin. Made by MakeIndex, before the first Find.
  std::vector<std::uint32_t> starts;
  unsigned shift = 0;

  void MakeIndex();

  // Where a row is among those kept, or kNone.
  std::size_t Find(std::size_t row) const {
    if (row_numbers == nullptr) return row;
    std::size_t begin = starts[row >> shift], end = starts[(row >> shift) + 1];
    while (end - begin > 8) {  // runs hold few, unless the rows are such as hashing does not give
      const std::size_t middle = begin + (end - begin) / 2;
      (row_numbers[middle] <= row ? begin : end) = middle;
    }
    for (; begin < end; ++begin) {
      if (row_numbers[begin] == row) return begin;
    }
    return kNone;
  }

  // Numbers [first, first + count) of a row.
  void Read(std::size_t row, std::size_t first, std::size_t count, float* to) const;
};

}  // namespace thalweg

#endif  // THALWEG_TENSOR_PACKED_TABLE_H_
