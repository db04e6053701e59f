#include "metrics/metric_testing.h"

namespace thalweg {
namespace {

TEST(AucPrecisionRecall, IsTheAveragePrecision) {
  // Highest first: 1, 0, 1, 0: precision 1 at recall 1/2, 2/3 at recall 1.
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.9, 0.7, 0.5, 0.2}, {1, 0, 1, 0}), "auc_precision_recall"), 0.5 + 0.5 * 2 / 3);
}

TEST(AucPrecisionRecall, TakesTiesTogether) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.5, 0.5, 0.5, 0.5}, {1, 0, 0, 0}), "auc_precision_recall"), 0.25);
}

TEST(AucPrecisionRecall, WeighsRows) {
  EXPECT_DOUBLE_EQ(ValueOf(BinaryRows({0.9, 0.7}, {0, 1}, {1, 3}), "auc_precision_recall"), 0.75);
}

TEST(AucPrecisionRecall, OfOneClassIsNotDefined) {
  EXPECT_TRUE(std::isnan(ValueOf(BinaryRows({0.5}, {1}), "auc_precision_recall")));
  EXPECT_TRUE(std::isnan(ValueOf(BinaryRows({0.5}, {0}), "auc_precision_recall")));
}

}  // namespace
}  // namespace thalweg
