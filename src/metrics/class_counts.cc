#include "metrics/class_counts.h"

#include <utility>

namespace thalweg {
namespace {

class ClassMetric : public SumMetric {
 public:
  ClassMetric(const char* name, MetricTask task, const std::vector<std::string>& classes,
              double (*value)(const ClassCounts&))
      : num_classes_(classes.size()), value_(value) {
    if (task == MetricTask::kBinary) {
      first_ = 1;
      names_ = {name};
      return;
    }
    for (const std::string& one : classes) names_.push_back(std::string(name) + "/" + one);
  }

  std::vector<std::string> names() const override { return names_; }
  std::size_t num_sums() const override { return 3 * num_classes_; }

  void Add(const ScoredRows& rows, std::span<const double> weights, Sums* sums) const override {
    const std::size_t samples = sums->num_samples();
    for (std::size_t row = 0; row < rows.num_rows; ++row) {
      const std::span<const double> weight = weights.subspan(row * samples, samples);
      const std::size_t label = rows.Label(row), predicted = rows.PredictedClass(row);
      if (label == predicted) sums->Add(3 * label, 1, weight);
      sums->Add(3 * predicted + 1, 1, weight);
      sums->Add(3 * label + 2, 1, weight);
    }
  }

  double Value(std::size_t which, std::span<const double> sums, double) const override {
    const double* of_class = &sums[3 * (first_ + which)];
    return value_({of_class[0], of_class[1], of_class[2]});
  }

 private:
  std::size_t num_classes_;
  std::size_t first_ = 0;  // the class of the first name
  std::vector<std::string> names_;
  double (*value_)(const ClassCounts&);
};

}  // namespace

std::unique_ptr<SumMetric> MakeClassMetric(const char* name, MetricTask task, const std::vector<std::string>& classes,
                                           double (*value)(const ClassCounts& counts)) {
  return std::make_unique<ClassMetric>(name, task, classes, value);
}

}  // namespace thalweg
