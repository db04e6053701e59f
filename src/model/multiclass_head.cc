// C classes, one logit each: l = log Σ e^z - z[y], y the index of the class.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/head.h"

namespace thalweg {
namespace {

class MulticlassHead final : public Head {
 public:
  MulticlassHead(std::size_t num_classes, LossReduction reduction) : Head(reduction), num_classes_(num_classes) {}
  std::size_t num_logits() const override { return num_classes_; }
  const char* default_metric() const override { return "log_loss"; }

  void Predict(ConstMatrixView logits, Predictions* out) const override {
    const std::size_t n = logits.rows, c = num_classes_;
    CopyLogits(logits, out);
    out->probabilities.resize(n * c);
    out->class_ids.resize(n);
    for (std::size_t r = 0; r < n; ++r) {
      const float* z = logits.row(r);
      out->class_ids[r] = static_cast<std::int32_t>(std::max_element(z, z + c) - z);
      float* p = out->probabilities.data() + r * c;
      const double scale = 1.0 / Exponentials(z, p);
      for (std::size_t k = 0; k < c; ++k) p[k] = static_cast<float>(p[k] * scale);
    }
  }

 protected:
  double LossOfRows(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight, double scale,
                    MatrixView dlogits) const override {
    double sum = 0;
    for (std::size_t r = 0; r < logits.rows; ++r) {
      const float* z = logits.row(r);
      float* d = dlogits.row(r);
      const std::size_t y = static_cast<std::size_t>(label[r]);
      const double w = weight.empty() ? 1.0 : weight[r];
      const double total = Exponentials(z, d);
      const double largest = *std::max_element(z, z + num_classes_);
      sum += w * (std::log(total) + largest - z[y]);
      const double factor = scale * w, share = factor / total;
      for (std::size_t k = 0; k < num_classes_; ++k) {
        d[k] = static_cast<float>(d[k] * share - (k == y ? factor : 0.0));
      }
    }
    return sum;
  }

 private:
  // out = e^(z - largest z); returns their sum.
  double Exponentials(const float* z, float* out) const {
    const float largest = *std::max_element(z, z + num_classes_);
    double sum = 0;
    for (std::size_t k = 0; k < num_classes_; ++k) sum += out[k] = std::exp(z[k] - largest);
    return sum;
  }

  std::size_t num_classes_;
};

Result<std::unique_ptr<Head>> Make(const ModelSpec& spec, LossReduction reduction) {
  const std::size_t n = spec.label.classes.size();
  if (n < 2) {
    return Status::BadConfig(fmt::format("label.classes: {} given, but the task multiclass needs at least 2", n));
  }
  return std::unique_ptr<Head>(std::make_unique<MulticlassHead>(n, reduction));
}

}  // namespace

extern const HeadKind kMulticlassHead;
const HeadKind kMulticlassHead = {
    {"multiclass", "Several classes: softmax cross-entropy.", {&kLossReductionParam, 1}, "tf.estimator.MultiClassHead"},
    Make};

}  // namespace thalweg
