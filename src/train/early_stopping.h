// Which validation was the best so far, and whether gains have stopped coming.
#ifndef THALWEG_TRAIN_EARLY_STOPPING_H_
#define THALWEG_TRAIN_EARLY_STOPPING_H_

#include <cmath>
#include <cstdint>
#include <optional>

namespace thalweg {

struct EarlyStopping {
  bool higher_is_better = false;
  std::int64_t patience = 0;        // validations without gain before stopping; 0: never
  std::optional<double> best;       // none yet
  std::int64_t without_gain = 0;

  // Takes the metric of a validation; true when it is the best so far. Only a strictly better one is; one that is not
  // a number (undefined: one class) never is.
  bool Add(double value) {
    const bool gain = !std::isnan(value) && (!best || (higher_is_better ? value > *best : value < *best));
    if (gain) best = value;
    without_gain = gain ? 0 : without_gain + 1;
    return gain;
  }
  bool ShouldStop() const { return patience > 0 && without_gain >= patience; }
};

}  // namespace thalweg

#endif  // THALWEG_TRAIN_EARLY_STOPPING_H_
