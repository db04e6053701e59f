#include "metrics/class_counts.h"

namespace thalweg {
namespace {

double Recall(const ClassCounts& counts) { return counts.both / counts.labelled; }

std::unique_ptr<SumMetric> Make(MetricTask task, const std::vector<std::string>& classes) {
  return MakeClassMetric("recall", task, classes, &Recall);
}

}  // namespace

extern const MetricKind kRecallMetric = {
    {"recall",
     "Of the rows that are of a class, the share predicted as it; binary: of class 1, at a probability above 0.5.",
     {},
     "tf.keras.metrics.Recall"},
    MetricDirection::kHigherIsBetter,
    true,
    true,
    false,
    &Make};

}  // namespace thalweg
