#include "metrics/bootstrap.h"

#include <gtest/gtest.h>

#include <vector>

namespace thalweg {
namespace {

TEST(Bootstrap, DrawsCountsOfMeanAndVarianceOne) {
  double sum = 0, squares = 0;
  constexpr int kRows = 20'000;
  std::vector<double> counts(11);
  for (int row = 0; row < kRows; ++row) {
    CountsOfRow(1, static_cast<std::uint64_t>(row), counts);
    ASSERT_EQ(counts[0], 1);
    for (std::size_t s = 1; s < counts.size(); ++s) {
      sum += counts[s];
      squares += (counts[s] - 1) * (counts[s] - 1);
    }
  }
  EXPECT_NEAR(sum / kRows / 10, 1, 0.01);
  EXPECT_NEAR(squares / kRows / 10, 1, 0.02);
}

TEST(Bootstrap, DrawsTheSameHoweverManyResamplesThereAre) {
  std::vector<double> few(4), many(100), other_seed(100);
  CountsOfRow(7, 123, few);
  CountsOfRow(7, 123, many);
  CountsOfRow(8, 123, other_seed);
  EXPECT_EQ(std::vector<double>(many.begin(), many.begin() + 4), few);
  EXPECT_NE(many, other_seed);
}

}  // namespace
}  // namespace thalweg
