#include "nn/multi_hot.h"

#include <algorithm>

#include "tensor/kernels.h"

namespace thalweg {
namespace {

// For each id of rows [begin, end) that lies in [first, last): what(row, id, its count).
template <class What>
void ForEachId(const IdLists& lists, std::size_t begin, std::size_t end, std::size_t first, std::size_t last,
               const What& what) {
  for (std::size_t row = begin; row < end; ++row) {
    for (std::uint32_t i = lists.offsets[row]; i < lists.offsets[row + 1]; ++i) {
      if (lists.ids[i] < 0) continue;
      const std::size_t id = static_cast<std::size_t>(lists.ids[i]);
      if (id >= first && id < last) what(row, id, lists.weights.empty() ? 1.0f : lists.weights[i]);
    }
  }
}

}  // namespace

void MultiHotMultiplyAdd(const IdLists& lists, std::size_t begin, ConstMatrixView w, MatrixView y) {
  ForEachId(lists, begin, begin + y.rows, 0, w.rows, [&](std::size_t row, std::size_t id, float count) {
    Axpy(count, {w.row(id), y.cols}, {y.row(row - begin), y.cols});
  });
}

bool MultiHotOuterProductSum(const IdLists& lists, std::size_t first, ConstMatrixView dy, MatrixView dw) {
  for (std::size_t r = 0; r < dw.rows; ++r) std::fill_n(dw.row(r), dw.cols, 0.0f);
  bool reached = false;
  ForEachId(lists, 0, dy.rows, first, first + dw.rows, [&](std::size_t row, std::size_t id, float count) {
    Axpy(count, {dy.row(row), dw.cols}, {dw.row(id - first), dw.cols});
    reached = true;
  });
  return reached;
}

}  // namespace thalweg
