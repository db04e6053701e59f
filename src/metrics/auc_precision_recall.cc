// Area under the precision-recall curve, exact, by steps (average precision):
//   Σ_groups (R_g − R_above) · P_g
// with recall R_g and precision P_g of taking all rows down to group g as class 1. Steps, since precision is not linear
// between two points of recall.
#include <limits>

#include "metrics/metric.h"

namespace thalweg {
namespace {

class AveragePrecision : public ScoreWalk {
 public:
  explicit AveragePrecision(std::size_t samples) : positive_(samples), all_(samples), area_(samples) {}
  void Group(double, std::span<const double> positive, std::span<const double> negative) override {
    for (std::size_t s = 0; s < area_.size(); ++s) {
      positive_[s] += positive[s];
      all_[s] += positive[s] + negative[s];
      if (positive[s] > 0) area_[s] += positive[s] * (positive_[s] / all_[s]);
    }
  }
  std::vector<double> Values() const override {
    std::vector<double> values(area_.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t s = 0; s < values.size(); ++s) {
      const bool both_classes = positive_[s] > 0 && all_[s] > positive_[s];
      if (both_classes) values[s] = area_[s] / positive_[s];
    }
    return values;
  }

 private:
  std::vector<double> positive_, all_, area_;  // so far
};

std::unique_ptr<ScoreWalk> Make(std::span<const double> weight) {
  return std::make_unique<AveragePrecision>(weight.size());
}

}  // namespace

extern const MetricKind kAucPrecisionRecallMetric = {
    {"auc_precision_recall", "Area under the precision-recall curve, exact, by steps (average precision).", {}, ""},
    MetricDirection::kHigherIsBetter,
    true,
    false,
    false,
    nullptr,
    &Make};

}  // namespace thalweg
