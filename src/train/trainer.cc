// The public Trainer: a model, and trainings of it.
#include <algorithm>
#include <chrono>

#include "base/file.h"
#include "base/strings.h"
#include "bundle/bundle.h"
#include "model/defaults.h"
#include "thalweg/training.h"
#include "train/training_run.h"
#include "train/warm_start.h"

namespace thalweg {

struct Trainer::Impl {
  RunOptions options;
  ThreadPool pool;
  std::unique_ptr<WideDeepModel> model;

  explicit Impl(RunOptions run) : options(std::move(run)), pool(options.threads) {}

  Result<Parameter*> Find(const std::string& name) {
    std::vector<std::string> known;
    for (Parameter* parameter : model->parameters()) {
      if (parameter->name == name) return parameter;
      known.push_back(parameter->name);
    }
    return Status::Usage(UnknownName(name, "parameter", known));
  }

  void Note(std::string text) const {
    TrainEvent event;
    event.kind = TrainEvent::Kind::kNote;
    event.text = std::move(text);
    if (options.on_event) options.on_event(event);
  }

  Status WriteModel(const TrainState& state, OptimizerState* optimizers) {
    BundleContents contents;
    contents.spec = &model->spec();
    contents.provenance = options.provenance;
    for (const auto& [key, value] : state.late_provenance) contents.provenance[key] = value;
    contents.provenance["seed"] = FormatInteger(model->spec().training.seed);
    contents.provenance["steps"] = FormatInteger(state.steps_before + state.step);
    contents.provenance["rows_seen"] = FormatInteger(state.rows);
    for (const Parameter* parameter : model->parameters()) {
      contents.tensors.push_back({parameter->name, parameter->shape, parameter->storage.span()});
    }
    if (options.keep_slots) {
      contents.position[std::string(kGlobalStep)] = FormatInteger(state.steps_before + state.step);
      const std::vector<Parameter*> parameters = model->parameters();
      for (const OptimizerState::Slot& slot : optimizers->all()) {
        contents.tensors.push_back({slot.name, parameters[slot.parameter]->shape, slot.values->span()});
      }
    }
    return WriteBundle(options.model_path, contents);
  }
};

Trainer::Trainer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer::~Trainer() = default;

Result<Trainer> Trainer::Create(ModelSpec spec, RunOptions options) {
  FillDefaults(&spec);
  auto impl = std::make_unique<Impl>(std::move(options));
  THALWEG_ASSIGN_OR_RETURN(impl->model, WideDeepModel::Create(spec, true, &impl->pool));
  if (!impl->options.warm_start_model.empty()) {
    THALWEG_ASSIGN_OR_RETURN(std::string text, WarmStart(impl->options.warm_start_model, impl->model.get()));
    impl->Note(std::move(text));
  }
  return Trainer(std::move(impl));
}

const Schema& Trainer::schema() const { return impl_->model->plan().schema(); }

std::vector<std::string> Trainer::ParameterNames() const {
  std::vector<std::string> names;
  for (const Parameter* parameter : impl_->model->parameters()) names.push_back(parameter->name);
  return names;
}

Result<std::vector<float>> Trainer::GetParameter(const std::string& name) const {
  THALWEG_ASSIGN_OR_RETURN(const Parameter* parameter, impl_->Find(name));
  const std::span<const float> values = parameter->storage.span();
  return std::vector<float>(values.begin(), values.end());
}

Status Trainer::SetParameter(const std::string& name, std::span<const float> value) {
  THALWEG_ASSIGN_OR_RETURN(Parameter* parameter, impl_->Find(name));
  if (value.size() != parameter->storage.size()) {
    return Status::Usage("parameter " + Quote(name, 200) + ": found " + std::to_string(value.size()) +
                         " values, expected " + std::to_string(parameter->storage.size()));
  }
  std::copy(value.begin(), value.end(), parameter->storage.data());
  return Status::Ok();
}

Result<TrainReport> Trainer::Train(ExampleSource& train, ExampleSource* valid) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string& path = impl_->options.model_path;
  if (!path.empty()) {
    // A place that cannot be written to is said before the training, not after it.
    const auto file = AtomicFile::Create(path);
    if (!file.ok()) return file.status();
  }
  THALWEG_ASSIGN_OR_RETURN(OptimizerState optimizers, OptimizerState::Create(impl_->model->spec(), impl_->model.get()));
  if (const std::string& from = impl_->options.warm_start_model; !from.empty()) {
    THALWEG_ASSIGN_OR_RETURN(std::string text, optimizers.TakeFrom(from));
    impl_->Note(std::move(text));
  }
  TrainingRun run(impl_->model.get(), &optimizers, &impl_->pool, impl_->options, &train, valid);
  Status status = run.Run();
  if (status.ok() && !path.empty()) status = impl_->WriteModel(run.state(), &optimizers);
  if (run.checkpoints() != nullptr) {
    status.ok() ? run.checkpoints()->Remove() : run.checkpoints()->RemoveIfEmpty();
  }
  if (!status.ok()) return status;
  const TrainState& state = run.state();
  TrainReport report;
  report.steps = state.step;
  report.rows = state.rows;
  report.last_loss = state.last_loss;
  report.valid_metrics = state.best_metrics;
  report.best_step = state.best_step;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace thalweg
