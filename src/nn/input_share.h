// What some of a dense layer's inputs add to its outputs: y = start + x′ · kernel′, x′ some columns of x, kernel′ their rows.
// So that inputs that many rows have in common are multiplied once.
#ifndef THALWEG_NN_INPUT_SHARE_H_
#define THALWEG_NN_INPUT_SHARE_H_

#include <span>
#include <vector>

#include "nn/dense_layer.h"

namespace thalweg {

class InputShare {
 public:
  // `numbers`: columns of the layer's x, ascending; `ids`: of the layer's multi-hot runs, those that are among these inputs.
  // The kernel must not change any more; its rows for the numbers are copied. The layer outlives the share.
  InputShare(const DenseLayer& layer, std::span<const std::size_t> numbers, const std::vector<bool>& ids);

  // Rows [begin, begin + y.rows) of the ids; x [rows×numbers]; start [N], of each row; y [rows×N].
  void Forward(ConstMatrixView x, std::span<const IdLists* const> ids, std::size_t begin, const float* start, MatrixView y) const;

 private:
  struct MultiHot {
    std::size_t ids;
    ConstMatrixView w;
  };
  std::vector<MultiHot> multi_hot_;
  Precision precision_;
  Matrix w_;           // [numbers×N], or
  PairPanels packed_;  // the same, in bf16
};

}  // namespace thalweg

#endif  // THALWEG_NN_INPUT_SHARE_H_
