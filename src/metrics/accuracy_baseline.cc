#include <algorithm>

#include "metrics/metric.h"

namespace thalweg {
namespace {

double IsPositive(const ScoredRows& rows, std::size_t row) { return rows.label[row]; }
double OfTheMoreFrequent(double positive) { return std::max(positive, 1 - positive); }

std::unique_ptr<SumMetric> Make(MetricTask, const std::vector<std::string>&) {
  return MakeMean({"accuracy_baseline", &IsPositive, &OfTheMoreFrequent});
}

}  // namespace

extern const MetricKind kAccuracyBaselineMetric = {{"accuracy_baseline",
                                                    "The accuracy of always predicting the more frequent class.",
                                                    {},
                                                    "tf.estimator's accuracy_baseline"},
                                                   MetricDirection::kNone,
                                                   true,
                                                   false,
                                                   false,
                                                   &Make};

}  // namespace thalweg
