#include "metrics/label_cells.h"

namespace thalweg {

LabelCells CellsOf(MetricTask task, std::size_t width, const Predictions& scores, std::span<const float> weight) {
  LabelCells cells;
  cells.scores.num_rows = scores.num_rows * width;
  cells.scores.num_logits = 1;
  cells.scores.logits = scores.logits;
  if (task == MetricTask::kRegression) {
    cells.scores.predictions = scores.predictions;
  } else {
    cells.scores.probabilities.reserve(2 * scores.probabilities.size());
    for (const float p : scores.probabilities) {
      cells.scores.probabilities.push_back(1.0f - p);
      cells.scores.probabilities.push_back(p);
      cells.scores.class_ids.push_back(p > 0.5f ? 1 : 0);
    }
  }
  cells.weight.reserve(weight.size() * width);
  for (const float w : weight) cells.weight.insert(cells.weight.end(), width, w);
  return cells;
}

}  // namespace thalweg
