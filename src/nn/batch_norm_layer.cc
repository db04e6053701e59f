// Batch normalisation (Ioffe and Szegedy 2015, algorithms 1 and 2), as tf.estimator has it: batch mean and biased batch
// variance when training, moving averages of both when scoring.
//
//   x̂ = (x - μ) / √(σ² + ε),  y = γ·x̂ + β
//   dβ = Σ dy,  dγ = Σ dy·x̂,  dx = γ / √(σ² + ε) · (dy - dβ/B - x̂·dγ/B)
//
// Sums over rows are made in double, by runs of kSumRows rows, and the runs' sums joined in order.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "nn/layer.h"

namespace thalweg {
namespace {

struct BatchNormState : LayerState {
  std::size_t num_rows = 0, num_runs = 0;
  std::vector<double> partial;        // [runs×2×width]: of the round under way
  std::vector<float> mean, variance;  // of the batch
  std::vector<float> dgamma, dbeta;
};

BatchNormState& Of(LayerState* state) { return *static_cast<BatchNormState*>(state); }

class BatchNormLayer final : public Layer, public WholeBatch {
 public:
  static Result<std::unique_ptr<Layer>> Create(const Params& params, const LayerScope& scope, ParameterList* list) {
    auto layer = std::unique_ptr<BatchNormLayer>(new BatchNormLayer(scope.in));
    layer->momentum_ = GetNumber(params, "momentum", 0.999);
    layer->epsilon_ = static_cast<float>(GetNumber(params, "epsilon", 0.001));
    const std::string prefix = scope.name + "/batchnorm_" + std::to_string(scope.index) + "/";
    const std::pair<const char*, const char*> owned[] = {
        {"gamma", "ones"}, {"beta", "zeros"}, {"moving_mean", "zeros"}, {"moving_variance", "ones"}};
    for (const auto& [name, initializer] : owned) {
      Parameter parameter;
      parameter.name = prefix + name;
      parameter.part = scope.part;
      parameter.shape = {static_cast<std::int64_t>(scope.in)};
      parameter.trainable = !parameter.name.starts_with(prefix + "moving");
      THALWEG_RETURN_IF_ERROR(layer->Own(list, std::move(parameter), initializer));
    }
    return std::unique_ptr<Layer>(std::move(layer));
  }

  const WholeBatch* whole_batch() const override { return this; }
  std::unique_ptr<LayerState> NewState() const override { return std::make_unique<BatchNormState>(); }
  void Prepare(std::size_t num_rows, LayerState* state) const override {
    BatchNormState& s = Of(state);
    s.num_rows = num_rows;
    s.num_runs = (num_rows + kSumRows - 1) / kSumRows;
    s.partial.resize(s.num_runs * 2 * in());
    for (auto* v : {&s.mean, &s.variance, &s.dgamma, &s.dbeta}) v->resize(in());
  }

  std::size_t forward_rounds() const override { return 2; }
  void CollectForward(std::size_t round, const RowBlock& block, ConstMatrixView x, LayerState* state) const override {
    BatchNormState& s = Of(state);
    for (std::size_t r = 0; r < x.rows; ++r) {
      const float* row = x.row(r);
      double* sum = Partial(s, block.begin + r);
      if ((block.begin + r) % kSumRows == 0) std::fill_n(sum, in(), 0.0);
      if (round == 0) {
        for (std::size_t c = 0; c < in(); ++c) sum[c] += row[c];
      } else {
        for (std::size_t c = 0; c < in(); ++c) {
          const double apart = static_cast<double>(row[c]) - s.mean[c];
          sum[c] += apart * apart;
        }
      }
    }
  }
  void JoinForward(std::size_t round, LayerState* state) const override {
    BatchNormState& s = Of(state);
    Join(s, 0, 1.0 / static_cast<double>(s.num_rows), round == 0 ? &s.mean : &s.variance);
  }

  void Forward(const LayerPass& pass, const RowBlock&, ConstMatrixView x, MatrixView y,
               LayerState* state) const override {
    const float* mean = pass.training ? Of(state).mean.data() : Value(2);
    const float* variance = pass.training ? Of(state).variance.data() : Value(3);
    ForColumns([&](std::size_t first, std::size_t count) {
      float factor[kChunk], shift[kChunk];
      for (std::size_t c = 0; c < count; ++c) {
        factor[c] = Value(0)[first + c] / std::sqrt(variance[first + c] + epsilon_);
        shift[c] = Value(1)[first + c] - mean[first + c] * factor[c];
      }
      for (std::size_t r = 0; r < x.rows; ++r) {
        const float* from = x.row(r) + first;
        float* to = y.row(r) + first;
        for (std::size_t c = 0; c < count; ++c) to[c] = from[c] * factor[c] + shift[c];
      }
    });
  }

