#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(LabelMean, IsTheMeanByWeight) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.8, 0.6}, {1, 0}, {3, 1}), "label_mean"), 0.75);
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({0, 0}, {3, 5}), "label_mean"), 4);
}

}  // namespace
}  // namespace thalweg
