#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(Precision, IsTheShareOfRightOnesAmongThosePredicted) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.8, 0.6, 0.7, 0.2}, {1, 0, 1, 1}), "precision"), 2.0 / 3);
}

TEST(Precision, WithoutAnyPredictedIsNotDefined) {
  EXPECT_TRUE(std::isnan(ValueOf(BinaryRows({0.2, 0.3}, {1, 0}), "precision")));
}

TEST(Precision, OfEachClassHasItsName) {
  TestRows rows = NewRows("multiclass");
  rows.Add({5, 0, 0, 0}, 0);
  rows.Add({5, 0, 0, 0}, 1, 3);
  rows.Add({0, 0, 5, 0}, 2);
  EXPECT_DOUBLE_EQ(ValueOf(rows, "precision/a"), 0.25);
  EXPECT_TRUE(std::isnan(ValueOf(rows, "precision/b")));
  EXPECT_DOUBLE_EQ(ValueOf(rows, "precision/c"), 1);
}

}  // namespace
}  // namespace thalweg
