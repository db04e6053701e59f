#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(Rmse, IsTheRootOfTheMeanSquare) {
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({1, 2}, {4, 6}), "rmse"), std::sqrt(12.5));
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({1, 2}, {4, 6}, {1, 0}), "rmse"), 3);
}

}  // namespace
}  // namespace thalweg
