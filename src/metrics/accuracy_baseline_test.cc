#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(AccuracyBaseline, IsTheShareOfTheMoreFrequentClass) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.8, 0.6, 0.3, 0.2}, {1, 0, 0, 0}), "accuracy_baseline"), 0.75);
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.8, 0.6}, {1, 0}, {9, 1}), "accuracy_baseline"), 0.9);
}

}  // namespace
}  // namespace thalweg
