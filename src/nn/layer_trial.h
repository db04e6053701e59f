// For tests: one layer run over a batch as a tower runs it, and its gradients held against differences.
#ifndef THALWEG_NN_LAYER_TRIAL_H_
#define THALWEG_NN_LAYER_TRIAL_H_

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "nn/layer.h"

namespace thalweg {

class LayerTrial {
 public:
  static Result<LayerTrial> Make(const PartSpec& spec, std::size_t in) {
    LayerTrial trial;
    LayerScope scope;
    scope.name = "dnn/hiddenlayer_0";
    scope.in = in;
    THALWEG_ASSIGN_OR_RETURN(trial.layer, MakeLayer(spec, scope, "layer", trial.list.get()));
    THALWEG_RETURN_IF_ERROR(trial.Start());
    return trial;
  }

  Status Start() {
    THALWEG_RETURN_IF_ERROR(list->Allocate(7, nullptr));
    state = layer->NewState();
    return Status::Ok();
  }

  // y of x, in training or scoring.
  ConstMatrixView Forward(ConstMatrixView x, bool training) {
    pass.training = training;
    state->y.Resize(x.rows, layer->out());
    if (training) layer->Prepare(x.rows, state.get());
    const WholeBatch* whole = training ? layer->whole_batch() : nullptr;
    for (std::size_t round = 0; whole != nullptr && round < whole->forward_rounds(); ++round) {
      ForBlocks(x.rows, [&](const RowBlock& b) { whole->CollectForward(round, b, BlockOf(x, b), state.get()); });
      whole->JoinForward(round, state.get());
    }
    ForBlocks(x.rows, [&](const RowBlock& b) {
      layer->Forward(pass, b, BlockOf(x, b), BlockOf(state->y.view(), b), state.get());
    });
    return std::as_const(*state).y.view();
  }

  void Backward(ConstMatrixView x, ConstMatrixView dy, MatrixView dx) {
    const ConstMatrixView y = std::as_const(*state).y.view();
    if (const WholeBatch* whole = layer->whole_batch()) {
      ForBlocks(x.rows,
                [&](const RowBlock& b) { whole->CollectBackward(b, BlockOf(x, b), BlockOf(dy, b), state.get()); });
      whole->JoinBackward(state.get());
    }
    ForBlocks(x.rows, [&](const RowBlock& b) {
      layer->Backward(b, BlockOf(x, b), BlockOf(y, b), BlockOf(dy, b), BlockOf(dx, b), state.get());
    });
  }

  template <class What>
  static void ForBlocks(std::size_t num_rows, const What& what) {
    constexpr std::size_t kRows = 2 * kSumRows;
    for (std::size_t begin = 0; begin < num_rows; begin += kRows) {
      what(RowBlock{begin, std::min(kRows, num_rows - begin), begin});
    }
  }

  std::unique_ptr<ParameterList> list = std::make_unique<ParameterList>();
  std::unique_ptr<Layer> layer;
  std::unique_ptr<LayerState> state;
  LayerPass pass = {true, 5, 3};
};

// Numbers away from 0, where some activations have a kink.
inline void FillAwayFromZero(std::uint64_t seed, std::span<float> values) {
  Random random(seed, 1);
  for (float& v : values) {
    v = static_cast<float>(0.3 + 1.5 * random.Uniform());
    if (random.Below(2) == 0) v = -v;
  }
}

inline double Inner(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

// d/dt f at `values` + t·direction, by central differences; `values` are put back.
template <class F>
double AlongDirection(std::span<float> values, std::span<const float> direction, double eps, const F& f) {
  const std::vector<float> kept(values.begin(), values.end());
  const auto at = [&](double t) {
    for (std::size_t i = 0; i < kept.size(); ++i) values[i] = static_cast<float>(kept[i] + t * direction[i]);
    return f();
  };
  const double above = at(eps), below = at(-eps);
  std::copy(kept.begin(), kept.end(), values.begin());
  return (above - below) / (2 * eps);
}

}  // namespace thalweg

#endif  // THALWEG_NN_LAYER_TRIAL_H_
