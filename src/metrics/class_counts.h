// What precision, recall and F1 share: by class, the weight of rows that are it, are predicted as it, and are both.
#ifndef THALWEG_METRICS_CLASS_COUNTS_H_
#define THALWEG_METRICS_CLASS_COUNTS_H_

#include <memory>
#include <string>
#include <vector>

#include "metrics/metric.h"

namespace thalweg {

struct ClassCounts {
  double both = 0;
  double predicted = 0;
  double labelled = 0;
};

// Binary: `name`, of class 1. Multi-class: "name/CLASS" of each class. `value` may divide by 0: NaN says not defined.
std::unique_ptr<SumMetric> MakeClassMetric(const char* name, MetricTask task, const std::vector<std::string>& classes,
                                           double (*value)(const ClassCounts& counts));

}  // namespace thalweg

#endif  // THALWEG_METRICS_CLASS_COUNTS_H_
