// The logistic function and its cross-entropy, in double, right to the last digit far out too.
#ifndef THALWEG_MODEL_SIGMOID_H_
#define THALWEG_MODEL_SIGMOID_H_

#include <cmath>

namespace thalweg {

inline double Sigmoid(double z) {
  const double e = std::exp(-std::fabs(z));
  return z >= 0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

struct CrossEntropy {
  double loss, slope;   // max(z, 0) - z·y + log(1 + e^-|z|), and its derivative by z
};
inline CrossEntropy SigmoidCrossEntropy(double z, double y) {
  const double e = std::exp(-std::fabs(z));
  const double p = z >= 0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
  return {std::fmax(z, 0.0) - z * y + std::log1p(e), p - y};
}

}  // namespace thalweg

#endif  // THALWEG_MODEL_SIGMOID_H_
