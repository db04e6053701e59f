// A number, shift + scale · z: l = ((y - shift) / scale - z)², no ½, as TensorFlow has it (with 0 and 1).
#include "model/head.h"


namespace thalweg {
namespace {

class RegressionHead final : public Head {
 public:
  RegressionHead(LossReduction reduction, double shift, double scale) : Head(reduction), shift_(shift), scale_(scale) {}
  std::size_t num_logits() const override { return 1; }
  const char* default_metric() const override { return "rmse"; }

  void Predict(ConstMatrixView logits, Predictions* out) const override {
    out->num_rows = logits.rows;
    out->num_logits = 1;
    out->logits.resize(logits.rows);
    for (std::size_t r = 0; r < logits.rows; ++r) out->logits[r] = logits.row(r)[0];
    out->predictions = out->logits;
    if (shift_ != 0 || scale_ != 1) {
      for (float& y : out->predictions) y = static_cast<float>(shift_ + scale_ * y);
    }
    out->probabilities.clear();
    out->class_ids.clear();
  }

 protected:
  double LossOfRows(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight, double scale,
                    MatrixView dlogits) const override {
    double sum = 0;
    for (std::size_t r = 0; r < logits.rows; ++r) {
      const double off = static_cast<double>(logits.row(r)[0]) - (label[r] - shift_) / scale_, w = weight.empty() ? 1.0 : weight[r];
      sum += w * off * off;
      dlogits.row(r)[0] = static_cast<float>(2.0 * scale * w * off);
    }
    return sum;
  }

 private:
  double shift_, scale_;
};

Result<std::unique_ptr<Head>> Make(const ModelSpec& spec, LossReduction reduction) {
  const double shift = GetNumber(spec.head.params, "shift", 0), scale = GetNumber(spec.head.params, "scale", 1);
  return std::unique_ptr<Head>(std::make_unique<RegressionHead>(reduction, shift, scale));
}

constexpr double kMaxSize = 3.4e38;   // of float32
const ParamInfo kParams[] = {
    kLossReductionParam,
    {"shift", ParamType::kNumber, "0", "", "What is predicted where the model says 0: of labels far from 0, their mean.", -kMaxSize, kMaxSize},
    {"scale", ParamType::kNumber, "1", "> 0", "What a step of 1 stands for: of labels that are large or small, their deviation.", 1e-30, kMaxSize},
};

}  // namespace

extern const HeadKind kRegressionHead;
const HeadKind kRegressionHead = {
    {"regression", "A number: squared error.", kParams, "tf.estimator.RegressionHead"}, Make};

}  // namespace thalweg
