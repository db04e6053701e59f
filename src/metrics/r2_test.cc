#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(R2, IsTheShareOfVarianceExplained) {
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({1, 2, 3}, {1, 2, 3}), "r2"), 1);
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({2, 2, 2}, {1, 2, 3}), "r2"), 0);
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({1, 2, 5}, {1, 2, 3}), "r2"), -1);
}

TEST(R2, OfAConstantLabelIsNotDefined) {
  EXPECT_TRUE(std::isnan(ValueOf(RegressionRows({0.1f, 0.2f, 0.3f}, {0.1f, 0.1f, 0.1f}), "r2")));
}

TEST(R2, KeepsDigitsOfLabelsFarFromZero) {
  EXPECT_NEAR(ValueOf(RegressionRows({1e7f, 1e7f + 1, 1e7f + 2}, {1e7f + 1, 1e7f + 1, 1e7f + 2}), "r2"), -0.5, 1e-9);
}

}  // namespace
}  // namespace thalweg
