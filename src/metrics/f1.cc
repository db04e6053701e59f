#include "metrics/class_counts.h"

namespace thalweg {
namespace {

double F1(const ClassCounts& counts) { return 2 * counts.both / (counts.predicted + counts.labelled); }

std::unique_ptr<SumMetric> Make(MetricTask task, const std::vector<std::string>& classes) {
  return MakeClassMetric("f1", task, classes, &F1);
}

}  // namespace

extern const MetricKind kF1Metric = {{"f1", "Harmonic mean of a class's precision and recall.", {}, ""},
                                     MetricDirection::kHigherIsBetter,
                                     false,
                                     true,
                                     false,
                                     &Make};

}  // namespace thalweg
