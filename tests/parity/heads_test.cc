// The same logits, labels and weights, the same losses, predictions and metrics as TensorFlow 2.15's heads
// (tools/make_golden_heads.py).
#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "metrics/tf_metrics.h"
#include "model/defaults.h"
#include "parity/close.h"
#include "model/head.h"

namespace thalweg {
namespace {

using nlohmann::json;

ModelSpec SpecOfHead(const json& one) {
  ModelSpec spec;
  spec.task = one["task"];
  spec.label.name = "y";
  spec.label.classes = one["classes"].get<std::vector<std::string>>();
  for (const auto& [name, value] : one["params"].items()) {
    if (value.is_string()) spec.head.params[name] = value.get<std::string>();
    else if (value.is_number_integer()) spec.head.params[name] = value.get<std::int64_t>();
    else if (value[0].is_string()) spec.head.params[name] = value.get<std::vector<std::string>>();
    else spec.head.params[name] = value.get<std::vector<double>>();
  }
  FillDefaults(&spec);
  return spec;
}

TEST(TensorFlowHeads, SayTheSame) {
  const json golden = json::parse(*ReadFile(std::string(THALWEG_TESTDATA) + "/golden/heads.json", 64 << 20));
  for (const json& one : golden["cases"]) {
    const std::string what = one["task"].get<std::string>() + one["params"].dump() + " ";
    const ModelSpec spec = SpecOfHead(one);
    const auto head = MakeHead(spec);
    ASSERT_TRUE(head.ok()) << what << head.status().message();
    const std::size_t rows = one["rows"], batch = one["batch"], c = (*head)->num_logits(), width = (*head)->label_width();
    auto logits = one["logits"].get<std::vector<float>>();
    const auto labels = one["labels"].get<std::vector<float>>(), weights = one["weights"].get<std::vector<float>>();
    ASSERT_EQ(logits.size(), rows * c) << what;
    ASSERT_EQ(labels.size(), rows * width) << what;

    TfMetricOptions options = TfMetricsOf(spec);
    TfMetrics metrics(options);
    Predictions scores;
    (*head)->Predict({logits.data(), rows, c, c}, &scores);
    metrics.AddRows(scores, labels, weights);
    for (std::size_t begin = 0, i = 0; begin < rows; begin += batch, ++i) {
      const std::size_t count = std::min(batch, rows - begin);
      std::vector<float> slope(count * c);
      const ConstMatrixView part = {logits.data() + begin * c, count, c, c};
      const MatrixView slopes = {slope.data(), count, c, c};
      const auto label = std::span(labels).subspan(begin * width, count * width), weight = std::span(weights).subspan(begin, count);
      ExpectClose((*head)->Loss(part, label, weight, slopes), one["loss"][i], what + "loss");
      const LossTotals totals = (*head)->Totals(part, label, weight, slopes);
      metrics.AddBatch(totals.Reduced(), totals.losses, totals.weights);
    }
    for (const auto& [name, values] : one["predictions"].items()) {
      const std::vector<float> ids(scores.class_ids.begin(), scores.class_ids.end());
      const std::vector<float>& ours = name == "logits"          ? scores.logits
                                       : name == "probabilities" ? scores.probabilities
                                       : name == "class_ids"     ? ids
                                                                 : scores.predictions;
      ASSERT_EQ(ours.size(), values.size()) << what << name;
      for (std::size_t i = 0; i < ours.size(); ++i) ExpectClose(ours[i], values[i], what + name);
    }
    const auto values = metrics.Values();
    EXPECT_EQ(values.size(), one["metrics"].size()) << what;
    for (const auto& [name, value] : one["metrics"].items()) {
      ASSERT_EQ(values.count(name), 1u) << what << name;
      ExpectClose(values.at(name), value, what + name);
    }
  }
}

}  // namespace
}  // namespace thalweg
