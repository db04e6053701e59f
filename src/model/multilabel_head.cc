// Any of C classes, one logit each: of a row the mean over classes of the loss of two classes, yes and no.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "model/head.h"
#include "model/sigmoid.h"

namespace thalweg {
namespace {

class MultilabelHead final : public Head {
 public:
  MultilabelHead(std::size_t num_classes, LossReduction reduction) : Head(reduction), num_classes_(num_classes) {}
  std::size_t num_logits() const override { return num_classes_; }
  std::size_t label_width() const override { return num_classes_; }
  const char* default_metric() const override { return "log_loss"; }

  void Predict(ConstMatrixView logits, Predictions* out) const override {
    CopyLogits(logits, out);
    out->probabilities.resize(out->logits.size());
    for (std::size_t i = 0; i < out->logits.size(); ++i) {
      out->probabilities[i] = static_cast<float>(Sigmoid(out->logits[i]));
    }
  }

 protected:
  double LossOfRows(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight, double scale,
                    MatrixView dlogits) const override {
    double sum = 0;
    const double share = 1.0 / static_cast<double>(num_classes_);
    for (std::size_t r = 0; r < logits.rows; ++r) {
      const double w = weight.empty() ? 1.0 : weight[r];
      double of_row = 0;
      for (std::size_t c = 0; c < num_classes_; ++c) {
        const CrossEntropy one = SigmoidCrossEntropy(logits.row(r)[c], label[r * num_classes_ + c]);
        of_row += one.loss;
        dlogits.row(r)[c] = static_cast<float>(scale * w * share * one.slope);
      }
      sum += w * share * of_row;
    }
    return sum;
  }

 private:
  std::size_t num_classes_;
};

Result<std::unique_ptr<Head>> Make(const ModelSpec& spec, LossReduction reduction) {
  const std::vector<std::string>& classes = spec.label.classes;
  if (classes.size() < 2) {
    return Status::BadConfig(fmt::format("label.classes: {} given, but the task multilabel needs at least 2", classes.size()));
  }
  for (const std::string& name : GetTexts(spec.head.params, "classes_for_class_based_metrics")) {
    if (std::ranges::count(classes, name) > 0) continue;
    return Status::BadConfig("head.classes_for_class_based_metrics: " + UnknownName(name, "class", classes));
  }
  return std::unique_ptr<Head>(std::make_unique<MultilabelHead>(classes.size(), reduction));
}

const ParamInfo kParams[] = {
    {"classes_for_class_based_metrics", ParamType::kTexts, "", "", "Classes that TensorFlow's metrics are said of one by one, too: auc/NAME."},
    kLossReductionParam,
    kThresholdsParam,
};

}  // namespace

extern const HeadKind kMultilabelHead;
const HeadKind kMultilabelHead = {
    {"multilabel", "Any of several classes: sigmoid cross-entropy of each, their mean.", kParams, "tf.estimator.MultiLabelHead"},
    Make};

}  // namespace thalweg
