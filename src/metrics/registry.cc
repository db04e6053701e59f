// All metrics, one line each.
#include "metrics/metric.h"

#define THALWEG_METRICS(V)     \
  V(kAucMetric)                \
  V(kAucPrecisionRecallMetric) \
  V(kLogLossMetric)            \
  V(kAccuracyMetric)           \
  V(kAccuracyBaselineMetric)   \
  V(kTopKAccuracyMetric)       \
  V(kPrecisionMetric)          \
  V(kRecallMetric)             \
  V(kF1Metric)                 \
  V(kLabelMeanMetric)          \
  V(kPredictionMeanMetric)     \
  V(kCalibrationErrorMetric)   \
  V(kRmseMetric)               \
  V(kMaeMetric)                \
  V(kR2Metric)

namespace thalweg {

#define THALWEG_DECLARE(kind) extern const MetricKind kind;
THALWEG_METRICS(THALWEG_DECLARE)
#undef THALWEG_DECLARE

std::span<const MetricKind* const> AllMetricKinds() {
#define THALWEG_ADDRESS(kind) &kind,
  static constexpr const MetricKind* kKinds[] = {THALWEG_METRICS(THALWEG_ADDRESS)};
#undef THALWEG_ADDRESS
  return kKinds;
}

FamilyInfo MetricKinds() {
  FamilyInfo family{"metrics", "Numbers that judge a model's scores against labels, by row weights.", {}};
  for (const MetricKind* kind : AllMetricKinds()) family.kinds.push_back(kind->info);
  return family;
}

}  // namespace thalweg
