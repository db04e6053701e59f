// What a batch must be before a step, and what can be said about one that a step could not digest.
#ifndef THALWEG_TRAIN_BATCH_CHECK_H_
#define THALWEG_TRAIN_BATCH_CHECK_H_

#include <string>

#include "columns/feature_batch.h"
#include "columns/feature_plan.h"
#include "thalweg/model_spec.h"

namespace thalweg {

// Labels are there and fit the task, weights are finite and not negative: kBadData names the row otherwise.
Status CheckLabels(const ModelSpec& spec, const FeatureBatch& batch);

// "train.csv rows 1025 to 1536".
std::string RowRange(const FeatureBatch& batch);

// `; the largest number there is 1e+30, of "age"`: the dense column with a number that is not finite, or the largest
// one; "" when there is none.
std::string LargestNumber(const FeaturePlan& plan, const FeatureBatch& batch);

}  // namespace thalweg

#endif  // THALWEG_TRAIN_BATCH_CHECK_H_
