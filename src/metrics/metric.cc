#include "metrics/metric.h"

#include <algorithm>
#include <limits>

namespace thalweg {

std::size_t ScoredRows::PredictedClass(std::size_t row) const {
  if (!class_ids.empty()) return static_cast<std::size_t>(class_ids[row]);
  const float* of_row = probabilities.data() + row * num_classes;
  return static_cast<std::size_t>(std::max_element(of_row, of_row + num_classes) - of_row);
}

void Sums::AddAll(const Sums& other) {
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i] += other.values_[i];
}

namespace {

class Mean : public SumMetric {
 public:
  explicit Mean(const MeanRule& rule) : rule_(rule) {}
  std::vector<std::string> names() const override { return {rule_.name}; }
  std::size_t num_sums() const override { return 1; }
  void Add(const ScoredRows& rows, std::span<const double> weights, Sums* sums) const override {
    const std::size_t samples = sums->num_samples();
    for (std::size_t row = 0; row < rows.num_rows; ++row) {
      sums->Add(0, rule_.term(rows, row), weights.subspan(row * samples, samples));
    }
  }
  double Value(std::size_t, std::span<const double> sums, double weight) const override {
    if (weight == 0) return std::numeric_limits<double>::quiet_NaN();
    const double mean = sums[0] / weight;
    return rule_.finish ? rule_.finish(mean) : mean;
  }

 private:
  MeanRule rule_;
};

}  // namespace

std::unique_ptr<SumMetric> MakeMean(const MeanRule& rule) { return std::make_unique<Mean>(rule); }

}  // namespace thalweg
