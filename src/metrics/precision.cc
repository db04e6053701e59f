#include "metrics/class_counts.h"

namespace thalweg {
namespace {

double Precision(const ClassCounts& counts) { return counts.both / counts.predicted; }

std::unique_ptr<SumMetric> Make(MetricTask task, const std::vector<std::string>& classes) {
  return MakeClassMetric("precision", task, classes, &Precision);
}

}  // namespace

extern const MetricKind kPrecisionMetric = {
    {"precision",
     "Of the rows predicted as a class, the share that is it; binary: of class 1, at a probability above 0.5.",
     {},
     "tf.keras.metrics.Precision"},
    MetricDirection::kHigherIsBetter,
    true,
    true,
    false,
    &Make};

}  // namespace thalweg
