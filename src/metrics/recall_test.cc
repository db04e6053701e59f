#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(Recall, IsTheShareOfAClassThatWasFound) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.8, 0.6, 0.7, 0.2}, {1, 0, 1, 1}), "recall"), 2.0 / 3);
  EXPECT_TRUE(std::isnan(ValueOf(BinaryRows({0.8}, {0}), "recall")));
}

TEST(Recall, OfEachClassHasItsName) {
  TestRows rows = NewRows("multiclass");
  rows.Add({5, 0, 0, 0}, 0);
  rows.Add({0, 5, 0, 0}, 0, 3);
  EXPECT_DOUBLE_EQ(ValueOf(rows, "recall/a"), 0.25);
  EXPECT_TRUE(std::isnan(ValueOf(rows, "recall/d")));
}

}  // namespace
}  // namespace thalweg
