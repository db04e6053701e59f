// Why a checkpoint is not of this training.
#ifndef THALWEG_TRAIN_SPEC_DIFFERENCE_H_
#define THALWEG_TRAIN_SPEC_DIFFERENCE_H_

#include <string>

#include "thalweg/model_spec.h"

namespace thalweg {

// What differs first, seed before all else: `training.seed is 1 there, 2 here`, `columns.age differs`; "" when the
// specs are equal.
std::string SpecDifference(const ModelSpec& there, const ModelSpec& here);

}  // namespace thalweg

#endif  // THALWEG_TRAIN_SPEC_DIFFERENCE_H_
