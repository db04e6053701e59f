#include "train/validation.h"

#include <vector>

#include "base/strings.h"
#include "data/pipeline.h"
#include "metrics/metric_set.h"
#include "train/batch_check.h"
#include "train/batch_feed.h"

namespace thalweg {
namespace {

// Rows are scored one as the other, so this is a matter of speed alone.
constexpr std::size_t kRows = 1024;

}  // namespace

Result<bool> HigherIsBetter(const ModelSpec& spec, const std::string& metric) {
  THALWEG_ASSIGN_OR_RETURN(const MetricSet metrics, MetricSet::Create(spec.task, spec.label.classes, {.label_width = spec.LabelWidth()}));
  std::vector<std::string> known;
  for (const auto& [name, direction] : metrics.names()) {
    if (direction == MetricDirection::kNone) continue;
    if (name == metric) return direction == MetricDirection::kHigherIsBetter;
    known.push_back(name);
  }
  return Status::BadConfig("training.early_stopping_metric: " + UnknownName(metric, "metric to stop by", known));
}

Result<std::map<std::string, double>> ComputeMetrics(const WideDeepModel& model, ExampleSource* valid, ThreadPool* pool,
                                                     const std::function<bool()>& interrupted) {
  THALWEG_RETURN_IF_ERROR(valid->Rewind());
  const std::unique_ptr<ExampleSource> batches = Rebatch(valid, kRows);
  BatchFeed feed(&model.plan(), pool);
  feed.Start(batches.get());
  THALWEG_ASSIGN_OR_RETURN(MetricSet metrics, MetricSet::Create(model.spec().task, model.spec().label.classes,
                                                              {.label_width = model.spec().LabelWidth()}));
  WideDeepModel::Workspace work;
  Predictions predictions;
  for (;;) {
    if (interrupted()) return Status::Interrupted("stopped");
    THALWEG_ASSIGN_OR_RETURN(const FeatureBatch* batch, feed.Next());
    if (batch == nullptr) break;
    THALWEG_RETURN_IF_ERROR(CheckLabels(model.spec(), *batch));
    model.head().Predict(model.Forward({pool, Mode::kScore}, *batch, &work), &predictions);
    THALWEG_RETURN_IF_ERROR(metrics.Update(predictions, batch->label, batch->weight));
  }
  if (metrics.rows() == 0) return Status::BadData("no rows to validate on");
  return metrics.Values();
}

}  // namespace thalweg
