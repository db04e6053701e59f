#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/metric_set.h"

namespace thalweg {
namespace {

TEST(SeveralLabels, OfClassesAreJudgedAsYesesAndNoes) {
  MetricSet metrics = MetricSet::Create("multilabel", {"a", "b"}).value();
  Predictions scores;
  scores.num_rows = 2;
  scores.num_logits = 2;
  scores.probabilities = {0.9f, 0.2f, 0.4f, 0.7f};
  const std::vector<float> label = {1, 0, 1, 0}, weight = {1, 3};
  ASSERT_TRUE(metrics.Update(scores, label, weight).ok());
  const auto values = metrics.Values().value();
  EXPECT_DOUBLE_EQ(values.at("accuracy"), 2.0 / 8);
  EXPECT_DOUBLE_EQ(values.at("precision"), 1.0 / 4);
  EXPECT_DOUBLE_EQ(values.at("label_mean"), 0.5);
  EXPECT_EQ(metrics.rows(), 2u);
  EXPECT_EQ(metrics.weight(), 4);
}

TEST(SeveralLabels, OfNumbersAreJudgedTogetherSlicesToo) {
  MetricSet metrics = MetricSet::Create("regression", {}, {.label_width = 2}).value();
  Predictions scores;
  scores.num_rows = 2;
  scores.num_logits = 2;
  scores.predictions = {1, 2, 3, 4};
  const std::vector<float> label = {1, 4, 3, 3};
  ASSERT_TRUE(metrics.Update(scores, label, {}).ok());
  EXPECT_DOUBLE_EQ(metrics.Values()->at("mae"), 3.0 / 4);
  MetricSet second = MetricSet::Create("regression", {}, {.label_width = 2}).value();
  const std::vector<std::uint32_t> rows = {1};
  ASSERT_TRUE(second.UpdateRows(scores, label, {}, rows).ok());
  EXPECT_DOUBLE_EQ(second.Values()->at("mae"), 0.5);
  EXPECT_EQ(second.rows(), 1u);
  EXPECT_FALSE(metrics.Update(scores, std::vector<float>{1, 4}, {}).ok());
}

TEST(SeveralLabels, CountsAndSharesAreNumbers) {
  for (const char* task : {"poisson", "logistic_regression"}) {
    MetricSet metrics = MetricSet::Create(task, {}).value();
    Predictions scores;
    scores.num_rows = 1;
    scores.predictions = {0.25f};
    ASSERT_TRUE(metrics.Update(scores, std::vector<float>{0.5f}, {}).ok());
    EXPECT_DOUBLE_EQ(metrics.Values()->at("rmse"), 0.25);
  }
}

}  // namespace
}  // namespace thalweg
