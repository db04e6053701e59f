// Fast kernels. Where a target has no fused multiply-add, the plain ones serve: their bits are the promise.
#include <algorithm>
#include <cmath>

#include "tensor/kernels.h"
#include "tensor/product.h"

// Below AVX2 nothing fuses; vectors of unknown size cannot be held in arrays. Neither is worth compiling.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels_simd.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include "tensor/product-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Whether the instruction for bf16 may belong to this set: one that stands in for a lesser machine has none.
bool MayHaveBf16() { return HWY_ARCH_X86_64 && HWY_TARGET <= HWY_AVX3; }

#if HWY_NATIVE_FMA

const char* Name() { return hwy::TargetName(HWY_TARGET); }

ProductScratch Scratch() {
  thread_local Matrix memory(1, ProductScratch::kAFloats + ProductScratch::kBFloats + kNarrowColumns * kNarrow);
  float* b = memory.data();
  return {b + ProductScratch::kBFloats, b};
}

// Few columns, many rows: cᵀ = bᵀ · aᵀ, so that the rows fill the vectors. `p` has the roles exchanged already; its c
// is then the transpose of the caller's, which goes through the scratch.
void NarrowProduct(ProductArgs p, float* c, std::size_t c_stride) {
  const ProductScratch scratch = Scratch();
  float* narrow = scratch.a + ProductScratch::kAFloats;
  const Cut chunks(p.cols, kNarrowColumns);
  const float* b = p.b;
  p.c = narrow;
  for (std::size_t chunk = 0; chunk < chunks.parts; ++chunk) {
    const std::size_t j0 = chunks.begin(chunk);
    p.cols = p.c_stride = chunks.size(chunk);
    p.b = b + j0 * (p.b_transposed ? p.b_stride : 1);
    for (std::size_t j = 0; p.accumulate && j < p.cols; ++j) {
      for (std::size_t i = 0; i < p.rows; ++i) narrow[i * p.cols + j] = c[(j0 + j) * c_stride + i];
    }
    Product(p, scratch);
    for (std::size_t j = 0; j < p.cols; ++j) {
      for (std::size_t i = 0; i < p.rows; ++i) c[(j0 + j) * c_stride + i] = narrow[i * p.cols + j];
    }
  }
}

void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y) {
  if (y.cols <= kNarrow && y.rows >= kNarrowFrom) {
    return NarrowProduct({y.cols, y.rows, x.cols, w.data, 1, w.stride, x.data, x.stride, true, nullptr, 0, true},
                         y.data, y.stride);
  }
  Product(MultiplyAddArgs(x, w, y), Scratch());
}

void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx) {
  Product(MultiplyTransposedArgs(dy, w, dx), Scratch());
}

void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw) {
  if (dw.cols <= kNarrow && dw.rows >= kNarrowFrom) {
    return NarrowProduct({dw.cols, dw.rows, x.rows, dy.data, 1, dy.stride, x.data, x.stride, false, nullptr, 0, false},
                         dw.data, dw.stride);
  }
  Product(OuterProductSumArgs(x, dy, dw), Scratch());
}

void Axpy(float a, std::span<const float> x, std::span<float> y) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d), n = y.size();
  const auto factor = hn::Set(d, a);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(hn::MulAdd(factor, hn::LoadU(d, x.data() + i), hn::LoadU(d, y.data() + i)), d, y.data() + i);
  }
  if (i < n) {
    const auto mask = hn::FirstN(d, n - i);
    const auto sum = hn::MulAdd(factor, hn::MaskedLoad(mask, d, x.data() + i), hn::MaskedLoad(mask, d, y.data() + i));
    hn::BlendedStore(sum, mask, d, y.data() + i);
  }
}

// kVectors vectors of columns from column n, the last one masked: sums stay in registers over all rows.
template <std::size_t kVectors>
void SumColumns(ConstMatrixView m, std::size_t n, std::size_t last, float* sums) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto mask = hn::FirstN(d, last);
  hn::Vec<decltype(d)> acc[kVectors];
  HWY_UNROLL(4)
  for (std::size_t j = 0; j < kVectors; ++j) acc[j] = hn::Zero(d);
  for (std::size_t b = 0; b < m.rows; ++b) {
    const float* row = m.row(b) + n;
    HWY_UNROLL(4)
    for (std::size_t j = 0; j + 1 < kVectors; ++j) acc[j] = hn::Add(acc[j], hn::LoadU(d, row + j * lanes));
    constexpr std::size_t kLast = kVectors - 1;
    acc[kLast] = hn::Add(acc[kLast], hn::MaskedLoad(mask, d, row + kLast * lanes));
  }
  HWY_UNROLL(4)
  for (std::size_t j = 0; j + 1 < kVectors; ++j) hn::StoreU(acc[j], d, sums + n + j * lanes);
  hn::BlendedStore(acc[kVectors - 1], mask, d, sums + n + (kVectors - 1) * lanes);
}

