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

// What training keeps packed beside the values: of each run of numbers the kernel, and its transpose as far as a gradient
// is wanted; of the batch all numbers, and the slopes of the outputs.
struct DenseLayer::DenseState : LayerState {
  struct Run {
    PairPanels w, wt;
  };
  std::vector<Run> runs;
  PairPanels x, dy;
  bool packed = false;  // the kernel is, as it stands
};

namespace {

// The transpose begins at a whole vector.
std::size_t TransposedBegin(const KernelRun& run) { return run.wanted_begin / 16 * 16; }

// Whether tiles of a kernel (CutTiles: rows by 64) fall on whole pairs and vectors of its runs.
bool TilesFit(const std::vector<KernelRun>& runs) {
  std::size_t row = 0;
  for (const KernelRun& run : runs) {
    if (run.ids == KernelRun::kNumbers && row % 64 != 0) return false;
    row += run.width;
  }
  return true;
}

}  // namespace

std::unique_ptr<LayerState> DenseLayer::NewState() const { return std::make_unique<DenseState>(); }

void DenseLayer::Freeze() {
  if (!packs_ || !frozen_.empty()) return;
  frozen_.resize(runs_.size());
  std::size_t row = 0;
  for (std::size_t i = 0; i < runs_.size(); row += runs_[i++].width) {
    if (runs_[i].ids != KernelRun::kNumbers) continue;
    frozen_[i].Resize(runs_[i].width, out());
    frozen_[i].Pack(0, 0, RowsOf(kernel().value, row, row + runs_[i].width));
  }
}

void DenseLayer::Prepare(std::size_t num_rows, LayerState* state) const {
  if (!packs_) return;
  DenseState& s = static_cast<DenseState&>(*state);
  s.x.Resize(num_rows, in());
  s.dy.Resize(num_rows, out());
  if (s.packed) return;
  s.runs.resize(runs_.size());
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (runs_[i].ids != KernelRun::kNumbers) continue;
    s.runs[i].w.Resize(runs_[i].width, out());
    s.runs[i].wt.Resize(out(), runs_[i].wanted_end - std::min(runs_[i].wanted_end, TransposedBegin(runs_[i])));
  }
  s.packed = true;
  Pack({0, kernel().value.rows, 0, out()}, &s);
  s.packed = TilesFit(runs_);
}

void DenseLayer::Moved(std::size_t parameter, const Tile& tile, LayerState* state) const {
  DenseState& s = static_cast<DenseState&>(*state);
  if (parameter == 0 && s.packed) Pack(tile, &s);
}

void DenseLayer::Pack(const Tile& tile, DenseState* state) const {
  std::size_t row = 0;
  for (std::size_t i = 0; i < runs_.size(); row += runs_[i++].width) {
    const KernelRun& run = runs_[i];
    const std::size_t begin = std::max(tile.row_begin, row), end = std::min(tile.row_end, row + run.width);
    if (run.ids != KernelRun::kNumbers || begin >= end) continue;
    const ConstMatrixView w = Columns(RowsOf(kernel().value, begin, end), tile.col_begin, tile.col_end);
    state->runs[i].w.Pack(begin - row, tile.col_begin, w);
    const std::size_t first = std::max(begin - row, TransposedBegin(run)), last = std::min(end - row, run.wanted_end);
    if (first >= last) continue;
    state->runs[i].wt.PackTransposed(tile.col_begin, first - TransposedBegin(run), RowsOf(w, first - (begin - row), last - (begin - row)));
  }
}

void DenseLayer::Forward(const LayerPass& pass, const RowBlock& block, ConstMatrixView x, MatrixView y,
                         LayerState* state) const {
  DenseState& s = static_cast<DenseState&>(*state);
  const bool trains = packs_ && pass.training, packed = trains || !frozen_.empty();
  if (trains) s.x.Pack(block.begin, 0, x);
  const float* bias = this->bias().value.data;  // until y holds it
  const auto begin = [&] {
    for (std::size_t r = 0; bias != nullptr && r < y.rows; ++r) std::copy_n(bias, y.cols, y.row(r));
    bias = nullptr;
  };
  std::size_t row = 0, col = 0;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    const KernelRun& run = runs_[i];
    const ConstMatrixView w = RowsOf(kernel().value, row, row + run.width);
    row += run.width;
    if (run.ids != KernelRun::kNumbers) {
      begin();
      MultiHotMultiplyAdd(*s.ids[run.ids], block.begin, w, y);
      continue;
    }
    const ConstMatrixView numbers = Columns(x, col, col + run.width);
    col += run.width;
    if (packed) {
      MultiplyAdd(numbers, trains ? s.runs[i].w : frozen_[i], bias, y);
      bias = nullptr;
    } else {
      begin();
      MultiplyAdd(numbers, w, y, precision_);
    }
  }
  begin();
}

void DenseLayer::Backward(const RowBlock& block, ConstMatrixView, ConstMatrixView, ConstMatrixView dy, MatrixView dx,
                          LayerState* state) const {
  DenseState& s = static_cast<DenseState&>(*state);
  if (packs_) s.dy.Pack(block.begin, 0, dy);
  std::size_t row = 0, col = 0;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    const KernelRun& run = runs_[i];
    if (run.wanted_begin < run.wanted_end) {
      const std::size_t begin = packs_ ? TransposedBegin(run) : run.wanted_begin;
      const MatrixView wanted = {dx.data + col + begin, dx.rows, run.wanted_end - begin, dx.stride};
      if (packs_) {
        Multiply(dy, s.runs[i].wt, wanted);
      } else {
        MultiplyTransposed(dy, RowsOf(kernel().value, row + begin, row + run.wanted_end), wanted, precision_);
      }
    }
    if (run.ids == KernelRun::kNumbers) col += run.width;
    row += run.width;
  }
}

bool DenseLayer::Gradient(std::size_t parameter, const Tile& tile, ConstMatrixView x, ConstMatrixView dy,
                          const LayerState& state, MatrixView gradient, const ComesNext& next) const {
  const DenseState& s = static_cast<const DenseState&>(state);
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
      if (!numbers) {
        reached |= MultiHotOuterProductSum(*s.ids[run.ids], begin - row, slope, part);
      } else if (packs_) {
        OuterProductSum(s.x, col + begin - row, s.dy, tile.col_begin, part, runs_.size() == 1 ? next : ComesNext());
        reached = true;
      } else {
        OuterProductSum(Columns(x, col + begin - row, col + end - row), slope, part, precision_);
        reached = true;
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
