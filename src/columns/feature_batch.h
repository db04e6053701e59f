// What FeaturePlan makes of a batch of rows: all that the model sees.
#ifndef THALWEG_COLUMNS_FEATURE_BATCH_H_
#define THALWEG_COLUMNS_FEATURE_BATCH_H_

#include <vector>

#include "tensor/matrix.h"
#include "thalweg/example.h"

namespace thalweg {

// Reused from batch to batch: no allocation after warm-up.
struct FeatureBatch {
  std::size_t num_rows = 0;      // B
  std::vector<IdLists> ids;      // one for each of FeaturePlan::categorical(), B rows each
  std::vector<Matrix> dense;     // one for each of FeaturePlan::dense(), [B×width]
  std::vector<float> label;      // [B], or empty
  std::vector<float> weight;     // [B], or empty: all 1
  ExampleBatch origin;           // no fields: only what OriginOf() needs, for messages
};

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_FEATURE_BATCH_H_
