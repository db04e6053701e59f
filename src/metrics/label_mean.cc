#include "metrics/metric.h"

namespace thalweg {
namespace {

double Label(const ScoredRows& rows, std::size_t row) { return rows.label[row]; }

std::unique_ptr<SumMetric> Make(MetricTask, const std::vector<std::string>&) {
  return MakeMean({"label_mean", &Label});
}

}  // namespace

extern const MetricKind kLabelMeanMetric = {
    {"label_mean", "Mean of the labels (of class 1, for a binary model: its share).", {}, "tf.estimator's label/mean"},
    MetricDirection::kNone,
    true,
    false,
    true,
    &Make};

}  // namespace thalweg
