#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(F1, IsTheHarmonicMeanOfPrecisionAndRecall) {
  TestRows rows = NewRows("multiclass");
  rows.Add({5, 0, 0, 0}, 0);
  rows.Add({5, 0, 0, 0}, 1);
  rows.Add({0, 5, 0, 0}, 0);
  rows.Add({0, 0, 5, 0}, 0);
  EXPECT_DOUBLE_EQ(ValueOf(rows, "f1/a"), 2 * (1.0 / 2) * (1.0 / 3) / (1.0 / 2 + 1.0 / 3));
  EXPECT_EQ(ValueOf(rows, "f1/b"), 0);
  EXPECT_TRUE(std::isnan(ValueOf(rows, "f1/d")));
}

}  // namespace
}  // namespace thalweg
