// TensorFlow's metrics of a model over a stream of scored rows: cuts the rows into batches of the size asked for, whatever
// batches they come in, and has the model's head say each one's loss.
#ifndef THALWEG_EVALUATE_TF_EVALUATION_H_
#define THALWEG_EVALUATE_TF_EVALUATION_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "metrics/tf_metrics.h"
#include "model/head.h"
#include "tensor/matrix.h"
#include "thalweg/evaluation.h"

namespace thalweg {

class TfEvaluation {
 public:
  // kUsage: a threshold that is not between 0 and 1, or thresholds of a task without any.
  static Result<TfEvaluation> Create(const Predictor& predictor, const EvaluateOptions& options);

  // B rows, in order; label [B×L], weight [B] or empty.
  void Add(const Predictions& scores, std::span<const float> label, std::span<const float> weight);
  std::map<std::string, double> Finish();

 private:
  TfEvaluation(std::unique_ptr<Head> head, TfMetricOptions metrics, std::size_t batch_size, std::int64_t global_step);
  void EndBatch();

  std::unique_ptr<Head> head_;
  TfMetrics metrics_;
  std::size_t batch_size_;
  std::int64_t global_step_;
  // The batch under way.
  Matrix logits_, scratch_;
  std::vector<float> label_, weight_;
  std::size_t rows_ = 0;
};

}  // namespace thalweg

#endif  // THALWEG_EVALUATE_TF_EVALUATION_H_
