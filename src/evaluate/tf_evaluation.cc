#include "evaluate/tf_evaluation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace thalweg {
namespace {

// Those of the head, then those of this evaluation; each once.
Result<std::vector<double>> Thresholds(const std::string& task, std::vector<double> all, const std::vector<double>& more) {
  for (const double threshold : more) {
    if (!(threshold > 0 && threshold < 1)) {
      return Status::Usage(fmt::format("thresholds: found {:g}, expected numbers between 0 and 1", threshold));
    }
    if (std::ranges::count(all, threshold) == 0) all.push_back(threshold);
  }
  if (!more.empty() && task != "binary" && task != "multilabel") {
    return Status::Usage(fmt::format("thresholds: the task {} has none; only binary and multilabel models do", task));
  }
  return all;
}

}  // namespace

Result<TfEvaluation> TfEvaluation::Create(const Predictor& predictor, const EvaluateOptions& options) {
  const ModelSpec& spec = predictor.spec();
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<Head> head, MakeHead(spec));
  TfMetricOptions metrics = TfMetricsOf(spec);
  THALWEG_ASSIGN_OR_RETURN(metrics.thresholds, Thresholds(spec.task, std::move(metrics.thresholds), options.thresholds));
  return TfEvaluation(std::move(head), std::move(metrics), static_cast<std::size_t>(std::max<std::int64_t>(options.batch_size, 1)),
                      predictor.global_step());
}

TfEvaluation::TfEvaluation(std::unique_ptr<Head> head, TfMetricOptions metrics, std::size_t batch_size,
                           std::int64_t global_step)
    : head_(std::move(head)), metrics_(std::move(metrics)), batch_size_(batch_size), global_step_(global_step) {}

void TfEvaluation::Add(const Predictions& scores, std::span<const float> label, std::span<const float> weight) {
  metrics_.AddRows(scores, label, weight);
  const std::size_t c = head_->num_logits(), width = head_->label_width();
  for (std::size_t begin = 0; begin < scores.num_rows;) {
    const std::size_t count = std::min(scores.num_rows - begin, batch_size_ - rows_);
    if (rows_ + count > logits_.rows()) {   // grows as far as there are rows, in strides: batch sizes may be huge
      Matrix larger(std::min(batch_size_, 2 * (rows_ + count)), c);
      std::copy_n(logits_.data(), rows_ * c, larger.data());
      logits_ = std::move(larger);
    }
    std::copy_n(scores.logits.data() + begin * c, count * c, logits_.row(rows_));
    label_.insert(label_.end(), label.data() + begin * width, label.data() + (begin + count) * width);
    // Sources have weights in all batches or in none; where they do not, rows without one weigh 1.
    if (!weight.empty()) {
      weight_.resize(rows_, 1.0f);
      weight_.insert(weight_.end(), weight.data() + begin, weight.data() + begin + count);
    } else if (!weight_.empty()) {
      weight_.resize(rows_ + count, 1.0f);
    }
    rows_ += count;
    begin += count;
    if (rows_ == batch_size_) EndBatch();
  }
}

void TfEvaluation::EndBatch() {
  scratch_.Resize(rows_, head_->num_logits());
  const ConstMatrixView logits = {logits_.data(), rows_, head_->num_logits(), head_->num_logits()};
  const LossTotals totals = head_->Totals(logits, label_, weight_, scratch_.view());
  metrics_.AddBatch(totals.Reduced(), totals.losses, totals.weights);
  label_.clear();
  weight_.clear();
  rows_ = 0;
}

std::map<std::string, double> TfEvaluation::Finish() {
  if (rows_ > 0) EndBatch();
  std::map<std::string, double> values = metrics_.Values();
  values["global_step"] = static_cast<double>(global_step_);
  return values;
}

}  // namespace thalweg
