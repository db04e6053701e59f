// The loops that decide the speed. Each has a plain version (namespace ref, kernels_ref.cc: the oracle, never deleted)
// and a fast one (Highway, chosen at run time), held equal by kernels_test.cc. One thread each; callers cut the work.
//
// Fixed order: an element of a product is one chain of fused multiply-adds in ascending k, from its starting value. So
// a row's result does not depend on the rows beside it, on the cut, or on the width of the vectors: plain and fast
// kernels agree to the bit.
//
// Precision::kBf16 rounds both operands of a product to bf16 (nearest even; subnormals to 0); sums stay float32. The
// chain then takes two k at a time, as the processor's instruction has it: rows are as independent as above, but plain
// and fast agree within rounding only. Products with fewer than 8 columns of w or dw stay float32: nothing to gain.
//
// Sizes are the caller's to get right (they are our own, checked where rows and models come in). No view may overlap
// the one that is written. The first product of a thread and precision allocates 0.8 MB of scratch; nothing else allocates, but
// for bf16 where HasFastBf16() is false: there operands are copied, and the float32 kernels serve.
#ifndef THALWEG_TENSOR_KERNELS_H_
#define THALWEG_TENSOR_KERNELS_H_

#include <span>
#include <string>

#include "tensor/matrix.h"

namespace thalweg {

std::string KernelNames();  // the set in use: "AVX3", "AVX2", "NEON", or "plain" where the machine fuses nothing

enum class Precision { kFp32, kBf16 };
bool HasFastBf16();  // whether this processor multiplies bf16 faster than float32

// Good cuts: 128 or 256 rows for the first two, whole matrices or 512 columns of dw for the third.
// y[B×N] += x[B×K] · w[K×N].
void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y, Precision precision = Precision::kFp32);
// dx[B×K] = dy[B×N] · wᵀ, w[K×N] (chain in ascending n, from 0).
void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx, Precision precision = Precision::kFp32);
// dw[K×N] = xᵀ · dy, x[B×K], dy[B×N] (chain in ascending b, from 0).
void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw, Precision precision = Precision::kFp32);

// y += a·x, each element one fused multiply-add
void Axpy(float a, std::span<const float> x, std::span<float> y);
// sums[N] = the sum of m's rows, m[B×N]: plain additions in ascending row, from 0 (the gradient of a bias)
void SumRows(ConstMatrixView m, std::span<float> sums);
// Σ x·y: 32 chains of fused multiply-adds (element i goes to chain i mod 32), then halves are added until one is left.
float Dot(std::span<const float> x, std::span<const float> y);

namespace ref {
void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y, Precision precision = Precision::kFp32);
void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx, Precision precision = Precision::kFp32);
void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw, Precision precision = Precision::kFp32);
void Axpy(float a, std::span<const float> x, std::span<float> y);
void SumRows(ConstMatrixView m, std::span<float> sums);
float Dot(std::span<const float> x, std::span<const float> y);
}  // namespace ref

}  // namespace thalweg

#endif  // THALWEG_TENSOR_KERNELS_H_