void SumRows(ConstMatrixView m, std::span<float> sums) {
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<float>()), cols = sums.size();
  std::size_t n = 0;
  for (; n + 4 * lanes <= cols; n += 4 * lanes) SumColumns<4>(m, n, lanes, sums.data());
  for (; n < cols; n += lanes) SumColumns<1>(m, n, std::min(lanes, cols - n), sums.data());
}

float Dot(std::span<const float> x, std::span<const float> y) {
  constexpr std::size_t kChains = 32;
  const hn::CappedTag<float, 16> d;
  const std::size_t lanes = hn::Lanes(d), n = x.size();
  constexpr std::size_t kVectors = kChains / hn::MaxLanes(d);
  hn::Vec<decltype(d)> acc[kVectors];
  HWY_UNROLL(8)
  for (std::size_t j = 0; j < kVectors; ++j) acc[j] = hn::Zero(d);
  std::size_t i = 0;
  for (; i + kChains <= n; i += kChains) {
    HWY_UNROLL(8)
    for (std::size_t j = 0; j < kVectors; ++j) {
      acc[j] = hn::MulAdd(hn::LoadU(d, x.data() + i + j * lanes), hn::LoadU(d, y.data() + i + j * lanes), acc[j]);
    }
  }
  HWY_ALIGN float chains[kChains];
  HWY_UNROLL(8)
  for (std::size_t j = 0; j < kVectors; ++j) hn::Store(acc[j], d, chains + j * lanes);
  for (std::size_t chain = 0; i < n; ++i, ++chain) chains[chain] = std::fma(x[i], y[i], chains[chain]);
  for (std::size_t half = kChains / 2; half > 0; half /= 2) {
    for (std::size_t c = 0; c < half; ++c) chains[c] += chains[c + half];
  }
  return chains[0];
}

#else  // !HWY_NATIVE_FMA

const char* Name() { return "plain"; }
using ref::Axpy;
using ref::Dot;
using ref::SumRows;
void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y) { ref::MultiplyAdd(x, w, y); }
void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx) { ref::MultiplyTransposed(dy, w, dx); }
void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw) { ref::OuterProductSum(x, dy, dw); }

#endif  // HWY_NATIVE_FMA

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {
HWY_EXPORT(Name);
HWY_EXPORT(MayHaveBf16);
HWY_EXPORT(MultiplyAdd);
HWY_EXPORT(MultiplyTransposed);
HWY_EXPORT(OuterProductSum);
HWY_EXPORT(Axpy);
HWY_EXPORT(SumRows);
HWY_EXPORT(Dot);

std::string KernelNames() { return HWY_DYNAMIC_DISPATCH(Name)(); }
bool HasFastBf16() { return CanBf16Product() && HWY_DYNAMIC_DISPATCH(MayHaveBf16)(); }

namespace {

struct Operands {
  ConstMatrixView a, b;
};
// Without the instruction: as the plain kernels have it.
Operands Rounded(ConstMatrixView a, ConstMatrixView b) {
  thread_local Matrix of_a, of_b;
  return {RoundToBf16(a, &of_a), RoundToBf16(b, &of_b)};
}

}  // namespace

void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y, Precision precision) {
  if (precision == Precision::kBf16 && w.cols >= kBf16Columns) {
    if (HasFastBf16()) return Bf16Product(MultiplyAddArgs(x, w, y));
    const auto [rx, rw] = Rounded(x, w);
    return HWY_DYNAMIC_DISPATCH(MultiplyAdd)(rx, rw, y);
  }
  HWY_DYNAMIC_DISPATCH(MultiplyAdd)(x, w, y);
}
void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx, Precision precision) {
  if (precision == Precision::kBf16 && w.cols >= kBf16Columns) {
    if (HasFastBf16()) return Bf16Product(MultiplyTransposedArgs(dy, w, dx));
    const auto [rdy, rw] = Rounded(dy, w);
    return HWY_DYNAMIC_DISPATCH(MultiplyTransposed)(rdy, rw, dx);
  }
  HWY_DYNAMIC_DISPATCH(MultiplyTransposed)(dy, w, dx);
}
void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw, Precision precision) {
  if (precision == Precision::kBf16 && dw.cols >= kBf16Columns) {
    if (HasFastBf16()) return Bf16Product(OuterProductSumArgs(x, dy, dw));
    const auto [rx, rdy] = Rounded(x, dy);
    return HWY_DYNAMIC_DISPATCH(OuterProductSum)(rx, rdy, dw);
  }
  HWY_DYNAMIC_DISPATCH(OuterProductSum)(x, dy, dw);
}
void Axpy(float a, std::span<const float> x, std::span<float> y) { HWY_DYNAMIC_DISPATCH(Axpy)(a, x, y); }
void SumRows(ConstMatrixView m, std::span<float> sums) { HWY_DYNAMIC_DISPATCH(SumRows)(m, sums); }
float Dot(std::span<const float> x, std::span<const float> y) { return HWY_DYNAMIC_DISPATCH(Dot)(x, y); }

}  // namespace thalweg
#endif  // HWY_ONCE
