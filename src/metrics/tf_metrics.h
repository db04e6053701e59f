// What tf.estimator's evaluate() prints for a head, under its keys and by its formulas. Formulas only: losses come from
// whoever knows the head.
#ifndef THALWEG_METRICS_TF_METRICS_H_
#define THALWEG_METRICS_TF_METRICS_H_

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "metrics/tf_auc.h"
#include "thalweg/model_spec.h"
#include "thalweg/prediction.h"

namespace thalweg {

struct TfMetricOptions {
  std::string task;                // as in a spec: decides which keys there are
  bool version_1 = false;          // tf.compat.v1.estimator's formulas
  std::vector<double> thresholds;  // binary and multilabel: accuracy, precision and recall at each
  std::size_t label_width = 1;     // L: labels a row
  // Multilabel: index and name of each class that has keys of its own.
  std::vector<std::pair<std::size_t, std::string>> classes;
};

// Of the model of a settled spec.
TfMetricOptions TfMetricsOf(const ModelSpec& spec);

class TfMetrics {
 public:
  explicit TfMetrics(TfMetricOptions options);

  // B rows, in order. label [B×L], weight [B] or empty: all 1. They go together: sizes are the caller's to check.
  void AddRows(const Predictions& predictions, std::span<const float> label, std::span<const float> weight);
  // The loss of one batch as training would reduce it, and its Σ w·l and Σ w over single losses.
  void AddBatch(double loss, double weighted_losses, double weights);
  std::map<std::string, double> Values() const;

 private:
  struct Mean {
    double sum = 0, weight = 0;
    void Add(double value, double w) { sum += value * w, weight += w; }
    double Value() const { return weight != 0 ? sum / weight : 0; }
  };
  struct Confusion {   // of predictions that are yes or no
    double tp = 0, fp = 0, fn = 0;
    void Add(bool predicted, bool positive, double w) { (predicted ? (positive ? tp : fp) : (positive ? fn : unused)) += w; }
    double Precision() const { return tp + fp != 0 ? tp / (tp + fp) : 0; }
    double Recall() const { return tp + fn != 0 ? tp / (tp + fn) : 0; }
    double unused = 0;
  };
  struct AtThreshold {
    Mean accuracy;
    Confusion confusion;
  };
  struct OfClass {
    Mean probability;
    ThresholdCounts counts;
  };

  void AddProbability(float p, float label, double w);
  void PutAreas(const ThresholdCounts& counts, const std::string& suffix, std::map<std::string, double>* out) const;

  TfMetricOptions options_;
  Mean accuracy_, label_, prediction_, loss_;
  Confusion confusion_;
  ThresholdCounts counts_;
  std::vector<AtThreshold> at_;
  std::vector<OfClass> of_class_;
  double batch_losses_ = 0, batches_ = 0;
};

}  // namespace thalweg

#endif  // THALWEG_METRICS_TF_METRICS_H_
