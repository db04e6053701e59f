// What the fast products (product-inl.h, product_bf16.cc) share: their operands, their cuts, their scratch.
#ifndef THALWEG_TENSOR_PRODUCT_H_
#define THALWEG_TENSOR_PRODUCT_H_

#include <algorithm>
#include <cstddef>

#include "tensor/matrix.h"

namespace thalweg {

// c[rows×cols] (+)= a · b, element (i, k) of a at a[i·a_row_step + k·a_depth_step], one of which is 1; element (k, j)
// of b at b[k·b_stride + j], or b[j·b_stride + k] when transposed. From 0, or from what c holds (accumulate).
struct ProductArgs {
  std::size_t rows, cols, depth;
  const float* a;
  std::size_t a_row_step, a_depth_step;
  const float* b;
  std::size_t b_stride;
  bool b_transposed;
  float* c;
  std::size_t c_stride;
  bool accumulate;
};

// The three products of kernels.h.
inline ProductArgs MultiplyAddArgs(ConstMatrixView x, ConstMatrixView w, MatrixView y) {
  return {y.rows, y.cols, x.cols, x.data, x.stride, 1, w.data, w.stride, false, y.data, y.stride, true};
}
inline ProductArgs MultiplyTransposedArgs(ConstMatrixView dy, ConstMatrixView w, MatrixView dx) {
  return {dx.rows, dx.cols, dy.cols, dy.data, dy.stride, 1, w.data, w.stride, true, dx.data, dx.stride, false};
}
inline ProductArgs OuterProductSumArgs(ConstMatrixView x, ConstMatrixView dy, MatrixView dw) {
  return {dw.rows, dw.cols, x.rows, x.data, 1, x.stride, dy.data, dy.stride, false, dw.data, dw.stride, false};
}

constexpr std::size_t kDepthBlock = 512;  // a panel of b: 512 × 64 floats, 128 KiB; a strip of a: 12 KiB
constexpr std::size_t kRowBlock = 256;    // a's block: 512 KiB, half of a level-2 cache
constexpr std::size_t kMaxStrip = 6;      // rows of a tile
constexpr std::size_t kMaxVectors = 8;    // columns of a tile, in vectors, when it has few rows
constexpr std::size_t kMaxLanes = 16;
constexpr std::size_t kNarrow = 6;           // columns that are better taken as rows, given
constexpr std::size_t kNarrowFrom = 8;       // … so many rows,
constexpr std::size_t kNarrowColumns = 512;  // … of which so many go through the scratch at a time
constexpr std::size_t kPackFrom = 4;         // strips that must read a panel of b for its copy to pay

// n cut into the fewest parts of at most `most`; the first `longer` are one longer than the rest.
struct Cut {
  std::size_t parts, shortest, longer;
  Cut(std::size_t n, std::size_t most)
      : parts((n + most - 1) / most), shortest(n / std::max<std::size_t>(parts, 1)), longer(n - parts * shortest) {}
  std::size_t begin(std::size_t part) const { return part * shortest + std::min(part, longer); }
  std::size_t size(std::size_t part) const { return shortest + (part < longer); }
};

// The gap keeps strips out of each other's cache sets, and takes the overrun of the last store.
constexpr std::size_t StripFloats(std::size_t depth) { return depth * kMaxStrip + 16; }

struct ProductScratch {
  static constexpr std::size_t kAFloats = (kRowBlock / kMaxStrip + 1) * StripFloats(kDepthBlock);
  static constexpr std::size_t kBFloats = kDepthBlock * kMaxVectors * kMaxLanes;
  float* a;  // [kAFloats]
  float* b;  // [kBFloats], 64-byte aligned
};

// With a and b rounded to bf16 (product_bf16.cc): only where the processor can.
bool CanBf16Product();
void Bf16Product(const ProductArgs& product);

constexpr std::size_t kBf16Columns = 8;  // of w and dw, from which bf16 is used when asked for

// m rounded, in `to`: what the plain kernels multiply.
ConstMatrixView RoundToBf16(ConstMatrixView m, Matrix* to);

}  // namespace thalweg

#endif  // THALWEG_TENSOR_PRODUCT_H_
