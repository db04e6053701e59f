#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(PredictionMean, IsTheMeanByWeight) {
  EXPECT_NEAR(ValueOf(BinaryRows({0.8, 0.4}, {1, 0}, {3, 1}), "prediction_mean"), 0.7, 1e-7);
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({3, 5}, {0, 0}), "prediction_mean"), 4);
}

}  // namespace
}  // namespace thalweg
