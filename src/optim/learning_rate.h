// Learning rates by step: the schedules of tf.keras.optimizers.schedules.
#ifndef THALWEG_OPTIM_LEARNING_RATE_H_
#define THALWEG_OPTIM_LEARNING_RATE_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "thalweg/kinds.h"

namespace thalweg {

// The rate of the update with number `step`, 0 for the first. Never negative. May be called from any thread.
using LearningRate = std::function<double(std::int64_t step)>;

// Whether an optimizer's parameters hold a schedule ("learning_rate.…") rather than a number.
bool HasSchedule(const Params& params);
// Checks the schedule in an optimizer's parameters and leaves it there, integers made numbers where it wants numbers.
Status CheckSchedule(std::string_view where, Params* params);
// The schedule, or the constant "learning_rate", or the constant `fallback`; divided by 1 + decay · step where "decay" is
// given. `params` are checked.
LearningRate MakeLearningRate(const Params& params, double fallback);

}  // namespace thalweg

#endif  // THALWEG_OPTIM_LEARNING_RATE_H_
