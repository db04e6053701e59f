// R² = 1 − Σ w (y − p)² / Σ w (y − ȳ)². Deviations from the mean are kept as running means and sums (Welford 1962,
// merged as Chan, Golub and LeVeque 1979 do): plain sums of y² would leave nothing of labels that vary little around a
// large value, and would not see that a label is constant.
#include <limits>

#include "metrics/metric.h"

namespace thalweg {
namespace {

class R2 : public SumMetric {
 public:
  std::vector<std::string> names() const override { return {"r2"}; }
  std::size_t num_sums() const override { return 4; }

  void Add(const ScoredRows& rows, std::span<const double> weights, Sums* sums) const override {
    const std::size_t samples = sums->num_samples();
    for (std::size_t row = 0; row < rows.num_rows; ++row) {
      const double error = rows.Prediction(row) - rows.label[row];
      sums->Add(kErrors, error * error, weights.subspan(row * samples, samples));
      for (std::size_t s = 0; s < samples; ++s) Join(weights[row * samples + s], rows.label[row], 0, s, sums);
    }
  }

  void Merge(const Sums& from, Sums* into) const override {
    for (std::size_t s = 0; s < from.num_samples(); ++s) {
      into->Of(kErrors)[s] += from.Of(kErrors)[s];
      Join(from.Of(kWeight)[s], from.Of(kMean)[s], from.Of(kDeviations)[s], s, into);
    }
  }

  double Value(std::size_t, std::span<const double> sums, double) const override {
    if (sums[kDeviations] == 0) return std::numeric_limits<double>::quiet_NaN();
    return 1 - sums[kErrors] / sums[kDeviations];
  }

 private:
  enum { kErrors, kWeight, kMean, kDeviations };

  // Joins rows of that weight, mean label and sum of squared deviations.
  static void Join(double weight, double mean, double deviations, std::size_t sample, Sums* sums) {
    if (weight == 0) return;
    double& total = sums->Of(kWeight)[sample];
    double& total_mean = sums->Of(kMean)[sample];
    const double before = total, distance = mean - total_mean;
    total += weight;
    total_mean += distance * (weight / total);
    sums->Of(kDeviations)[sample] += deviations + distance * distance * before * (weight / total);
  }
};

std::unique_ptr<SumMetric> Make(MetricTask, const std::vector<std::string>&) { return std::make_unique<R2>(); }

}  // namespace

extern const MetricKind kR2Metric = {{"r2", "Share of the labels' variance that the predictions explain.", {}, ""},
                                     MetricDirection::kHigherIsBetter,
                                     false,
                                     false,
                                     true,
                                     &Make};

}  // namespace thalweg
