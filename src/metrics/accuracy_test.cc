#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(Accuracy, IsTheShareOfRightRows) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.8, 0.6, 0.3, 0.2}, {1, 0, 0, 0}), "accuracy"), 0.75);
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.8, 0.6}, {1, 0}, {3, 1}), "accuracy"), 0.75);
}

TEST(Accuracy, OfSeveralClassesTakesTheFirstOfTheHighest) {
  TestRows rows = NewRows("multiclass");
  rows.Add({1, 1, 0, 0}, 0);
  rows.Add({1, 1, 0, 0}, 1);
  EXPECT_DOUBLE_EQ(ValueOf(rows, "accuracy"), 0.5);
  rows.scores.class_ids.clear();
  EXPECT_DOUBLE_EQ(ValueOf(rows, "accuracy"), 0.5);
}

}  // namespace
}  // namespace thalweg
