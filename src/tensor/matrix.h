// Row-major float32 matrices. Views do not own; a Matrix keeps its memory when it gets smaller, so that a loop over
// batches allocates once.
#ifndef THALWEG_TENSOR_MATRIX_H_
#define THALWEG_TENSOR_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace thalweg {

struct ConstMatrixView {
  const float* data = nullptr;
  std::size_t rows = 0, cols = 0, stride = 0;  // stride in floats from one row to the next
  const float* row(std::size_t r) const { return data + r * stride; }
};

struct MatrixView {
  float* data = nullptr;
  std::size_t rows = 0, cols = 0, stride = 0;
  float* row(std::size_t r) const { return data + r * stride; }
  operator ConstMatrixView() const { return {data, rows, cols, stride}; }
};

// 64-byte aligned, huge pages asked for past 4 MiB, contents undefined until Fill or written.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols) { Resize(rows, cols); }
  Matrix(Matrix&&) noexcept;  // what was moved from is empty
  Matrix& operator=(Matrix&&) noexcept;
  void Resize(std::size_t rows, std::size_t cols);   // stride = cols; throws std::bad_alloc
  void Fill(float value);
  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t size() const { return rows_ * cols_; }
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  float* row(std::size_t r) { return data() + r * cols_; }
  const float* row(std::size_t r) const { return data() + r * cols_; }
  MatrixView view() { return {data(), rows_, cols_, cols_}; }
  ConstMatrixView view() const { return {data(), rows_, cols_, cols_}; }
  std::span<float> span() { return {data(), size()}; }
  std::span<const float> span() const { return {data(), size()}; }

 private:
  struct Free { void operator()(float* p) const; };
  std::unique_ptr<float[], Free> data_;
  std::size_t rows_ = 0, cols_ = 0, capacity_ = 0;
};

// Ids of B rows, ragged: row r has ids[offsets[r] .. offsets[r+1]), in the column's order, duplicates kept. An id of -1
// is "none of the known" (out of vocabulary); look-ups drop it, crosses hash it.
struct IdLists {
  std::vector<std::uint32_t> offsets;  // [B+1]
  std::vector<std::int32_t> ids;       // [nnz]
  std::vector<float> weights;          // [nnz], or empty: all 1
  std::size_t num_rows() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  void Clear() { offsets.assign(1, 0); ids.clear(); weights.clear(); }
};

}  // namespace thalweg

#endif  // THALWEG_TENSOR_MATRIX_H_
