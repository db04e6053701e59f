#include "train/model_file.h"

#include "base/strings.h"
#include "bundle/bundle.h"

namespace thalweg {

Status WriteModelFile(const std::string& path, const RunOptions& options, const TrainState& state,
                      const std::map<std::string, std::string>& more, WideDeepModel* model, OptimizerState* optimizers) {
  BundleContents contents;
  contents.spec = &model->spec();
  contents.provenance = options.provenance;
  for (const auto& [key, value] : state.late_provenance) contents.provenance[key] = value;
  for (const auto& [key, value] : more) contents.provenance[key] = value;
  const std::string steps = FormatInteger(state.steps_before + state.step);
  contents.provenance["seed"] = FormatInteger(model->spec().training.seed);
  contents.provenance["steps"] = steps;
  contents.provenance["rows_seen"] = FormatInteger(state.rows);
  const std::vector<Parameter*> parameters = model->parameters();
  for (const Parameter* parameter : parameters) {
    contents.tensors.push_back({parameter->name, parameter->shape, parameter->storage.span()});
  }
  if (options.keep_slots) {
    contents.position[std::string(kGlobalStep)] = steps;
    for (const OptimizerState::Slot& slot : optimizers->all()) {
      contents.tensors.push_back({slot.name, parameters[slot.parameter]->shape, slot.values->span()});
    }
  }
  return WriteBundle(path, contents);
}

}  // namespace thalweg
