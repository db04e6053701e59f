// Models that TensorFlow 2.15 made, taken over: exports score as they did there; from a checkpoint with its slots ten more
// steps give the same weights and slots. testdata/golden was made by TensorFlow.
#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "bundle/bundle.h"
#include "data/table_source.h"
#include "migrate/import.h"
#include "readers/open.h"
#include "parity/close.h"
#include "thalweg/thalweg.h"

namespace thalweg {
namespace {

using nlohmann::json;

class Imported : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { std::filesystem::current_path(std::string(THALWEG_TESTDATA) + "/golden/" + GetParam()); }
  void TearDown() override {
    for (const std::string& file : files_) std::filesystem::remove(file);
  }

  static json ReadJson(const std::string& path) {
    const Result<std::string> text = ReadFile(path, 64 << 20);
    EXPECT_TRUE(text.ok()) << text.status().message();
    return json::parse(*text);
  }

  std::string File(const std::string& name) {
    files_.push_back(testing::TempDir() + GetParam() + "_" + name);
    return files_.back();
  }

  static std::unique_ptr<TableSource> Rows(const ModelSpec& spec, const Schema& schema, const std::string& path, bool labels) {
    OpenRowsOptions options;
    options.read.format = "jsonl";
    Result<std::unique_ptr<RawSource>> raw = OpenRows({path}, options);
    EXPECT_TRUE(raw.ok()) << raw.status().message();
    TableOptions table;
    table.schema = schema;
    table.task = spec.task;
    if (labels) table.label = spec.label, table.label_field.name = spec.label.name, table.weight = spec.weight;
    Result<std::unique_ptr<TableSource>> source = TableSource::Create(std::move(*raw), table);
    EXPECT_TRUE(source.ok()) << source.status().message();
    return std::move(*source);
  }

  std::string Checkpoint(int step) {
    ImportOptions options;
    const Result<std::string> text = ReadFile("spec.toml", 1 << 20);
    const Result<ModelSpec> spec = ParseModelSpec(*text, "spec.toml");
    EXPECT_TRUE(spec.ok()) << spec.status().message();
    options.spec = *spec;
    const std::string path = File("ckpt" + std::to_string(step));
    const Result<ImportReport> report = ImportTensorFlow("ckpt/model.ckpt-" + std::to_string(step), options, path);
    EXPECT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->global_step, step);
    EXPECT_GT(report->slots, 0u);
    return path;
  }

 private:
  std::vector<std::string> files_;
};

TEST_P(Imported, AnExportScoresAsThere) {
  const std::string path = File("export");
  const Result<ImportReport> report = ImportTensorFlow("saved_model", {}, path);
  ASSERT_TRUE(report.ok()) << report.status().message();
  const Result<Predictor> predictor = Predictor::Open(path);
  ASSERT_TRUE(predictor.ok()) << predictor.status().message();
  const json expected = ReadJson("predictions.json");
  const std::unique_ptr<TableSource> rows = Rows(predictor->spec(), predictor->schema(), "rows.jsonl", false);
  ExampleBatch batch;
  std::size_t row = 0;
  for (;;) {
    const Result<bool> more = rows->Next(&batch);
    ASSERT_TRUE(more.ok()) << more.status().message();
    if (!*more) break;
    Predictions scores;
    const Status scored = predictor->Predict(batch, &scores);
    ASSERT_TRUE(scored.ok()) << scored.message();
    const auto compare = [&](const char* key, const std::vector<float>& ours, std::size_t width) {
      if (!expected.contains(key)) return;
      for (std::size_t r = 0; r < batch.num_rows; ++r) {
        for (std::size_t c = 0; c < width; ++c) ExpectClose(ours[r * width + c], expected[key][row + r][c].get<double>(), key);
      }
    };
    compare("logits", scores.logits, scores.num_logits);
    compare("probabilities", scores.probabilities, scores.probabilities.size() / batch.num_rows);
    compare("predictions", scores.predictions, scores.num_logits);
    row += batch.num_rows;
  }
  EXPECT_EQ(row, 60u);
}

TEST_P(Imported, ACheckpointGoesOnToTheSameWeightsAndSlots) {
  const Result<std::shared_ptr<const Bundle>> begin = Bundle::Open(Checkpoint(0), true), end = Bundle::Open(Checkpoint(10), true);
  ASSERT_TRUE(begin.ok()) << begin.status().message();
  ASSERT_TRUE(end.ok()) << end.status().message();
  std::vector<double> losses;
  RunOptions run;
  run.threads = 2;
  run.warm_start_model = testing::TempDir() + GetParam() + "_ckpt0";
  run.keep_slots = true;
  run.model_path = File("trained");
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kStep) losses.push_back(event.loss);
  };
  Result<Trainer> trainer = Trainer::Create((*begin)->spec(), run);
  ASSERT_TRUE(trainer.ok()) << trainer.status().message();
  const std::unique_ptr<TableSource> rows = Rows((*begin)->spec(), trainer->schema(), "train.jsonl", true);
  const Result<TrainReport> report = trainer->Train(*rows, nullptr);
  ASSERT_TRUE(report.ok()) << report.status().message();
  const auto trace = ReadJson("trace.json")["losses"].get<std::vector<double>>();
  ASSERT_EQ(losses.size(), trace.size());
  for (std::size_t i = 0; i < trace.size(); ++i) ExpectClose(losses[i], trace[i], "loss of step " + std::to_string(i + 1));
  const Result<std::shared_ptr<const Bundle>> ours = Bundle::Open(run.model_path, true);
  ASSERT_TRUE(ours.ok()) << ours.status().message();
  ASSERT_THAT((*ours)->tensor_names(), testing::ElementsAreArray((*end)->tensor_names()));
  for (const std::string& name : (*end)->tensor_names()) {
    const auto values = (*ours)->Find(name)->data, theirs = (*end)->Find(name)->data;
    for (std::size_t i = 0; i < theirs.size(); ++i) ExpectClose(values[i], theirs[i], name + "[" + std::to_string(i) + "]");
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, Imported,
                         testing::Values("census_v1", "census_v2", "multiclass_v2", "regressor_v2", "dnn_v2", "linear_v2", "ftrl_adam_v2",
                                         "absent_v2", "everything_v2", "dense_v2"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace thalweg
