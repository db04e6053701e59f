#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace thalweg {
namespace {

// The known answers that come with the authors' library.
TEST(Random, GivesTheKnownAnswersOfPhilox) {
  using Words = std::array<std::uint32_t, 4>;
  EXPECT_EQ(Philox(0, 0, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox(~0ull, ~0ull, ~0ull), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, ARunIsWhatItsNumbersAreOneByOne) {
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{0xfffffff8}, ~std::uint64_t{20}}) {
    std::vector<std::uint32_t> words(4 * 37);
    PhiloxRun(7, 11, first, words);
    for (std::size_t i = 0; i < 37; ++i) {
      const auto alone = Philox(7, 11, first + i);
      ASSERT_TRUE(std::equal(alone.begin(), alone.end(), words.begin() + static_cast<std::ptrdiff_t>(4 * i))) << i;
    }
  }
}

TEST(Random, StreamsAndSeedsDiffer) {
  EXPECT_NE(Random(1, StreamOf("shuffle")).Bits(), Random(1, StreamOf("dropout/0")).Bits());
  EXPECT_NE(Random(1, StreamOf("shuffle")).Bits(), Random(2, StreamOf("shuffle")).Bits());
  EXPECT_EQ(Random(1, StreamOf("shuffle")).Bits(), Random(1, StreamOf("shuffle")).Bits());
}

TEST(Random, NormalHasMeanZeroAndDeviationOne) {
  Random random(7, 1);
  double sum = 0, squares = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.Normal();
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.015);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
}

TEST(Random, BelowReachesEveryValueEquallyOften) {
  Random random(7, 2);
  int counts[6] = {};
  for (int i = 0; i < 60000; ++i) ++counts[random.Below(6)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 400);
  EXPECT_EQ(random.Below(1), 0u);
  EXPECT_EQ(random.Below(0), 0u);
  for (int i = 0; i < 1000; ++i) ASSERT_LT(random.Below((1ull << 63) + 1), (1ull << 63) + 1);
}

TEST(Random, UniformStaysBelowOne) {
  Random random(7, 3);
  for (int i = 0; i < 10000; ++i) {
    const double x = random.Uniform();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
  }
}

}  // namespace
}  // namespace thalweg
