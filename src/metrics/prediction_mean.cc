#include "metrics/metric.h"

namespace thalweg {
namespace {

double Prediction(const ScoredRows& rows, std::size_t row) { return rows.Prediction(row); }

std::unique_ptr<SumMetric> Make(MetricTask, const std::vector<std::string>&) {
  return MakeMean({"prediction_mean", &Prediction});
}

}  // namespace

extern const MetricKind kPredictionMeanMetric = {
    {"prediction_mean",
     "Mean of the predictions (for a binary model: of the probability of class 1).",
     {},
     "tf.estimator's prediction/mean"},
    MetricDirection::kNone,
    true,
    false,
    true,
    &Make};

}  // namespace thalweg
