// Rows of several labels, told as rows of one: every metric then speaks of all labels of all rows alike.
#ifndef THALWEG_METRICS_LABEL_CELLS_H_
#define THALWEG_METRICS_LABEL_CELLS_H_

#include <span>
#include <vector>

#include "metrics/metric.h"
#include "thalweg/prediction.h"

namespace thalweg {

// B·L rows: of a multilabel task a class or not (two classes), of a regression a number.
struct LabelCells {
  Predictions scores;
  std::vector<float> weight;   // [B·L], or empty
};

// `scores` of B rows, L labels each; weight [B] or empty. Labels are in this order already.
LabelCells CellsOf(MetricTask task, std::size_t width, const Predictions& scores, std::span<const float> weight);

}  // namespace thalweg

#endif  // THALWEG_METRICS_LABEL_CELLS_H_
