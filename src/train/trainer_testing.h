// A small click log and a model of it, for the tests of this room.
#ifndef THALWEG_TRAIN_TRAINER_TESTING_H_
#define THALWEG_TRAIN_TRAINER_TESTING_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "columns/feature_plan.h"
#include "thalweg/thalweg.h"

namespace thalweg {

// 16 rows a batch; both parts, an embedding of a list, a shuffle window.
inline ModelSpec SmallSpec() {
  ModelSpec spec;
  spec.task = "binary";
  spec.label = {"y", {"no", "yes"}, "yes"};
  FieldSpec tags_field;
  tags_field.name = "tags";
  tags_field.many = true;
  spec.fields.push_back(tags_field);
  spec.columns = {HashBucketColumn("shop", 20), EmbeddingColumn("shop", 4), HashBucketColumn("tags", 11),
                  EmbeddingColumn("tags", 3),
                  NumericColumn("x")};
  spec.wide.columns = {"shop", "tags"};
  spec.wide.optimizer = {"ftrl", {{"learning_rate", 0.1}}};
  spec.deep.columns = {"shop_embedding", "tags_embedding", "x"};
  spec.deep.hidden_units = {8, 4};
  spec.deep.optimizer = {"adagrad", {{"learning_rate", 0.05}}};
  spec.training.batch_size = 16;
  spec.training.passes = 3;
  spec.training.shuffle_rows = 40;
  spec.training.seed = 5;
  return spec;
}

// Everything at once that could make two runs differ.
inline ModelSpec FullSpec() {
  ModelSpec spec = SmallSpec();
  spec.deep.dropout = 0.2;
  spec.deep.batch_norm = true;
  spec.training.clip_norm = 0.4;
  return spec;
}

struct RowsOptions {
  std::size_t rows = 200;
  std::uint64_t stream = 1;                              // other rows of the same kind
  std::function<float(std::size_t row)> weight = {};          // none: no weights
  std::function<float(std::size_t row, float)> label = {};    // changes labels
  std::function<double(std::size_t row, double)> x = {};      // changes x
};

inline std::unique_ptr<ExampleSource> Rows(const ModelSpec& spec, const RowsOptions& options = {}) {
  Result<FeaturePlan> plan = FeaturePlan::Create(spec);
  EXPECT_TRUE(plan.ok()) << plan.status().message();
  ExampleBuilder rows(plan->schema());
  Random random(17, options.stream);
  for (std::size_t row = 0; row < options.rows; ++row) {
    const std::uint64_t shop = random.Below(12);
    double x = random.Normal();
    bool sale = false;
    for (std::uint64_t i = random.Below(3); i > 0; --i) {
      const std::uint64_t tag = random.Below(5);
      sale |= tag == 0;
      EXPECT_TRUE(rows.Text("tags", "t" + std::to_string(tag)).ok());
    }
    const double z = x + (shop % 3 == 0 ? 2 : -1) + (sale ? 1 : 0) + random.Normal() * 0.3;
    if (options.x) x = options.x(row, x);
    EXPECT_TRUE(rows.Text("shop", "s" + std::to_string(shop)).ok());
    EXPECT_TRUE(rows.Number("x", x).ok());
    const float label = z > 0 ? 1.0f : 0.0f;
    rows.Label(options.label ? options.label(row, label) : label);
    if (options.weight) rows.Weight(options.weight(row));
    rows.EndRow();
  }
  return SourceOf(rows.Take());
}

// A folder of this test alone, gone at its end.
class TrainingFolder : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("thalweg_") + test->test_suite_name() + "_" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string In(const std::string& name) const { return (folder_ / name).string(); }

  static std::string Bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::vector<std::string> Files(const std::string& folder) {
    std::vector<std::string> names;
    if (!std::filesystem::exists(folder)) return names;
    for (const auto& file : std::filesystem::directory_iterator(folder)) names.push_back(file.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  std::filesystem::path folder_;
};

// Trains; a trainer that cannot be made is the training's error.
inline Result<TrainReport> TrainOn(const ModelSpec& spec, const RunOptions& run, ExampleSource& train,
                                   ExampleSource* valid = nullptr,
                                   std::map<std::string, std::vector<float>>* weights = nullptr) {
  THALWEG_ASSIGN_OR_RETURN(Trainer trainer, Trainer::Create(spec, run));
  THALWEG_ASSIGN_OR_RETURN(const TrainReport report, trainer.Train(train, valid));
  if (weights != nullptr) {
    for (const std::string& name : trainer.ParameterNames()) (*weights)[name] = *trainer.GetParameter(name);
  }
  return report;
}

}  // namespace thalweg

#endif  // THALWEG_TRAIN_TRAINER_TESTING_H_
