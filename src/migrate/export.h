// Our models as TensorFlow's files: a model_dir with a checkpoint that estimators go on from, and a SavedModel that answers.
#ifndef THALWEG_MIGRATE_EXPORT_H_
#define THALWEG_MIGRATE_EXPORT_H_

#include <memory>
#include <string>
#include <vector>

#include "bundle/bundle.h"
#include "thalweg/status.h"

namespace thalweg {

struct ExportReport {
  std::int64_t global_step = 0;
  std::size_t variables = 0;       // in the checkpoint, slots and numbers of optimizers among them
  std::vector<std::string> notes;  // what is not as it was
};

// Writes DIR/checkpoint, DIR/model.ckpt-N.* and DIR/saved_model/ (saved_model.pb, variables/, assets/). DIR is made; one that
// holds files is refused (kUsage). kBadConfig: what TensorFlow cannot hold, by name.
Result<ExportReport> ExportTensorFlow(std::shared_ptr<const Bundle> model, const std::string& dir);

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_EXPORT_H_
