#include <cmath>

#include "metrics/metric.h"

namespace thalweg {
namespace {

double SquaredError(const ScoredRows& rows, std::size_t row) {
  const double error = rows.Prediction(row) - rows.label[row];
  return error * error;
}
double Root(double mean) { return std::sqrt(mean); }

std::unique_ptr<SumMetric> Make(MetricTask, const std::vector<std::string>&) {
  return MakeMean({"rmse", &SquaredError, &Root});
}

}  // namespace

extern const MetricKind kRmseMetric = {
    {"rmse", "Root of the mean squared error.", {}, ""}, MetricDirection::kLowerIsBetter, false, false, true, &Make};

}  // namespace thalweg
