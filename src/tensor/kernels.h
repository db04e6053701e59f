// The loops that decide the speed. Each has a plain version (namespace ref, kernels_ref.cc: the oracle, never deleted)
// and a fast one (Highway, chosen at run time), held equal by kernels_test.cc. One thread each; callers cut the work.
//
// Fixed order: an element of a product is one chain of fused multiply-adds in ascending k, from its starting value. So
// a row's result does not depend on the rows beside it, on the cut, or on the width of the vectors: plain and fast
// kernels agree to the bit.
#ifndef THALWEG_TENSOR_KERNELS_H_
#define THALWEG_TENSOR_KERNELS_H_

#include <string>

#include "tensor/matrix.h"

namespace thalweg {

std::string KernelNames();  // the set in use: "AVX3_ZEN4", "AVX2", …

// y[B×N] += x[B×K] · w[K×N].
void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y);
// dx[B×K] = dy[B×N] · wᵀ, w[K×N] (chain in ascending n).
void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx);
// dw[K×N] = xᵀ · dy, x[B×K], dy[B×N] (chain in ascending b).
void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw);

// y += a·x
void Axpy(float a, std::span<const float> x, std::span<float> y);

namespace ref {
void MultiplyAdd(ConstMatrixView x, ConstMatrixView w, MatrixView y);
void MultiplyTransposed(ConstMatrixView dy, ConstMatrixView w, MatrixView dx);
void OuterProductSum(ConstMatrixView x, ConstMatrixView dy, MatrixView dw);
void Axpy(float a, std::span<const float> x, std::span<float> y);
}  // namespace ref

}  // namespace thalweg

#endif  // THALWEG_TENSOR_KERNELS_H_
