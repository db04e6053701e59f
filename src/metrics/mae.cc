#include <cmath>

#include "metrics/metric.h"

namespace thalweg {
namespace {

double AbsoluteError(const ScoredRows& rows, std::size_t row) {
  return std::abs(rows.Prediction(row) - rows.label[row]);
}

std::unique_ptr<SumMetric> Make(MetricTask, const std::vector<std::string>&) {
  return MakeMean({"mae", &AbsoluteError});
}

}  // namespace

extern const MetricKind kMaeMetric = {
    {"mae", "Mean absolute error.", {}, ""}, MetricDirection::kLowerIsBetter, false, false, true, &Make};

}  // namespace thalweg
