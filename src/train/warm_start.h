// Starting from the weights of another model.
#ifndef THALWEG_TRAIN_WARM_START_H_
#define THALWEG_TRAIN_WARM_START_H_

#include <string>

#include "model/wide_deep_model.h"

namespace thalweg {

// Parameters of equal name and shape take the values of the model file at `path`; slots are OptimizerState::TakeFrom's. Returns what was
// taken, in words. Errors: as Bundle::Open; kUsage when no parameter fits.
Result<std::string> WarmStart(const std::string& path, WideDeepModel* model);

}  // namespace thalweg

#endif  // THALWEG_TRAIN_WARM_START_H_
