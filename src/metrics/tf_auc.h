// TensorFlow's areas under curves: weights of positives and negatives above 200 thresholds, and areas over those.
// What `metrics` says under "auc" is exact (auc.cc); these differ from it by about 1e-4.
#ifndef THALWEG_METRICS_TF_AUC_H_
#define THALWEG_METRICS_TF_AUC_H_

#include <array>
#include <cstddef>

namespace thalweg {

// Thresholds: below 0, i/199 for i = 1 … 198, above 1. A score counts above a threshold when it is greater.
class ThresholdCounts {
 public:
  static constexpr std::size_t kThresholds = 200;

  // `score` in [0, 1]; what is not a number counts as 0.
  void Add(float score, bool positive, double weight);
  // Version 2: tf.keras.metrics.AUC; 0 where rows are of one class only.
  double RocArea() const;
  double PrecisionRecallArea() const;   // interpolated as Davis and Goadrich do (2006)
  // Version 1: tf.compat.v1.metrics.auc: trapezoids, 1e-6 added to counts.
  double RocAreaV1() const;
  double PrecisionRecallAreaV1() const;

 private:
  struct Counts {   // at each threshold, and of all
    std::array<double, kThresholds> tp, fp;
    double positives, negatives;
  };
  Counts Above() const;
  // By the last threshold that the score is above; the threshold above 1 has none.
  std::array<double, kThresholds> positive_{}, negative_{};
};

}  // namespace thalweg

#endif  // THALWEG_METRICS_TF_AUC_H_
