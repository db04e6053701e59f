#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(Mae, IsTheMeanDistance) {
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({1, 9}, {4, 4}), "mae"), 4);
  EXPECT_DOUBLE_EQ(ValueOf(RegressionRows({1, 9}, {4, 4}, {1, 3}), "mae"), 4.5);
}

}  // namespace
}  // namespace thalweg