  void CollectBackward(const RowBlock& block, ConstMatrixView x, ConstMatrixView dy, LayerState* state) const override {
    BatchNormState& s = Of(state);
    ForColumns([&](std::size_t first, std::size_t count) {
      float inverse[kChunk];
      Inverse(s, first, count, inverse);
      for (std::size_t r = 0; r < x.rows; ++r) {
        const float* from = x.row(r) + first;
        const float* slope = dy.row(r) + first;
        double* dbeta = Partial(s, block.begin + r) + first;
        double* dgamma = dbeta + in();
        if ((block.begin + r) % kSumRows == 0) {
          std::fill_n(dbeta, count, 0.0);
          std::fill_n(dgamma, count, 0.0);
        }
        for (std::size_t c = 0; c < count; ++c) {
          dbeta[c] += slope[c];
          dgamma[c] += static_cast<double>(slope[c]) * ((from[c] - s.mean[first + c]) * inverse[c]);
        }
      }
    });
  }
  void JoinBackward(LayerState* state) const override {
    Join(Of(state), 0, 1.0, &Of(state).dbeta);
    Join(Of(state), 1, 1.0, &Of(state).dgamma);
  }

  void Backward(const RowBlock&, ConstMatrixView x, ConstMatrixView, ConstMatrixView dy, MatrixView dx,
                LayerState* state) const override {
    const BatchNormState& s = Of(state);
    const float share = 1.0f / static_cast<float>(s.num_rows);
    ForColumns([&](std::size_t first, std::size_t count) {
      float inverse[kChunk];
      Inverse(s, first, count, inverse);
      for (std::size_t r = 0; r < x.rows; ++r) {
        const float* from = x.row(r) + first;
        const float* slope = dy.row(r) + first;
        float* to = dx.row(r) + first;
        for (std::size_t c = 0; c < count; ++c) {
          const float normal = (from[c] - s.mean[first + c]) * inverse[c];
          const float centred = slope[c] - share * (s.dbeta[first + c] + normal * s.dgamma[first + c]);
          to[c] = Value(0)[first + c] * inverse[c] * centred;
        }
      }
    });
  }

  bool Gradient(std::size_t parameter, const Tile& tile, ConstMatrixView, ConstMatrixView, const LayerState& state,
                MatrixView gradient, const ComesNext&) const override {
    const BatchNormState& s = static_cast<const BatchNormState&>(state);
    std::copy_n((parameter == 0 ? s.dgamma : s.dbeta).data() + tile.col_begin, tile.cols(), gradient.data);
    return true;
  }

  void UpdateAverages(const LayerState& state) const override {
    const BatchNormState& s = static_cast<const BatchNormState&>(state);
    const float share = static_cast<float>(1.0 - momentum_);
    Move(share, s.mean, parameters()[2]->mutable_value().data);
    Move(share, s.variance, parameters()[3]->mutable_value().data);
  }

 private:
  explicit BatchNormLayer(std::size_t width) : Layer(width, width) {}
  const float* Value(std::size_t parameter) const { return parameters()[parameter]->value.data; }
  // The sums that a row of the batch goes into.
  double* Partial(BatchNormState& s, std::size_t row) const { return s.partial.data() + row / kSumRows * 2 * in(); }
  // Columns by chunks: what holds for a column is worked out once for all rows of a block.
  static constexpr std::size_t kChunk = 64;
  template <class What>
  void ForColumns(const What& what) const {
    for (std::size_t first = 0; first < in(); first += kChunk) what(first, std::min(kChunk, in() - first));
  }
  void Inverse(const BatchNormState& s, std::size_t first, std::size_t count, float* inverse) const {
    for (std::size_t c = 0; c < count; ++c) inverse[c] = 1.0f / std::sqrt(s.variance[first + c] + epsilon_);
  }
  void Join(BatchNormState& s, std::size_t which, double factor, std::vector<float>* out) const {
    for (std::size_t c = 0; c < in(); ++c) {
      double sum = 0;
      for (std::size_t run = 0; run < s.num_runs; ++run) sum += Partial(s, run * kSumRows)[which * in() + c];
      (*out)[c] = static_cast<float>(sum * factor);
    }
  }
  static void Move(float share, const std::vector<float>& batch, float* moving) {
    for (std::size_t c = 0; c < batch.size(); ++c) moving[c] -= (moving[c] - batch[c]) * share;
  }

  double momentum_ = 0.999;
  float epsilon_ = 0.001f;
};

constexpr ParamInfo kParams[] = {
    {"momentum", ParamType::kNumber, "0.999", "[0, 1)", "What a step keeps of the moving averages.", 0, 1, false, true},
    {"epsilon", ParamType::kNumber, "0.001", "> 0", "Added to the variance under the root.", 0, 1, true}};

}  // namespace

extern const LayerKind kBatchNorm;
const LayerKind kBatchNorm = {
    {"batch_norm", "Each unit to mean 0 and deviation 1 over the batch, then scaled and shifted as learned.", kParams,
     "Ioffe and Szegedy 2015; tf.keras.layers.BatchNormalization as tf.estimator sets it"},
    false,
    &BatchNormLayer::Create};

}  // namespace thalweg
