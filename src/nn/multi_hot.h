// Multi-hot inputs: ids that count (or weigh), never made dense. Row r of the input has value Σ weights of id k at k.
#ifndef THALWEG_NN_MULTI_HOT_H_
#define THALWEG_NN_MULTI_HOT_H_

#include <cstddef>

#include "tensor/matrix.h"

namespace thalweg {

// y[rows×N] += x · w[buckets×N], where x are rows [begin, begin + rows) of `lists`. Ids outside [0, buckets) add
// nothing.
void MultiHotMultiplyAdd(const IdLists& lists, std::size_t begin, ConstMatrixView w, MatrixView y);

// dw = xᵀ · dy for ids [first, first + dw.rows): x all rows of `lists`, dy [B×N]; added up in order of rows. False when
// no id is among them: dw is zero.
bool MultiHotOuterProductSum(const IdLists& lists, std::size_t first, ConstMatrixView dy, MatrixView dw);

}  // namespace thalweg

#endif  // THALWEG_NN_MULTI_HOT_H_
