// What Nadam remembers beside its slots.
#ifndef THALWEG_OPTIM_NADAM_H_
#define THALWEG_OPTIM_NADAM_H_

#include <cstdint>

#include "thalweg/kinds.h"

namespace thalweg {

// μ_1·…·μ_steps, which TensorFlow's checkpoints call momentum_cache. `params`: of a checked nadam.
float NadamMomentumProduct(const Params& params, std::int64_t steps);

}  // namespace thalweg

#endif  // THALWEG_OPTIM_NADAM_H_
