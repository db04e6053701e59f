// When a training is at its end, by passes and steps.
#ifndef THALWEG_TRAIN_SCHEDULE_H_
#define THALWEG_TRAIN_SCHEDULE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "thalweg/model_spec.h"
#include "train/train_state.h"

namespace thalweg {

class Schedule {
 public:
  // Without passes and steps: one pass. With steps alone: as many passes as they take.
  explicit Schedule(const TrainingSpec& training) : steps_(training.steps) {
    double passes = training.passes;
    if (passes <= 0) passes = training.steps > 0 ? kForever : 1;
    whole_ = static_cast<std::int64_t>(std::floor(std::min(passes, kForever)));
    fraction_ = passes - static_cast<double>(whole_);
  }

  // A pass begins that ends before its rows do: batches_per_pass must be known.
  bool NeedsPassLength(const TrainState& state) const { return fraction_ > 0 && state.pass == whole_; }

  bool Finished(const TrainState& state) const {
    if (steps_ > 0 && state.step >= steps_) return true;
    if (state.pass < whole_) return false;
    if (fraction_ <= 0 || state.pass > whole_) return true;
    return state.batches_per_pass > 0 && state.batches >= LastBatches(state);
  }

 private:
  static constexpr double kForever = 1e15;
  std::int64_t LastBatches(const TrainState& state) const {
    const auto batches = std::llround(fraction_ * static_cast<double>(state.batches_per_pass));
    return std::max<std::int64_t>(batches, whole_ == 0 ? 1 : 0);
  }

  std::int64_t steps_;
  std::int64_t whole_ = 0;   // passes
  double fraction_ = 0;      // of one more
};

}  // namespace thalweg

#endif  // THALWEG_TRAIN_SCHEDULE_H_
