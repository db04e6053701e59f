// Update rules, TensorFlow's (V2: Keras legacy optimizers). An optimizer knows no model: it sees spans of weights,
// gradients and slots.
#ifndef THALWEG_OPTIM_OPTIMIZER_H_
#define THALWEG_OPTIM_OPTIMIZER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "thalweg/kinds.h"

namespace thalweg {

struct SlotInfo {
  const char* name;     // TensorFlow's: "accumulator", "linear", "m", "v", "momentum"
  float initial;
};

struct StepContext {
  std::int64_t step = 0;   // 0 for the first update
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual std::span<const SlotInfo> slots() const = 0;
  // Element by element: weights, gradients and each slot have the same length. Thread-safe: it keeps no state.
  virtual void Update(const StepContext& context, std::span<const float> gradient, std::span<float> weight,
                      std::span<float* const> slots) const = 0;
  // An element whose gradient is zero stays as it is, slots too (SGD without momentum, Adagrad): whole tiles and rows
  // without gradient may be left out.
  virtual bool zero_gradient_is_noop() const = 0;
  // By TensorFlow's definition rows of a table move although no row of the batch picks them (Adam).
  virtual bool moves_untouched_rows() const = 0;
  virtual double learning_rate(std::int64_t step) const = 0;
};

FamilyInfo OptimizerKinds();
FamilyInfo LearningRateKinds();
Status CheckOptimizer(PartSpec* spec, std::string_view where);   // kinds, parameters, schedule
Result<std::unique_ptr<Optimizer>> MakeOptimizer(const PartSpec& spec);

}  // namespace thalweg

#endif  // THALWEG_OPTIM_OPTIMIZER_H_
