#include "metrics/tf_metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace thalweg {

TfMetricOptions TfMetricsOf(const ModelSpec& spec) {
  TfMetricOptions options;
  options.task = spec.task;
  options.version_1 = HasVersion1Head(spec);
  options.thresholds = GetNumbers(spec.head.params, "thresholds");
  options.label_width = spec.LabelWidth();
  // Classes that are but their own numbers are named as TensorFlow does without a vocabulary: class3.
  const std::vector<std::string>& classes = spec.label.classes;
  bool numbered = true;
  for (std::size_t c = 0; c < classes.size(); ++c) numbered = numbered && classes[c] == std::to_string(c);
  for (const std::string& name : GetTexts(spec.head.params, "classes_for_class_based_metrics")) {
    const auto at = static_cast<std::size_t>(std::find(classes.begin(), classes.end(), name) - classes.begin());
    options.classes.emplace_back(at, (numbered ? "class" : "") + name);
  }
  return options;
}

TfMetrics::TfMetrics(TfMetricOptions options) : options_(std::move(options)) {
  at_.resize(options_.thresholds.size());
  of_class_.resize(options_.classes.size());
}

void TfMetrics::AddProbability(float p, float label, double w) {
  const bool positive = label != 0;   // a label between 0 and 1 counts as one
  counts_.Add(p, positive, w);
  for (std::size_t i = 0; i < at_.size(); ++i) {
    const float threshold = static_cast<float>(options_.thresholds[i]);
    // Version 1's accuracy alone takes a score that is equal for a positive one.
    const bool accurate = (options_.version_1 ? p >= threshold : p > threshold) == positive;
    at_[i].accuracy.Add(accurate && (label == 0 || label == 1) ? 1 : 0, w);
    at_[i].confusion.Add(p > threshold, positive, w);
  }
}

void TfMetrics::AddRows(const Predictions& predictions, std::span<const float> label, std::span<const float> weight) {
  const std::size_t width = options_.label_width;
  for (std::size_t row = 0; row < predictions.num_rows; ++row) {
    const double w = weight.empty() ? 1.0 : weight[row];
    if (options_.task == "binary") {
      const bool predicted = predictions.class_ids[row] != 0;
      const float p = predictions.probabilities[2 * row + 1];
      accuracy_.Add(static_cast<float>(predictions.class_ids[row]) == label[row] ? 1 : 0, w);
      confusion_.Add(predicted, label[row] != 0, w);
      label_.Add(label[row], w);
      prediction_.Add(p, w);
      AddProbability(p, label[row], w);
    } else if (options_.task == "multiclass") {
      accuracy_.Add(static_cast<float>(predictions.class_ids[row]) == label[row] ? 1 : 0, w);
    } else if (options_.task == "multilabel") {
      const float* p = predictions.probabilities.data() + row * width;
      for (std::size_t c = 0; c < width; ++c) AddProbability(p[c], label[row * width + c], w);
      for (std::size_t i = 0; i < of_class_.size(); ++i) {
        const std::size_t c = options_.classes[i].first;
        of_class_[i].probability.Add(p[c], w);
        of_class_[i].counts.Add(p[c], label[row * width + c] != 0, w);
      }
    } else {
      for (std::size_t d = 0; d < width; ++d) {
        label_.Add(label[row * width + d], w);
        prediction_.Add(predictions.predictions[row * width + d], w);
      }
    }
  }
}

void TfMetrics::AddBatch(double loss, double weighted_losses, double weights) {
  batch_losses_ += loss;
  batches_ += 1;
  loss_.sum += weighted_losses;
  loss_.weight += weights;
}

void TfMetrics::PutAreas(const ThresholdCounts& counts, const std::string& suffix,
                         std::map<std::string, double>* out) const {
  const bool v1 = options_.version_1;
  (*out)["auc" + suffix] = v1 ? counts.RocAreaV1() : counts.RocArea();
  (*out)["auc_precision_recall" + suffix] = v1 ? counts.PrecisionRecallAreaV1() : counts.PrecisionRecallArea();
}

std::map<std::string, double> TfMetrics::Values() const {
  std::map<std::string, double> out;
  out["average_loss"] = loss_.Value();
  out["loss"] = batches_ > 0 ? batch_losses_ / batches_ : 0;
  const bool binary = options_.task == "binary", multilabel = options_.task == "multilabel";
  if (binary || options_.task == "multiclass") out["accuracy"] = accuracy_.Value();
  if (binary) {
    out["accuracy_baseline"] = std::max(label_.Value(), 1 - label_.Value());
    out["precision"] = confusion_.Precision();
    out["recall"] = confusion_.Recall();
  }
  if (binary || multilabel) {
    PutAreas(counts_, "", &out);
    for (std::size_t i = 0; i < at_.size(); ++i) {
      const std::string suffix = fmt::format("/positive_threshold_{:g}", options_.thresholds[i]);
      out["accuracy" + suffix] = at_[i].accuracy.Value();
      out["precision" + suffix] = at_[i].confusion.Precision();
      out["recall" + suffix] = at_[i].confusion.Recall();
    }
  }
  for (std::size_t i = 0; i < of_class_.size(); ++i) {
    const std::string suffix = "/" + options_.classes[i].second;
    out["probability_mean" + suffix] = of_class_[i].probability.Value();
    PutAreas(of_class_[i].counts, suffix, &out);
  }
  if (!multilabel && options_.task != "multiclass") {
    out["label/mean"] = label_.Value();
    out["prediction/mean"] = prediction_.Value();
  }
  return out;
}

}  // namespace thalweg
