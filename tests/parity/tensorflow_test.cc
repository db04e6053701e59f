// The same weights, the same ten batches, the same numbers as TensorFlow 2.15: through a spec file, the JSON-lines reader
// and the public Trainer. testdata/golden was made by TensorFlow (tools/make_golden_weights.py took the variables out).
#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/thread_pool.h"
#include "columns/feature_plan.h"
#include "data/table_source.h"
#include "model/defaults.h"
#include "propose/propose.h"
#include "readers/open.h"
#include "parity/close.h"
#include "thalweg/thalweg.h"

namespace thalweg {
namespace {

using nlohmann::json;

json ReadJson(const std::string& path) {
  Result<std::string> text = ReadFile(path, 64 << 20);
  EXPECT_TRUE(text.ok()) << text.status().message();
  return json::parse(*text);
}

class TensorFlow : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::filesystem::current_path(std::string(THALWEG_TESTDATA) + "/golden/" + GetParam());   // for vocabulary files
    Result<std::string> text = ReadFile("spec.toml", 1 << 20);
    ASSERT_TRUE(text.ok());
    Result<ModelSpec> spec = ParseModelSpec(*text, "spec.toml");
    ASSERT_TRUE(spec.ok()) << spec.status().message();
    spec_ = *spec;
    FillDefaults(&spec_);
    std::unique_ptr<RawSource> raw = Open("train.jsonl");
    ThreadPool pool(1);
    const Status fitted = FitSpec(*raw, nullptr, &pool, &spec_);
    ASSERT_TRUE(fitted.ok()) << fitted.message();
  }
  std::unique_ptr<RawSource> Open(const std::string& path) {
    OpenRowsOptions options;
    options.read = spec_.read;
    Result<std::unique_ptr<RawSource>> raw = OpenRows({path}, options);
    EXPECT_TRUE(raw.ok()) << raw.status().message();
    return std::move(*raw);
  }
  std::unique_ptr<TableSource> Rows(const std::string& path, bool labels) {
    Result<FeaturePlan> plan = FeaturePlan::Create(spec_);
    EXPECT_TRUE(plan.ok()) << plan.status().message();
    TableOptions table;
    table.schema = plan->schema();
    table.task = spec_.task;
    if (labels) table.label = spec_.label, table.label_field.name = spec_.label.name;
    if (labels) table.weight = spec_.weight, table.label_width = spec_.LabelWidth();
    Result<std::unique_ptr<TableSource>> source = TableSource::Create(Open(path), table);
    EXPECT_TRUE(source.ok()) << source.status().message();
    return std::move(*source);
  }
  ModelSpec spec_;
};

TEST_P(TensorFlow, TrainsToTheSameNumbers) {
  const std::string model_path = testing::TempDir() + GetParam() + ".thalweg";
  std::vector<double> losses;
  RunOptions run;
  run.threads = 2;
  run.model_path = model_path;
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kStep) losses.push_back(event.loss);
  };
  Result<Trainer> trainer = Trainer::Create(spec_, run);
  ASSERT_TRUE(trainer.ok()) << trainer.status().message();
  const json before = ReadJson("weights_0.json"), after = ReadJson("weights_10.json");
  std::vector<std::string> theirs;
  for (const auto& [name, variable] : before.items()) {
    theirs.push_back(name);
    const Status set = trainer->SetParameter(name, variable["values"].get<std::vector<float>>());
    ASSERT_TRUE(set.ok()) << set.message();
  }
  EXPECT_THAT(trainer->ParameterNames(), testing::UnorderedElementsAreArray(theirs));

  std::unique_ptr<TableSource> rows = Rows("train.jsonl", true);
  const Result<TrainReport> report = trainer->Train(*rows, nullptr);
  ASSERT_TRUE(report.ok()) << report.status().message();
  const auto trace = ReadJson("trace.json")["losses"].get<std::vector<double>>();
  ASSERT_EQ(losses.size(), trace.size());
  for (std::size_t i = 0; i < trace.size(); ++i) ExpectClose(losses[i], trace[i], "loss of step " + std::to_string(i + 1));
  for (const auto& [name, variable] : after.items()) {
    const Result<std::vector<float>> ours = trainer->GetParameter(name);
    ASSERT_TRUE(ours.ok()) << name;
    const auto values = variable["values"].get<std::vector<float>>();
    ASSERT_EQ(ours->size(), values.size()) << name;
    for (std::size_t i = 0; i < values.size(); ++i) ExpectClose((*ours)[i], values[i], name + "[" + std::to_string(i) + "]");
  }

  Result<Predictor> predictor = Predictor::Open(model_path);
  ASSERT_TRUE(predictor.ok()) << predictor.status().message();
  const json expected = ReadJson("predictions.json");
  std::unique_ptr<TableSource> test = Rows("rows.jsonl", false);
  ExampleBatch batch;
  std::size_t row = 0;
  for (;;) {
    const Result<bool> more = test->Next(&batch);
    ASSERT_TRUE(more.ok()) << more.status().message();
    if (!*more) break;
    Predictions scores;
    const Status scored = predictor->Predict(batch, &scores);
    ASSERT_TRUE(scored.ok()) << scored.message();
    for (std::size_t r = 0; r < batch.num_rows; ++r, ++row) {
      const std::string at = " of row " + std::to_string(row + 1);
      if (spec_.task == "regression") {
        ExpectClose(scores.predictions[r], expected["predictions"][row][0].get<double>(), "prediction" + at);
        continue;
      }
      for (std::size_t c = 0; c < scores.num_logits; ++c) {
        ExpectClose(scores.logits[r * scores.num_logits + c], expected["logits"][row][c].get<double>(), "logit" + at);
      }
      const std::size_t classes = expected["probabilities"][row].size();
      for (std::size_t c = 0; c < classes; ++c) {
        ExpectClose(scores.probabilities[r * classes + c], expected["probabilities"][row][c].get<double>(), "probability" + at);
      }
      EXPECT_EQ(scores.class_ids[r], expected["class_ids"][row][0].get<int>()) << at;
    }
  }
  EXPECT_EQ(row, expected[spec_.task == "regression" ? "predictions" : "logits"].size());

  std::unique_ptr<TableSource> labelled = Rows("rows.jsonl", true);
  EvaluateOptions evaluate;
  evaluate.batch_size = 16;
  const Result<EvalReport> evaluated = Evaluate(*predictor, *labelled, evaluate);
  ASSERT_TRUE(evaluated.ok()) << evaluated.status().message();
  const json metrics = ReadJson("metrics.json");
  EXPECT_EQ(evaluated->tensorflow.size(), metrics.size());
  for (const auto& [name, value] : metrics.items()) {
    ASSERT_EQ(evaluated->tensorflow.count(name), 1u) << name;
    ExpectClose(evaluated->tensorflow.at(name), value.get<double>(), name);
  }
  std::filesystem::remove(model_path);
}

INSTANTIATE_TEST_SUITE_P(Golden, TensorFlow,
                         testing::Values("census_v2", "multiclass_v2", "regressor_v2", "dnn_v2", "linear_v2", "ftrl_adam_v2",
                                         "absent_v2", "everything_v2", "dense_v2", "census_v1"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace thalweg
