#include <algorithm>
#include <string>

#include "metrics/metric.h"

namespace thalweg {
namespace {

constexpr std::size_t kLargest = 5;

// Classes that stand before the label when classes are sorted by falling score, equal ones by index. Logits, where
// there are any, since rounding makes equal probabilities of different logits.
std::size_t RankOfLabel(const ScoredRows& rows, std::size_t row) {
  const std::size_t classes = rows.num_classes, label = rows.Label(row);
  const std::span<const float> scores =
      (rows.logits.empty() ? rows.probabilities : rows.logits).subspan(row * classes, classes);
  std::size_t before = 0;
  for (std::size_t c = 0; c < classes; ++c)
    before += c < label ? scores[c] >= scores[label] : scores[c] > scores[label];
  return before;
}

class TopKAccuracy : public SumMetric {
 public:
  explicit TopKAccuracy(std::size_t num_classes) : largest_(std::min(kLargest, num_classes - 1)) {}
  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (std::size_t k = 2; k <= largest_; ++k) names.push_back("top_" + std::to_string(k) + "_accuracy");
    return names;
  }
  std::size_t num_sums() const override { return largest_ < 2 ? 0 : largest_ - 1; }
  void Add(const ScoredRows& rows, std::span<const double> weights, Sums* sums) const override {
    const std::size_t samples = sums->num_samples();
    for (std::size_t row = 0; row < rows.num_rows; ++row) {
      const std::size_t rank = RankOfLabel(rows, row);
      for (std::size_t k = std::max<std::size_t>(rank + 1, 2); k <= largest_; ++k) {
        sums->Add(k - 2, 1, weights.subspan(row * samples, samples));
      }
    }
  }
  double Value(std::size_t which, std::span<const double> sums, double weight) const override {
    return sums[which] / weight;
  }

 private:
  std::size_t largest_;
};

std::unique_ptr<SumMetric> Make(MetricTask, const std::vector<std::string>& classes) {
  return std::make_unique<TopKAccuracy>(std::max<std::size_t>(classes.size(), 1));
}

}  // namespace

extern const MetricKind kTopKAccuracyMetric = {
    {"top_k_accuracy",
     "Share of rows whose label is among the k classes scored highest: top_2_accuracy to top_5_accuracy, "
     "as far as there are more than k classes.",
     {},
     "tf.math.in_top_k"},
    MetricDirection::kHigherIsBetter,
    false,
    true,
    false,
    &Make};

}  // namespace thalweg
