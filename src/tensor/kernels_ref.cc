#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "tensor/kernels.h"
#include "tensor/product.h"

namespace thalweg {
namespace {

float RoundToBf16(float value) {
  if (std::isnan(value)) return value;
  if (std::fabs(value) < std::numeric_limits<float>::min()) return std::copysign(0.0f, value);
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return std::bit_cast<float>((bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000);
}

}  // namespace

ConstMatrixView RoundToBf16(ConstMatrixView m, Matrix* to) {
  to->Resize(m.rows, m.cols);
  for (std::size_t r = 0; r < m.rows; ++r) {
    for (std::size_t c = 0; c < m.cols; ++c) to->row(r)[c] = RoundToBf16(m.row(r)[c]);
  }
  return to->view();
}

namespace ref {

void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y, Precision precision) {
  if (precision == Precision::kBf16 && w.cols >= kBf16Columns) {
    Matrix a, b;
    return ref::MultiplyAdd(RoundToBf16(x, &a), RoundToBf16(w, &b), y);
  }
  for (std::size_t b = 0; b < y.rows; ++b) {
    for (std::size_t k = 0; k < x.cols; ++k) {
      for (std::size_t n = 0; n < y.cols; ++n) y.row(b)[n] = std::fma(x.row(b)[k], w.row(k)[n], y.row(b)[n]);
    }
  }
}

void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx, Precision precision) {
  if (precision == Precision::kBf16 && w.cols >= kBf16Columns) {
    Matrix a, b;
    return ref::MultiplyTransposed(RoundToBf16(dy, &a), RoundToBf16(w, &b), dx);
  }
  for (std::size_t b = 0; b < dx.rows; ++b) {
    for (std::size_t k = 0; k < dx.cols; ++k) {
      float sum = 0;
      for (std::size_t n = 0; n < dy.cols; ++n) sum = std::fma(dy.row(b)[n], w.row(k)[n], sum);
      dx.row(b)[k] = sum;
    }
  }
}

void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw, Precision precision) {
  if (precision == Precision::kBf16 && dw.cols >= kBf16Columns) {
    Matrix a, b;
    return ref::OuterProductSum(RoundToBf16(x, &a), RoundToBf16(dy, &b), dw);
  }
  for (std::size_t k = 0; k < dw.rows; ++k) std::fill_n(dw.row(k), dw.cols, 0.0f);
  for (std::size_t b = 0; b < x.rows; ++b) {
    for (std::size_t k = 0; k < dw.rows; ++k) {
      for (std::size_t n = 0; n < dw.cols; ++n) dw.row(k)[n] = std::fma(x.row(b)[k], dy.row(b)[n], dw.row(k)[n]);
    }
  }
}

void Axpy(float a, std::span<const float> x, std::span<float> y) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::fma(a, x[i], y[i]);
}

void SumRows(ConstMatrixView m, std::span<float> sums) {
  std::fill(sums.begin(), sums.end(), 0.0f);
  for (std::size_t b = 0; b < m.rows; ++b) {
    for (std::size_t n = 0; n < sums.size(); ++n) sums[n] += m.row(b)[n];
  }
}

float Dot(std::span<const float> x, std::span<const float> y) {
  float chains[32] = {};
  for (std::size_t i = 0; i < x.size(); ++i) chains[i % 32] = std::fma(x[i], y[i], chains[i % 32]);
  for (std::size_t half = 16; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) chains[i] += chains[i + half];
  }
  return chains[0];
}

}  // namespace ref
}  // namespace thalweg
