#include "metrics/metric.h"

namespace thalweg {
namespace {

double IsRight(const ScoredRows& rows, std::size_t row) { return rows.PredictedClass(row) == rows.Label(row) ? 1 : 0; }

std::unique_ptr<SumMetric> Make(MetricTask, const std::vector<std::string>&) {
  return MakeMean({"accuracy", &IsRight});
}

}  // namespace

extern const MetricKind kAccuracyMetric = {
    {"accuracy", "Share of rows whose predicted class is their label.", {}, "tf.keras.metrics.Accuracy"},
    MetricDirection::kHigherIsBetter,
    true,
    true,
    false,
    &Make};

}  // namespace thalweg
