#include "tensor/matrix.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

namespace thalweg {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kHugeFrom = 2 * kHugePage;

float* Allocate(std::size_t count) {
  const std::size_t alignment = count * sizeof(float) >= kHugeFrom ? kHugePage : kCacheLine;
  const std::size_t bytes = (count * sizeof(float) + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  // Advice only: where it is not taken, small pages serve.
  if (alignment == kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);
  return static_cast<float*>(memory);
}

}  // namespace

void Matrix::Free::operator()(float* p) const { std::free(p); }

Matrix::Matrix(Matrix&& other) noexcept
    : data_(std::move(other.data_)),
      rows_(std::exchange(other.rows_, 0)),
      cols_(std::exchange(other.cols_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Matrix& Matrix::operator=(Matrix&& other) noexcept {
  data_ = std::move(other.data_);
  rows_ = std::exchange(other.rows_, 0);
  cols_ = std::exchange(other.cols_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  return *this;
}

void Matrix::Resize(std::size_t rows, std::size_t cols) {
  constexpr std::size_t kMax = std::numeric_limits<std::size_t>::max() / 2 / sizeof(float) - kHugePage;
  if (cols != 0 && rows > kMax / cols) throw std::bad_alloc();
  const std::size_t count = rows * cols;
  if (count > capacity_) {
    // The first size is often the final one (a table); a matrix that grows again has a size that changes by batch.
    const std::size_t capacity = std::max(count, capacity_ + capacity_ / 2);
    data_.reset();
    rows_ = cols_ = capacity_ = 0;
    data_.reset(Allocate(capacity));
    capacity_ = capacity;
  }
  rows_ = rows;
  cols_ = cols;
}

void Matrix::Fill(float value) { std::fill_n(data(), size(), value); }

}  // namespace thalweg
