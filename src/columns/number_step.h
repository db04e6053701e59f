// One operation on numbers, in float32 as TensorFlow's of the same name: what a chain of a normaliser is made of.
#ifndef THALWEG_COLUMNS_NUMBER_STEP_H_
#define THALWEG_COLUMNS_NUMBER_STEP_H_

#include <span>
#include <string_view>
#include <vector>

#include "thalweg/status.h"

namespace thalweg {

class NumberStep {
 public:
  // "divide 0.4": the name, then its numbers (one, or `width` of them; clip has two: lowest, highest).
  static Result<NumberStep> Parse(std::string_view text, std::size_t width);
  // x [rows×width], in place.
  void Apply(std::span<float> x) const;

 private:
  enum class Op { kAdd, kSubtract, kSubtractFrom, kMultiply, kDivide, kMinimum, kMaximum, kClip, kLog, kLog1p, kSqrt };
  Op op_ = Op::kAdd;
  std::vector<float> numbers_;   // 1, or width, or clip's two
};

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_NUMBER_STEP_H_
