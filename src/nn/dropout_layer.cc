// Inverted dropout: in training each unit is dropped with probability `rate` and those kept are divided by 1 - rate;
// scoring changes nothing. A draw depends on (seed, step, layer, row of the batch, unit) only.
#include <algorithm>

#include "base/hash.h"
#include "base/random.h"
#include "nn/layer.h"

namespace thalweg {
namespace {

struct DropoutState : LayerState {
  std::vector<std::uint8_t> kept;  // [B×width]
};

class DropoutLayer final : public Layer {
 public:
  DropoutLayer(double rate, const LayerScope& scope)
      : Layer(scope.in, scope.in),
        scale_(static_cast<float>(1.0 / (1.0 - rate))),
        dropped_below_(static_cast<std::uint64_t>(rate * 0x1p32)),
        stream_(StreamOf("dropout/" + std::to_string(scope.index))) {}

  std::unique_ptr<LayerState> NewState() const override { return std::make_unique<DropoutState>(); }
  void Prepare(std::size_t num_rows, LayerState* state) const override {
    static_cast<DropoutState*>(state)->kept.resize(num_rows * in());
  }

  void Forward(const LayerPass& pass, const RowBlock& block, ConstMatrixView x, MatrixView y,
               LayerState* state) const override {
    if (!pass.training) {
      for (std::size_t r = 0; r < x.rows; ++r) std::copy_n(x.row(r), x.cols, y.row(r));
      return;
    }
    const std::uint64_t stream = FingerprintCat64(stream_, static_cast<std::uint64_t>(pass.step));
    for (std::size_t r = 0; r < x.rows; ++r) {
      const std::uint64_t row = static_cast<std::uint64_t>(block.begin + r) << 32;
      std::uint8_t* kept = static_cast<DropoutState*>(state)->kept.data() + (block.begin + r) * in();
      for (std::size_t c = 0; c < x.cols; c += 4) {
        const auto words = Philox(pass.seed, stream, row | (c / 4));
        for (std::size_t k = 0; k < std::min<std::size_t>(4, x.cols - c); ++k) {
          kept[c + k] = words[k] >= dropped_below_;
          y.row(r)[c + k] = kept[c + k] ? x.row(r)[c + k] * scale_ : 0.0f;
        }
      }
    }
  }

  void Backward(const RowBlock& block, ConstMatrixView, ConstMatrixView, ConstMatrixView dy, MatrixView dx,
                LayerState* state) const override {
    const std::uint8_t* kept = static_cast<DropoutState*>(state)->kept.data() + block.begin * in();
    for (std::size_t r = 0; r < dy.rows; ++r, kept += in()) {
      for (std::size_t c = 0; c < dy.cols; ++c) dx.row(r)[c] = kept[c] ? dy.row(r)[c] * scale_ : 0.0f;
    }
  }

 private:
  float scale_;
  std::uint64_t dropped_below_, stream_;
};

constexpr ParamInfo kParams[] = {{"rate", ParamType::kNumber, "0.5", "[0, 1)",
                                  "Share of the units that a training step leaves out.", 0, 1, false, true}};

Result<std::unique_ptr<Layer>> MakeDropout(const Params& params, const LayerScope& scope, ParameterList*) {
  return std::unique_ptr<Layer>(std::make_unique<DropoutLayer>(GetNumber(params, "rate", 0.5), scope));
}

}  // namespace

extern const LayerKind kDropout;
const LayerKind kDropout = {{"dropout", "Leaves out units at random when training, scaled so that means stay.", kParams,
                             "Srivastava et al. 2014; tf.keras.layers.Dropout"},
                            false,
                            MakeDropout};

}  // namespace thalweg
