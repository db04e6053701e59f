// A matrix rounded to bf16 once, in the order in which products read it: what is multiplied more than once in a step
// (a kernel by each block of rows; activations and slopes by each tile of a gradient) is packed where it is made, while
// it is hot in cache, instead of at each use. Only where PacksPairs().
//
// The bits are those of the products of kernels.h with Precision::kBf16.
#ifndef THALWEG_TENSOR_PAIR_PANELS_H_
#define THALWEG_TENSOR_PAIR_PANELS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "tensor/kernels.h"
#include "tensor/matrix.h"

namespace thalweg {

// Whether products with a matrix of so many columns are better packed: in bf16, where the processor has it.
bool PacksPairs(Precision precision, std::size_t cols);

// [depth×cols]: two neighbours along the depth side by side in 32 bits; an odd last one beside 0; columns in panels of
// up to 64, one after the other, the last filled up to 16.
class PairPanels {
 public:
  void Resize(std::size_t depth, std::size_t cols);  // contents undefined
  std::size_t depth() const { return depth_; }
  std::size_t cols() const { return cols_; }
  bool empty() const { return depth_ == 0 || cols_ == 0; }

  // from [rows×cols] becomes elements (k, j) … of it; k is even, and so is rows, but for the matrix' last; j is a multiple
  // of 16, and so is cols, but for its last. Parts that do not overlap may be packed at once by several threads.
  void Pack(std::size_t k, std::size_t j, ConstMatrixView from);
  // The same of fromᵀ: from [cols×rows].
  void PackTransposed(std::size_t k, std::size_t j, ConstMatrixView from);

 private:
  friend class PanelProduct;
  struct Part;
  template <class Packer>
  void ForPanels(std::size_t j, std::size_t cols, const Packer& pack);
  std::uint32_t* words() { return reinterpret_cast<std::uint32_t*>(memory_.data()); }
  const std::uint32_t* words() const { return reinterpret_cast<const std::uint32_t*>(memory_.data()); }

  std::size_t depth_ = 0, cols_ = 0;
  Matrix memory_;
};

// y[B×N] = start + x[B×K] · w[K×N]; each row starts from `bias` [N], or where that is null from what y holds.
void MultiplyAdd(ConstMatrixView x, const PairPanels& w, const float* bias, MatrixView y);
// y[B×N] = x[B×K] · w[K×N]
void Multiply(ConstMatrixView x, const PairPanels& w, MatrixView y);

// What the caller touches next at the places of dw: fetched into the level-2 cache beside the arithmetic.
struct ComesNext {
  std::span<const float* const> data;  // each of dw's first element
  std::size_t stride = 0;
};
// dw[i, j] = Σ x[·, row + i] · dy[·, col + j], over the whole depth of both; col is a multiple of 16.
void OuterProductSum(const PairPanels& x, std::size_t row, const PairPanels& dy, std::size_t col, MatrixView dw,
                     const ComesNext& next = {});

}  // namespace thalweg

#endif  // THALWEG_TENSOR_PAIR_PANELS_H_
