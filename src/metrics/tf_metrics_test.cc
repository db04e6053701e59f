#include "metrics/tf_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thalweg {
namespace {

// Six rows, their weights; what is expected was printed by TensorFlow 2.15.
struct Rows {
  std::vector<float> p = {0.9f, 0.8f, 0.45f, 0.5f, 0.2f, 0.7f};
  std::vector<float> label = {1, 1, 1, 0, 0, 0};
  std::vector<float> weight = {1, 2, 1, 0.5f, 1, 3};
  ThresholdCounts Counts() const {
    ThresholdCounts counts;
    for (std::size_t i = 0; i < p.size(); ++i) counts.Add(p[i], label[i] != 0, weight[i]);
    return counts;
  }
  Predictions Scores() const {
    Predictions scores;
    scores.num_rows = p.size();
    for (const float one : p) {
      scores.probabilities.insert(scores.probabilities.end(), {1 - one, one});
      scores.class_ids.push_back(one > 0.5f ? 1 : 0);
    }
    return scores;
  }
};

TEST(TensorFlowAreas, AreThoseOfBothVersions) {
  const ThresholdCounts counts = Rows().Counts();
  EXPECT_NEAR(counts.RocArea(), 0.805555522441864, 1e-6);
  EXPECT_NEAR(counts.PrecisionRecallArea(), 0.8747867941856384, 1e-6);
  EXPECT_NEAR(counts.RocAreaV1(), 0.8055554032325745, 1e-6);
  EXPECT_NEAR(counts.PrecisionRecallAreaV1(), 0.8743587732315063, 1e-6);
}

TEST(TensorFlowAreas, OfOneClassAreZero) {
  ThresholdCounts counts;
  counts.Add(0.3f, true, 1);
  EXPECT_EQ(counts.RocArea(), 0);
  EXPECT_EQ(ThresholdCounts().PrecisionRecallArea(), 0);
}

TEST(TensorFlowMetrics, OfABinaryHeadHaveItsKeys) {
  const Rows rows;
  TfMetrics metrics({.task = "binary", .thresholds = {0.5, 0.25}});
  metrics.AddRows(rows.Scores(), rows.label, rows.weight);
  metrics.AddBatch(2, 3, 4);
  metrics.AddBatch(1, 1, 4);
  const auto values = metrics.Values();
  std::vector<std::string> keys;
  for (const auto& [key, value] : values) keys.push_back(key);
  EXPECT_THAT(keys, testing::ElementsAre("accuracy", "accuracy/positive_threshold_0.25", "accuracy/positive_threshold_0.5",
                                         "accuracy_baseline", "auc", "auc_precision_recall", "average_loss", "label/mean",
                                         "loss", "precision", "precision/positive_threshold_0.25",
                                         "precision/positive_threshold_0.5", "prediction/mean", "recall",
                                         "recall/positive_threshold_0.25", "recall/positive_threshold_0.5"));
  EXPECT_EQ(values.at("loss"), 1.5);
  EXPECT_EQ(values.at("average_loss"), 0.5);
  EXPECT_NEAR(values.at("accuracy"), 4.5 / 8.5, 1e-12);
  EXPECT_NEAR(values.at("accuracy/positive_threshold_0.5"), 4.5 / 8.5, 1e-12);
  EXPECT_NEAR(values.at("accuracy_baseline"), 4.5 / 8.5, 1e-12);
  EXPECT_NEAR(values.at("precision"), 0.5, 1e-12);
  EXPECT_NEAR(values.at("recall"), 0.75, 1e-12);
}

TEST(TensorFlowMetrics, AScoreEqualToTheThresholdCountsInVersion1sAccuracyAlone) {
  Predictions one;
  one.num_rows = 1;
  one.probabilities = {0.5f, 0.5f};
  one.class_ids = {0};
  for (const bool v1 : {false, true}) {
    TfMetrics metrics({.task = "binary", .version_1 = v1, .thresholds = {0.5}});
    metrics.AddRows(one, std::vector<float>{1}, {});
    EXPECT_EQ(metrics.Values().at("accuracy/positive_threshold_0.5"), v1 ? 1 : 0);
    EXPECT_EQ(metrics.Values().at("recall/positive_threshold_0.5"), 0);
  }
}

TEST(TensorFlowMetrics, OfSeveralLabelsAreOverAllOfThem) {
  Predictions scores;
  scores.num_rows = 2;
  scores.probabilities = {0.9f, 0.1f, 0.6f, 0.7f};
  TfMetrics metrics({.task = "multilabel", .label_width = 2, .classes = {{1, "class1"}}});
  metrics.AddRows(scores, std::vector<float>{1, 0, 0, 1}, std::vector<float>{1, 3});
  const auto values = metrics.Values();
  EXPECT_NEAR(values.at("probability_mean/class1"), (0.1 + 3 * 0.7) / 4, 1e-7);
  EXPECT_NEAR(values.at("auc/class1"), 1, 1e-12);
  EXPECT_NEAR(values.at("auc"), 1, 1e-12);
  EXPECT_EQ(values.count("label/mean"), 0u);
}

}  // namespace
}  // namespace thalweg
