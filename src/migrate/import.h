// TensorFlow's models, made ours: an exported SavedModel, or a model_dir (a checkpoint) with a spec.
#ifndef THALWEG_MIGRATE_IMPORT_H_
#define THALWEG_MIGRATE_IMPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "thalweg/model_spec.h"
#include "thalweg/status.h"

namespace thalweg {

struct ImportOptions {
  std::string label, weight;       // fields, which an export does not name
  // The model, for a checkpoint; for a SavedModel what it lacks: label, weight, optimizers, dropout, training.
  std::optional<ModelSpec> spec;
};

struct ImportReport {
  std::string from;                // "SavedModel of TensorFlow 2.15.0", "checkpoint DIR/model.ckpt-10"
  ModelSpec spec;
  std::int64_t global_step = 0;
  std::size_t parameters = 0, slots = 0;
  std::vector<std::string> notes;  // what TensorFlow would have got wrong; what is lacking
};

// Reads `path` (a SavedModel's folder; a folder of exports, of which the newest; a model_dir; a checkpoint's prefix) and
// writes the model file. Variables pass through memory one by one. Errors: kNotFound; kUsage: a checkpoint without a spec;
// kBadConfig: a spec that is not that of the checkpoint, by variable; kBadData: anything damaged, or a graph that no
// canned estimator makes, by node; kCannotWrite, kIoError.
Result<ImportReport> ImportTensorFlow(const std::string& path, const ImportOptions& options, const std::string& model);

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_IMPORT_H_
