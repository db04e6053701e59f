// Embedding columns that begin from the table of another file: a checkpoint of TensorFlow, or a model file.
#ifndef THALWEG_TRAIN_INITIAL_TABLES_H_
#define THALWEG_TRAIN_INITIAL_TABLES_H_

#include <string>
#include <vector>

#include "model/wide_deep_model.h"
#include "train/warm_start.h"

namespace thalweg {

// Fills the tables whose columns have ckpt_to_load_from, but for those that `warm_start` (null: none) gave values to; says
// what was taken, in words. Errors begin with the column: kNotFound, kBadData as the file's; kBadConfig: it has no such
// table, or one of another shape; columns that share a table begin from two.
Result<std::vector<std::string>> TakeInitialTables(const WarmStart* warm_start, WideDeepModel* model);

}  // namespace thalweg

#endif  // THALWEG_TRAIN_INITIAL_TABLES_H_
