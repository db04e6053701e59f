#include "nn/input_share.h"

#include <algorithm>

#include "nn/multi_hot.h"

namespace thalweg {

InputShare::InputShare(const DenseLayer& layer, std::span<const std::size_t> numbers, const std::vector<bool>& ids)
    : precision_(layer.precision()), w_(numbers.size(), layer.out()) {
  const ConstMatrixView kernel = layer.kernel().value;
  std::size_t row = 0, col = 0, taken = 0;
  for (const KernelRun& run : layer.runs()) {
    if (run.ids != KernelRun::kNumbers) {
      if (ids[run.ids]) multi_hot_.push_back({run.ids, {kernel.row(row), run.width, kernel.cols, kernel.stride}});
    } else {
      for (; taken < numbers.size() && numbers[taken] < col + run.width; ++taken) {
        std::copy_n(kernel.row(row + numbers[taken] - col), kernel.cols, w_.row(taken));
      }
      col += run.width;
    }
    row += run.width;
  }
  if (numbers.empty() || !PacksPairs(precision_, layer.out())) return;
  packed_.Resize(w_.rows(), w_.cols());
  packed_.Pack(0, 0, w_.view());
  w_ = Matrix();
}

void InputShare::Forward(ConstMatrixView x, std::span<const IdLists* const> ids, std::size_t begin, const float* start, MatrixView y) const {
  if (packed_.empty()) {
    for (std::size_t r = 0; r < y.rows; ++r) std::copy_n(start, y.cols, y.row(r));
    if (w_.rows() > 0) MultiplyAdd(x, w_.view(), y, precision_);
  } else {
    MultiplyAdd(x, packed_, start, y);
  }
  for (const MultiHot& run : multi_hot_) MultiHotMultiplyAdd(*ids[run.ids], begin, run.w, y);
}

}  // namespace thalweg
