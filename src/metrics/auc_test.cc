#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(Auc, IsTheShareOfPairsInTheRightOrder) {
  // Pairs (1, 0): .9 beats both, .4 beats .1 only: 3 of 4.
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.9, 0.4, 0.6, 0.1}, {1, 1, 0, 0}), "auc"), 0.75);
}

TEST(Auc, CountsTiesHalf) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.5, 0.5, 0.5}, {1, 0, 0}), "auc"), 0.5);
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.5, 0.5, 0.2}, {1, 0, 0}), "auc"), 0.75);
}

TEST(Auc, WeighsPairsByBothRows) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.9, 0.6, 0.4}, {1, 0, 1}, {3, 2, 1}), "auc"), 6.0 / 8.0);
}

TEST(Auc, OfOneClassIsNotDefined) {
  EXPECT_TRUE(std::isnan(ValueOf(BinaryRows({0.5, 0.9}, {1, 1}), "auc")));
  EXPECT_TRUE(std::isnan(ValueOf(BinaryRows({0.5, 0.9}, {0, 0}), "auc")));
}

TEST(Auc, OfAScoreThatIsNotANumberIsNotDefined) {
  TestRows rows = BinaryRows({0.5, 0.9, 0.1}, {1, 0, 1});
  rows.scores.probabilities[1] = NAN;
  EXPECT_TRUE(std::isnan(ValueOf(rows, "auc")));
}

}  // namespace
}  // namespace thalweg
