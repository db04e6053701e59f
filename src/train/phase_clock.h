// Where the time of a training goes. Told of each change of phase by the one thread that runs the training; what the pool
// does beside it counts for the phase that waits for it.
#ifndef THALWEG_TRAIN_PHASE_CLOCK_H_
#define THALWEG_TRAIN_PHASE_CLOCK_H_

#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace thalweg {

class PhaseClock {
 public:
  enum Phase { kRest, kRows, kForward, kLoss, kBackward, kUpdate, kValidate, kCheckpoint, kWrite, kNumPhases };

  void Enter(Phase phase) {
    const auto now = std::chrono::steady_clock::now();
    seconds_[now_] += std::chrono::duration<double>(now - since_).count();
    since_ = now;
    now_ = phase;
  }
  // Those that took any time, by name, in the order of a step.
  std::vector<std::pair<std::string, double>> Seconds() const {
    static constexpr const char* kNames[kNumPhases] = {
        "the rest",       "waiting for rows", "forward", "loss", "backward", "gradients and updates", "validation", "checkpoints and exports",
        "writing the model"};
    std::vector<std::pair<std::string, double>> out;
    for (std::size_t p = 1; p <= kNumPhases; ++p) {
      const std::size_t phase = p % kNumPhases;
      if (seconds_[phase] > 0) out.emplace_back(kNames[phase], seconds_[phase]);
    }
    return out;
  }

 private:
  std::array<double, kNumPhases> seconds_ = {};
  Phase now_ = kRest;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

}  // namespace thalweg

#endif  // THALWEG_TRAIN_PHASE_CLOCK_H_
