#include <algorithm>
#include <cmath>

#include "tensor/kernels.h"

namespace thalweg::ref {

void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y) {
  for (std::size_t b = 0; b < y.rows; ++b) {
    for (std::size_t k = 0; k < x.cols; ++k) {
      for (std::size_t n = 0; n < y.cols; ++n) y.row(b)[n] = std::fma(x.row(b)[k], w.row(k)[n], y.row(b)[n]);
    }
  }
}

void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx) {
  for (std::size_t b = 0; b < dx.rows; ++b) {
    for (std::size_t k = 0; k < dx.cols; ++k) {
      float sum = 0;
      for (std::size_t n = 0; n < dy.cols; ++n) sum = std::fma(dy.row(b)[n], w.row(k)[n], sum);
      dx.row(b)[k] = sum;
    }
  }
}

void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw) {
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

}  // namespace thalweg::ref
