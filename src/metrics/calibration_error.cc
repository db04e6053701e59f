// Expected calibration error over ten bins of equal mass: rows sorted by score are cut into tenths of the total weight,
// and  Σ_bins |Σ w·y − Σ w·p| / W  is the mean distance between what happened and what was predicted. Rows of equal
// score count as one: a cut goes through them in proportion, so that the result does not depend on the order of rows.
#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/metric.h"

namespace thalweg {
namespace {

constexpr int kBins = 10;

class CalibrationError : public ScoreWalk {
 public:
  explicit CalibrationError(std::span<const double> weight) : samples_(weight.size()) {
    for (std::size_t s = 0; s < weight.size(); ++s) samples_[s].weight = weight[s];
  }

  void Group(double score, std::span<const double> positive, std::span<const double> negative) override {
    for (std::size_t s = 0; s < samples_.size(); ++s) {
      Sample& sample = samples_[s];
      const double mass = positive[s] + negative[s];
      if (mass == 0) continue;
      const double excess = positive[s] / mass - score;  // of each unit of mass
      double left = mass;
      while (sample.bin < kBins - 1 && sample.seen + left >= sample.Cut()) {
        const double part = std::max(0.0, sample.Cut() - sample.seen);
        sample.Close(part * excess, part);
        left -= part;
      }
      sample.seen += left;
      sample.excess += left * excess;
    }
  }

  std::vector<double> Values() const override {
    std::vector<double> values(samples_.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t s = 0; s < values.size(); ++s) {
      if (samples_[s].weight > 0) values[s] = (samples_[s].error + std::abs(samples_[s].excess)) / samples_[s].weight;
    }
    return values;
  }

 private:
  struct Sample {
    double weight = 0;  // of all rows
    double seen = 0;    // of the rows so far
    double excess = 0;  // Σ w (y − p) in the bin under way
    double error = 0;   // Σ |excess| of the bins done
    int bin = 0;
    double Cut() const { return weight * (bin + 1) / kBins; }  // where the bin under way ends
    void Close(double last_excess, double last_mass) {
      seen += last_mass;
      error += std::abs(excess + last_excess);
      excess = 0;
      ++bin;
    }
  };
  std::vector<Sample> samples_;
};

std::unique_ptr<ScoreWalk> Make(std::span<const double> weight) { return std::make_unique<CalibrationError>(weight); }

}  // namespace

extern const MetricKind kCalibrationErrorMetric = {
    {"calibration_error",
     "Mean distance between label mean and prediction mean in ten bins of equal weight.",
     {},
     "Naeini, Cooper, Hauskrecht 2015, with bins of equal mass"},
    MetricDirection::kLowerIsBetter,
    true,
    false,
    false,
    nullptr,
    &Make};

}  // namespace thalweg
