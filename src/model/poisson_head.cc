// Counts t, of one rate e^z a logit: l = e^z - z·t, and where t is not in [0, 1] what Stirling makes of log t!,
// t·log t - t + ½·log(2π·t), so that the loss of a perfect model is about 0. (That term moves nothing.)
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "model/head.h"

namespace thalweg {
namespace {

double LogFactorial(double t) {
  if (t >= 0 && t <= 1) return 0;
  return t * std::log(t) - t + 0.5 * std::log(2 * std::numbers::pi * t);
}

class PoissonHead final : public Head {
 public:
  PoissonHead(LossReduction reduction, std::size_t width) : Head(reduction), width_(width) {}
  std::size_t num_logits() const override { return width_; }
  std::size_t label_width() const override { return width_; }
  std::size_t losses_per_row() const override { return width_; }
  const char* default_metric() const override { return "rmse"; }

  void Predict(ConstMatrixView logits, Predictions* out) const override {
    CopyLogits(logits, out);
    out->predictions.resize(out->logits.size());
    constexpr double kLargest = std::numeric_limits<float>::max();
    for (std::size_t i = 0; i < out->logits.size(); ++i) {
      out->predictions[i] = static_cast<float>(std::min(std::exp(static_cast<double>(out->logits[i])), kLargest));
    }
  }

 protected:
  double LossOfRows(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight, double scale,
                    MatrixView dlogits) const override {
    double sum = 0;
    for (std::size_t r = 0; r < logits.rows; ++r) {
      const double w = weight.empty() ? 1.0 : weight[r];
      for (std::size_t d = 0; d < width_; ++d) {
        const double z = logits.row(r)[d], t = label[r * width_ + d], rate = std::exp(z);
        sum += w * (rate - z * t + LogFactorial(t));
        dlogits.row(r)[d] = static_cast<float>(scale * w * (rate - t));
      }
    }
    return sum;
  }

 private:
  std::size_t width_;
};

Result<std::unique_ptr<Head>> Make(const ModelSpec& spec, LossReduction reduction) {
  return std::unique_ptr<Head>(std::make_unique<PoissonHead>(reduction, spec.LabelWidth()));
}

const ParamInfo kParams[] = {kLabelDimensionParam, kLossReductionParam};

}  // namespace

extern const HeadKind kPoissonHead;
const HeadKind kPoissonHead = {
    {"poisson", "A count: the loss of Poisson's distribution, whose logarithm of the rate is learned.", kParams,
     "tf.estimator.PoissonRegressionHead"},
    Make};

}  // namespace thalweg
