#include "nn/dense_layer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "nn/multi_hot.h"

namespace thalweg {
namespace {

ConstMatrixView Columns(ConstMatrixView m, std::size_t begin, std::size_t end) {
  return {m.data + begin, m.rows, end - begin, m.stride};
}
ConstMatrixView RowsOf(ConstMatrixView m, std::size_t begin, std::size_t end) {
  return {m.row(begin), end - begin, m.cols, m.stride};
}

}  // namespace

Result<std::unique_ptr<Layer>> DenseLayer::Create(std::size_t units, const LayerScope& scope, ParameterList* list,
                                                  Precision precision, KernelMeaning meaning) {
  KernelRun all;
  all.width = all.wanted_end = scope.in;
  return Create(units, {all}, scope, list, precision, std::move(meaning));
}

Result<std::unique_ptr<Layer>> DenseLayer::Create(std::size_t units, std::vector<KernelRun> runs,
                                                  const LayerScope& scope, ParameterList* list,
                                                  Precision precision, KernelMeaning meaning) {
  std::size_t in = 0, kernel_rows = 0;
  for (const KernelRun& run : runs) {
    kernel_rows += run.width;
    if (run.ids == KernelRun::kNumbers) in += run.width;
  }
  std::unique_ptr<DenseLayer> layer(new DenseLayer(in, units, std::move(runs), precision));
  Parameter kernel, bias;
  kernel.name = scope.name + "/kernel";
  bias.name = scope.name + "/bias";
  kernel.part = bias.part = scope.part;
  kernel.shape = {static_cast<std::int64_t>(kernel_rows), static_cast<std::int64_t>(units)};
  bias.shape = {static_cast<std::int64_t>(units)};
  kernel.rows_of = std::move(meaning.rows_of);
  kernel.of_logits = bias.of_logits = meaning.of_logits;
  THALWEG_RETURN_IF_ERROR(layer->Own(list, std::move(kernel), "glorot_uniform"));
  THALWEG_RETURN_IF_ERROR(layer->Own(list, std::move(bias), "zeros"));
  return std::unique_ptr<Layer>(std::move(layer));
}

void DenseLayer::Forward(const LayerPass&, const RowBlock& block, ConstMatrixView x, MatrixView y,
                         LayerState* state) const {
  for (std::size_t r = 0; r < y.rows; ++r) std::copy_n(bias().value.data, y.cols, y.row(r));
  std::size_t row = 0, col = 0;
  for (const KernelRun& run : runs_) {
    const ConstMatrixView w = RowsOf(kernel().value, row, row + run.width);
    if (run.ids == KernelRun::kNumbers) {
      MultiplyAdd(Columns(x, col, col + run.width), w, y, precision_);
      col += run.width;
    } else {
      MultiHotMultiplyAdd(*state->ids[run.ids], block.begin, w, y);
    }
    row += run.width;
  }
}

void DenseLayer::Backward(const RowBlock&, ConstMatrixView, ConstMatrixView, ConstMatrixView dy, MatrixView dx,
                          LayerState*) const {
  std::size_t row = 0, col = 0;
  for (const KernelRun& run : runs_) {
    if (run.wanted_begin < run.wanted_end) {
      MultiplyTransposed(dy, RowsOf(kernel().value, row + run.wanted_begin, row + run.wanted_end),
                         {dx.data + col + run.wanted_begin, dx.rows, run.wanted_end - run.wanted_begin, dx.stride},
                         precision_);
    }
    if (run.ids == KernelRun::kNumbers) col += run.width;
    row += run.width;
  }
}

bool DenseLayer::Gradient(std::size_t parameter, const Tile& tile, ConstMatrixView x, ConstMatrixView dy,
                          const LayerState& state, MatrixView gradient) const {
  const ConstMatrixView slope = Columns(dy, tile.col_begin, tile.col_end);
  if (parameter == 1) {
    SumRows(slope, {gradient.data, gradient.cols});
    return true;
  }
  bool reached = false;
  std::size_t row = 0, col = 0;
  for (const KernelRun& run : runs_) {
    const std::size_t begin = std::max(tile.row_begin, row), end = std::min(tile.row_end, row + run.width);
    const bool numbers = run.ids == KernelRun::kNumbers;
    if (begin < end) {
      const MatrixView part = {gradient.row(begin - tile.row_begin), end - begin, gradient.cols, gradient.stride};
      if (numbers) {
        OuterProductSum(Columns(x, col + begin - row, col + end - row), slope, part, precision_);
        reached = true;
      } else {
        reached |= MultiHotOuterProductSum(*state.ids[run.ids], begin - row, slope, part);
      }
    }
    if (numbers) col += run.width;
    row += run.width;
  }
  return reached;
}

namespace {

constexpr ParamInfo kParams[] = {
    {"units", ParamType::kInteger, nullptr, "[1, 2^24]", "Width of the output.", 1, 16777216}};

Result<std::unique_ptr<Layer>> MakeDense(const Params& params, const LayerScope& scope, ParameterList* list) {
  return DenseLayer::Create(static_cast<std::size_t>(GetInteger(params, "units", 1)), scope, list);
}

}  // namespace

extern const LayerKind kDense;
const LayerKind kDense = {
    {"dense", "x · kernel + bias; kernels start Glorot uniform, biases at 0.", kParams, "tf.keras.layers.Dense"},
    false,
    MakeDense};

}  // namespace thalweg
