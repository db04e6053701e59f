// A number: l = (y - z)², no ½, as TensorFlow has it.
#include "model/head.h"

namespace thalweg {
namespace {

class RegressionHead final : public Head {
 public:
  explicit RegressionHead(LossReduction reduction) : Head(reduction) {}
  std::size_t num_logits() const override { return 1; }
  const char* default_metric() const override { return "rmse"; }

  void Predict(ConstMatrixView logits, Predictions* out) const override {
    out->num_rows = logits.rows;
    out->num_logits = 1;
    out->logits.resize(logits.rows);
    for (std::size_t r = 0; r < logits.rows; ++r) out->logits[r] = logits.row(r)[0];
    out->predictions = out->logits;
    out->probabilities.clear();
    out->class_ids.clear();
  }

 protected:
  double LossOfRows(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight, double scale,
                    MatrixView dlogits) const override {
    double sum = 0;
    for (std::size_t r = 0; r < logits.rows; ++r) {
      const double off = static_cast<double>(logits.row(r)[0]) - label[r], w = weight.empty() ? 1.0 : weight[r];
      sum += w * off * off;
      dlogits.row(r)[0] = static_cast<float>(2.0 * scale * w * off);
    }
    return sum;
  }
};

Result<std::unique_ptr<Head>> Make(const ModelSpec&, LossReduction reduction) {
  return std::unique_ptr<Head>(std::make_unique<RegressionHead>(reduction));
}

}  // namespace

extern const HeadKind kRegressionHead;
const HeadKind kRegressionHead = {
    {"regression", "A number: squared error.", {&kLossReductionParam, 1}, "tf.estimator.RegressionHead"}, Make};

}  // namespace thalweg
