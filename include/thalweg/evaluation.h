// Evaluation: a pass over rows, scores against labels, named numbers.
#ifndef THALWEG_EVALUATION_H_
#define THALWEG_EVALUATION_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "thalweg/example.h"
#include "thalweg/prediction.h"
#include "thalweg/status.h"

namespace thalweg {

struct EvaluateOptions {
  std::int64_t batch_size = 1024;  // rows whose loss is one number of TensorFlow's `loss`, the mean of these
  int threads = 0;
  std::string by;               // a name for the slices below, for messages
  // Of the batch that the source gave last: the text of each row's slice; the metrics of each value are reported too.
  std::function<const FieldValues&(const ExampleBatch&)> slice_values;
  std::vector<double> thresholds;  // in (0, 1): TensorFlow's accuracy, precision and recall at each, beside the head's own
  int bootstrap = 0;            // resamples for standard errors; 0: none
  std::int64_t seed = 1;        // of the bootstrap
  std::size_t memory_rows = 10'000'000;  // past so many scores exact AUC spills sorted runs to temporary files
};

struct SliceReport {
  std::string value;            // of the `by` field
  std::int64_t rows = 0;
  std::map<std::string, double> metrics;
};

struct EvalReport {
  std::int64_t rows = 0;
  double weight = 0;                              // sum of row weights
  std::map<std::string, double> metrics;          // "auc", "log_loss", …; what is undefined (one class) is NaN
  // What tf.estimator's evaluate() says of the same rows, under its keys and by its formulas (those of spec.profile):
  // areas over 200 thresholds, `loss` as the mean over batches of batch_size rows in order.
  std::map<std::string, double> tensorflow;
  std::map<std::string, double> standard_errors;  // by bootstrap
  std::vector<SliceReport> slices;                // in order of weight, largest first
};

// `rows` yields batches in predictor.schema()'s order, labels set.
Result<EvalReport> Evaluate(const Predictor& predictor, ExampleSource& rows, const EvaluateOptions& options);

}  // namespace thalweg

#endif  // THALWEG_EVALUATION_H_
