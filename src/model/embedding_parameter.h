// What the towers share about embedding columns: the table as a parameter, and what its gradient costs.
#ifndef THALWEG_MODEL_EMBEDDING_PARAMETER_H_
#define THALWEG_MODEL_EMBEDDING_PARAMETER_H_

#include <string>

#include "columns/feature_plan.h"
#include "nn/embedding_bag.h"
#include "nn/parameter_list.h"

namespace thalweg {

// Adds <scope>/embedding_weights [buckets, dimension]; or takes the table that the column shares, where it is there already.
Result<EmbeddingBag> AddEmbedding(const ColumnUse& use, const std::string& scope, Part part, ParameterList* list);

// Multiply-adds a row of the batch, about: finding a row in memory costs like some.
double TableCost(const EmbeddingBag& bag);

}  // namespace thalweg

#endif  // THALWEG_MODEL_EMBEDDING_PARAMETER_H_
