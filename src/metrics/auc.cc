// Area under the ROC curve, exact: the probability that a row of class 1 scores above a row of class 0, ties counting
// half.
//   AUC = Σ_groups n_g (P_above + p_g / 2) / (P N)
// for the groups of equal scores, with weight p_g of class 1 and n_g of class 0.
#include "metrics/metric.h"

namespace thalweg {
namespace {

class Auc : public ScoreWalk {
 public:
  explicit Auc(std::size_t samples) : positive_(samples), negative_(samples), area_(samples) {}
  void Group(double, std::span<const double> positive, std::span<const double> negative) override {
    for (std::size_t s = 0; s < area_.size(); ++s) {
      area_[s] += negative[s] * (positive_[s] + positive[s] / 2);
      positive_[s] += positive[s];
      negative_[s] += negative[s];
    }
  }
  std::vector<double> Values() const override {
    std::vector<double> values(area_.size());
    for (std::size_t s = 0; s < values.size(); ++s)
      values[s] = area_[s] / (positive_[s] * negative_[s]);  // one class: 0/0
    return values;
  }

 private:
  std::vector<double> positive_, negative_, area_;  // so far
};

std::unique_ptr<ScoreWalk> Make(std::span<const double> weight) { return std::make_unique<Auc>(weight.size()); }

}  // namespace

extern const MetricKind kAucMetric = {
    {"auc", "Area under the ROC curve, exact.", {}, "tf.keras.metrics.AUC approximates it by 200 thresholds"},
    MetricDirection::kHigherIsBetter,
    true,
    false,
    false,
    nullptr,
    &Make};

}  // namespace thalweg
