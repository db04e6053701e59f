// The file of a trained model: weights, spec, where they come from.
#ifndef THALWEG_TRAIN_MODEL_FILE_H_
#define THALWEG_TRAIN_MODEL_FILE_H_

#include <map>
#include <string>

#include "model/wide_deep_model.h"
#include "thalweg/training.h"
#include "train/optimizer_state.h"
#include "train/train_state.h"

namespace thalweg {

// The weights that `model` has now; `more` is added to the provenance. Errors: as WriteBundle.
Status WriteModelFile(const std::string& path, const RunOptions& options, const TrainState& state,
                      const std::map<std::string, std::string>& more, WideDeepModel* model, OptimizerState* optimizers);

}  // namespace thalweg

#endif  // THALWEG_TRAIN_MODEL_FILE_H_
