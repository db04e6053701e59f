// Model files of every released format load for ever and give the scores that they gave.
//
// testdata/bundles/vN/NAME.thalweg (v2: tables packed), beside it NAME.json: {"rows": [{field: value or list}], "logits": [[…] of each
// row]}. Those of the current version were written by
//   predict_test --gtest_also_run_disabled_tests --gtest_filter='*WriteFiles*'
// and are never written again once released.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <tuple>

#include "base/file.h"
#include "base/json.h"
#include "base/strings.h"
#include "bundle/bundle.h"
#include "columns/fit.h"
#include "model/defaults.h"
#include "thalweg/prediction.h"

namespace thalweg {
namespace {

namespace fs = std::filesystem;

// One column of each kind, in both parts.
ModelSpec EveryColumn(const std::string& task, std::int64_t dimension) {
  ModelSpec spec;
  spec.task = task;
  spec.label.name = "y";
  if (task == "binary") spec.label = {"y", {"no", "yes"}, "yes"};
  if (task == "multiclass") spec.label = {"y", {"red", "green", "blue", "sort of white"}, ""};
  spec.fields = {{.name = "age", .dtype = DType::kNumber},
                 {.name = "tags", .dtype = DType::kText, .many = true},
                 {.name = "tag_weight", .dtype = DType::kNumber, .many = true}};
  std::vector<std::string> cities = {"København", "São Paulo", "New York, NY"};
  for (int i = 0; i < 70; ++i) cities.push_back("city " + std::to_string(i));
  ColumnSpec age = NumericColumn("age"), income = NumericColumn("income"), fitted = NumericColumn("score");
  age.params["default_value"] = std::vector<double>{30};
  income.params["normalizer"] = "log1p";
  fitted.params["normalizer"] = "standard";
  fitted.params["missing"] = "mean";
  ColumnSpec tags = EmbeddingColumn("tags_weighted_by_tag_weight", dimension);
  tags.params["combiner"] = "sqrtn";
  tags.params["max_norm"] = 0.5;
  spec.columns = {age,
                  income,
                  fitted,
                  BucketizedColumn("age", {18, 25, 40, 65}),
                  VocabularyListColumn("city", cities, 3),
                  HashBucketColumn("tags", 20),
                  WeightedColumn("tags", "tag_weight"),
                  IdentityColumn("weekday", 7),
                  CrossedColumn({"age_bucketized", "city", "weekday"}, 50),
                  IndicatorColumn("weekday"),
                  tags};
  spec.fitted["score"] = {{"mean", 0.25}, {"stddev", 1.5}};
  spec.wide.columns = {"age_bucketized", "age_bucketized_X_city_X_weekday", "city", "tags_weighted_by_tag_weight",
                       "income"};
  spec.deep.columns = {"age", "score", "weekday_indicator", "tags_weighted_by_tag_weight_embedding"};
  spec.deep.hidden_units = {6, 4};
  spec.deep.batch_norm = task != "binary";
  const Status settled = SettleColumns(&spec);
  EXPECT_TRUE(settled.ok()) << settled.message();
  FillDefaults(&spec);
  return spec;
}

Json RowsToScore() {
  Json rows = Json::array();
  rows.push_back({{"age", 39.0},
                  {"income", 40000.0},
                  {"score", 1.0},
                  {"city", "København"},
                  {"tags", {"a", "b"}},
                  {"tag_weight", {1.0, 0.5}},
                  {"weekday", 3}});
  rows.push_back(
      {{"income", 0.0}, {"city", "nowhere"}, {"tags", Json::array()}, {"tag_weight", Json::array()}, {"weekday", 0}});
  rows.push_back({{"age", 70.5},
                  {"income", 1e6},
                  {"score", -20.0},
                  {"city", "city 42"},
                  {"tags", {"", "a", "a"}},
                  {"tag_weight", {2.0, 1.0, 3.0}},
                  {"weekday", 6}});
  return rows;
}

ExampleBatch BatchOf(const Predictor& predictor, const Json& rows) {
  ExampleBuilder builder = predictor.NewExamples();
  for (const Json& row : rows) {
    for (const auto& [field, values] : row.items()) {
      for (const Json& value : values.is_array() ? values : Json::array({values})) {
        const FieldSpec* known = predictor.schema().Find(field);
        if (known == nullptr) continue;
        const Status added = known->dtype == DType::kText     ? builder.Text(field, value.get<std::string>())
                             : known->dtype == DType::kNumber ? builder.Number(field, value.get<double>())
                                                              : builder.Integer(field, value.get<std::int64_t>());
        EXPECT_TRUE(added.ok()) << added.message();
      }
    }
    builder.EndRow();
  }
  return builder.Take();
}

TEST(FrozenModels, LoadForEverAndScoreTheSame) {
  int models = 0;
  for (const fs::directory_entry& version : fs::directory_iterator(fs::path(THALWEG_TESTDATA) / "bundles")) {
    for (const fs::directory_entry& file : fs::directory_iterator(version)) {
      if (file.path().extension() != ".thalweg") continue;
      ++models;
      SCOPED_TRACE(file.path());
      const auto predictor = Predictor::Open(file.path());
      ASSERT_TRUE(predictor.ok()) << predictor.status().message();
      const std::string json = fs::path(file.path()).replace_extension(".json");
      const Json expected = ParseJson(ReadFile(json, 1 << 20).value(), json).value();
      Predictions scores;
      const Status status = predictor->Predict(BatchOf(*predictor, expected["rows"]), &scores);
      ASSERT_TRUE(status.ok()) << status.message();
      const std::size_t width = scores.num_logits;
      ASSERT_EQ(scores.num_rows, expected["logits"].size());
      for (std::size_t r = 0; r < scores.num_rows; ++r) {
        ASSERT_EQ(expected["logits"][r].size(), width);
        for (std::size_t c = 0; c < width; ++c) {
          const double wanted = expected["logits"][r][c].get<double>();
          EXPECT_NEAR(scores.logits[r * width + c], wanted, 1e-6 + 1e-5 * std::abs(wanted))
              << "row " << r << " logit " << c;
        }
      }
    }
  }
  EXPECT_GE(models, 6);
}

TEST(FrozenModels, DISABLED_WriteFiles) {
  const std::tuple<const char*, const char*, std::optional<NumberForm>> files[] = {
      {"v1/binary", "binary", std::nullopt},      {"v1/multiclass", "multiclass", std::nullopt},
      {"v1/regression", "regression", std::nullopt}, {"v2/fp32", "binary", NumberForm::kF32},
      {"v2/bf16", "multiclass", NumberForm::kBf16},  {"v2/int8", "regression", NumberForm::kInt8}};
  for (const auto& [name, task, pack] : files) {
    const std::string base = std::string(THALWEG_TESTDATA) + "/bundles/" + name;
    if (fs::exists(base + ".thalweg")) continue;
    const ModelSpec spec = EveryColumn(task, pack ? 8 : 3);
    const auto model = WideDeepModel::Create(spec);
    ASSERT_TRUE(model.ok()) << model.status().message();
    BundleContents contents;
    contents.spec = &spec;
    contents.provenance = {{"rows", "0"}, {"seed", "1"}, {"version", "0.1.0"}};
    for (Parameter* parameter : (*model)->parameters()) {
      // As if trained: none zero, variances positive.
      for (std::size_t i = 0; i < parameter->storage.size(); ++i) {
        float& weight = parameter->storage.data()[i];
        weight += static_cast<float>(static_cast<int>(i * 7919 % 13) - 5) * 0.03f;
        if (parameter->name.ends_with("moving_variance")) weight = 0.5f + std::abs(weight);
        // As if L1 had kept three rows of eight.
        if (pack && parameter->table && i / parameter->storage.cols() % 8 > 2) weight = 0;
      }
      contents.tensors.push_back({parameter->name, parameter->shape, parameter->storage.span()});
      if (parameter->table) contents.tensors.back().pack = pack;
    }
    const Status written = WriteBundle(base + ".thalweg", contents);
    ASSERT_TRUE(written.ok()) << written.message();
    const auto predictor = Predictor::Open(base + ".thalweg");
    ASSERT_TRUE(predictor.ok()) << predictor.status().message();
    Json expected = {{"rows", RowsToScore()}, {"logits", Json::array()}};
    Predictions scores;
    const Status scored = predictor->Predict(BatchOf(*predictor, expected["rows"]), &scores);
    ASSERT_TRUE(scored.ok()) << scored.message();
    for (std::size_t r = 0; r < scores.num_rows; ++r) {
      Json logits = Json::array();
      for (std::size_t c = 0; c < scores.num_logits; ++c)
        logits.push_back(AsPrinted(scores.logits[r * scores.num_logits + c]));
      expected["logits"].push_back(std::move(logits));
    }
    std::ofstream(base + ".json") << FormatJson(expected, 1) << "\n";
  }
}

}  // namespace
}  // namespace thalweg
