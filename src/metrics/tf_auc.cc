#include "metrics/tf_auc.h"

#include <algorithm>
#include <cmath>

namespace thalweg {
namespace {

constexpr double kSmall = 1e-6;   // version 1's

double Ratio(double a, double b) { return b != 0 ? a / b : 0; }

}  // namespace

void ThresholdCounts::Add(float score, bool positive, double weight) {
  // In float32, as TensorFlow has it; every score is above the first threshold.
  const float bucket = std::ceil(score * static_cast<float>(kThresholds - 1)) - 1.0f;
  const std::size_t i = bucket > 0 ? std::min(static_cast<std::size_t>(bucket), kThresholds - 2) : 0;
  (positive ? positive_ : negative_)[i] += weight;
}

ThresholdCounts::Counts ThresholdCounts::Above() const {
  Counts counts{};
  double tp = 0, fp = 0;
  for (std::size_t i = kThresholds; i-- > 0;) {
    counts.tp[i] = tp += positive_[i];
    counts.fp[i] = fp += negative_[i];
  }
  counts.positives = tp;
  counts.negatives = fp;
  return counts;
}

double ThresholdCounts::RocArea() const {
  const Counts c = Above();
  double area = 0;
  for (std::size_t i = 0; i + 1 < kThresholds; ++i) {
    const double width = Ratio(c.fp[i], c.negatives) - Ratio(c.fp[i + 1], c.negatives);
    area += width * (Ratio(c.tp[i], c.positives) + Ratio(c.tp[i + 1], c.positives)) / 2;
  }
  return area;
}

double ThresholdCounts::PrecisionRecallArea() const {
  const Counts c = Above();
  double area = 0;
  for (std::size_t i = 0; i + 1 < kThresholds; ++i) {
    const double above = c.tp[i] + c.fp[i], next = c.tp[i + 1] + c.fp[i + 1];
    const double dtp = c.tp[i] - c.tp[i + 1];
    const double slope = Ratio(dtp, std::max(above - next, 0.0));
    const double intercept = c.tp[i + 1] - slope * next;
    const double ratio = above > 0 && next > 0 ? above / next : 1;
    area += Ratio(slope * (dtp + intercept * std::log(ratio)), c.positives);
  }
  return area;
}

double ThresholdCounts::RocAreaV1() const {
  const Counts c = Above();
  double area = 0;
  for (std::size_t i = 0; i + 1 < kThresholds; ++i) {
    const double width = (c.fp[i] - c.fp[i + 1]) / (c.negatives + kSmall);
    area += width * (c.tp[i] + c.tp[i + 1] + 2 * kSmall) / (c.positives + kSmall) / 2;
  }
  return area;
}

double ThresholdCounts::PrecisionRecallAreaV1() const {
  const Counts c = Above();
  const auto precision = [&](std::size_t i) { return (c.tp[i] + kSmall) / (c.tp[i] + c.fp[i] + kSmall); };
  double area = 0;
  for (std::size_t i = 0; i + 1 < kThresholds; ++i) {
    area += (c.tp[i] - c.tp[i + 1]) / (c.positives + kSmall) * (precision(i) + precision(i + 1)) / 2;
  }
  return area;
}

}  // namespace thalweg
