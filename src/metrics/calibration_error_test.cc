#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(CalibrationError, OfScoresThatTellTheTruthIsZero) {
  EXPECT_NEAR(ValueOf(BinaryRows({0.5, 0.5, 0.5, 0.5}, {1, 0, 1, 0}), "calibration_error"), 0, 1e-12);
}

TEST(CalibrationError, OfOneScoreIsItsDistanceFromTheLabelMean) {
  EXPECT_NEAR(ValueOf(BinaryRows({0.75, 0.75, 0.75, 0.75}, {1, 0, 0, 0}), "calibration_error"), 0.5, 1e-12);
}

TEST(CalibrationError, CutsTenBinsOfEqualMass) {
  // Ten rows, each its own bin.
  std::vector<double> scores;
  std::vector<float> label;
  double expected = 0;
  for (int i = 0; i < 10; ++i) {
    scores.push_back(0.05 + 0.1 * i);
    label.push_back(i % 2 == 0 ? 0 : 1);
    expected += std::abs(label.back() - scores.back()) / 10;
  }
  EXPECT_NEAR(ValueOf(BinaryRows(scores, label), "calibration_error"), expected, 1e-6);
  // Twenty rows, neighbours in one bin: errors of a bin cancel.
  std::vector<double> pairs;
  std::vector<float> pair_labels;
  for (int i = 0; i < 10; ++i) {
    pairs.insert(pairs.end(), {0.5 + 0.001 * i, 0.5 + 0.001 * i + 0.0001});
    pair_labels.insert(pair_labels.end(), {0, 1});
  }
  EXPECT_LT(ValueOf(BinaryRows(pairs, pair_labels), "calibration_error"), 0.01);
}

TEST(CalibrationError, DoesNotDependOnTheOrderOfEqualScores) {
  const double one = ValueOf(BinaryRows({0.3, 0.3, 0.3, 0.8}, {1, 0, 0, 1}), "calibration_error");
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.3, 0.8, 0.3, 0.3}, {0, 1, 0, 1}), "calibration_error"), one);
}

}  // namespace
}  // namespace thalweg
