#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(TopKAccuracy, IsTheShareOfLabelsAmongTheHighest) {
  TestRows rows = NewRows("multiclass");
  rows.Add({4, 3, 2, 1}, 1);
  rows.Add({4, 3, 2, 1}, 2);
  rows.Add({4, 3, 2, 1}, 0);
  rows.Add({4, 3, 2, 1}, 3);
  EXPECT_DOUBLE_EQ(ValueOf(rows, "top_2_accuracy"), 0.5);
  EXPECT_DOUBLE_EQ(ValueOf(rows, "top_3_accuracy"), 0.75);
}

TEST(TopKAccuracy, RanksEqualScoresByClass) {
  TestRows rows = NewRows("multiclass");
  rows.Add({1, 1, 1, 0}, 1);
  rows.Add({1, 1, 1, 0}, 2);
  EXPECT_DOUBLE_EQ(ValueOf(rows, "top_2_accuracy"), 0.5);
}

TEST(TopKAccuracy, NeedsMoreClassesThanK) {
  const auto values = ValuesOf(NewRows("multiclass"));
  EXPECT_EQ(values.count("top_3_accuracy"), 1u);
  EXPECT_EQ(values.count("top_4_accuracy"), 0u);
}

}  // namespace
}  // namespace thalweg
