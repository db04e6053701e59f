// A number between 0 and 1, a share or a rate, one logit z: predicted is 1 / (1 + e^-z), the loss that of two classes.
#include "model/head.h"
#include "model/sigmoid.h"

namespace thalweg {
namespace {

class LogisticRegressionHead final : public Head {
 public:
  explicit LogisticRegressionHead(LossReduction reduction) : Head(reduction) {}
  std::size_t num_logits() const override { return 1; }
  const char* default_metric() const override { return "rmse"; }

  void Predict(ConstMatrixView logits, Predictions* out) const override {
    CopyLogits(logits, out);
    out->predictions.resize(logits.rows);
    for (std::size_t r = 0; r < logits.rows; ++r) out->predictions[r] = static_cast<float>(Sigmoid(logits.row(r)[0]));
  }

 protected:
  double LossOfRows(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight, double scale,
                    MatrixView dlogits) const override {
    double sum = 0;
    for (std::size_t r = 0; r < logits.rows; ++r) {
      const double w = weight.empty() ? 1.0 : weight[r];
      const CrossEntropy row = SigmoidCrossEntropy(logits.row(r)[0], label[r]);
      sum += w * row.loss;
      dlogits.row(r)[0] = static_cast<float>(scale * w * row.slope);
    }
    return sum;
  }
};

Result<std::unique_ptr<Head>> Make(const ModelSpec&, LossReduction reduction) {
  return std::unique_ptr<Head>(std::make_unique<LogisticRegressionHead>(reduction));
}

}  // namespace

extern const HeadKind kLogisticRegressionHead;
const HeadKind kLogisticRegressionHead = {{"logistic_regression", "A number between 0 and 1: sigmoid cross-entropy.",
                                           {&kLossReductionParam, 1}, "tf.estimator.LogisticRegressionHead"},
                                          Make};

}  // namespace thalweg
