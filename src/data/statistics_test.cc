#include "data/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/hash.h"
#include "base/random.h"

namespace thalweg {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// ---- QuantileSketch

TEST(QuantileSketch, IsExactForFewValues) {
  QuantileSketch sketch;
  for (int i = 4096; i >= 1; --i) sketch.Add(i);
  EXPECT_EQ(sketch.count(), 4096u);
  EXPECT_EQ(sketch.Quantile(0), 1);
  EXPECT_EQ(sketch.Quantile(0.5), 2049);
  EXPECT_EQ(sketch.Quantile(1), 4096);
}

TEST(QuantileSketch, CutsAtQuantilesWithoutEmptyBuckets) {
  QuantileSketch sketch;
  for (double value : {0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 4.0}) sketch.Add(value);
  EXPECT_THAT(sketch.Boundaries(2), ElementsAre(1.0));
  EXPECT_THAT(sketch.Boundaries(10), ElementsAre(1.0, 2.0, 3.0, 4.0));
  EXPECT_TRUE(sketch.Boundaries(1).empty());
}

TEST(QuantileSketch, HasNoCutForAConstantOrForNothing) {
  QuantileSketch sketch;
  EXPECT_TRUE(std::isnan(sketch.Quantile(0.5)));
  EXPECT_TRUE(sketch.Boundaries(4).empty());
  for (int i = 0; i < 10; ++i) sketch.Add(7);
  EXPECT_TRUE(sketch.Boundaries(4).empty());
}

TEST(QuantileSketch, LeavesOutNaN) {
  QuantileSketch sketch;
  sketch.Add(std::nan(""));
  sketch.Add(1);
  EXPECT_EQ(sketch.count(), 1u);
  EXPECT_EQ(sketch.Quantile(1), 1);
}

// The largest distance in rank, as a share of all, over many quantiles of the values 0 … n - 1.
double WorstRankError(const QuantileSketch& sketch, double n) {
  double worst = 0;
  for (int i = 0; i <= 200; ++i) worst = std::max(worst, std::abs(sketch.Quantile(i / 200.0) / n - i / 200.0));
  return worst;
}

TEST(QuantileSketch, StaysWithinItsRankErrorInAnyOrder) {
  constexpr int kRows = 300'000;
  std::vector<int> shuffled(kRows);
  for (int i = 0; i < kRows; ++i) shuffled[static_cast<std::size_t>(i)] = i;
  Random random(1, 2);
  for (std::size_t i = kRows; i > 1; --i) std::swap(shuffled[i - 1], shuffled[random.Below(i)]);
  QuantileSketch rising, falling, mixed;
  for (int i = 0; i < kRows; ++i) {
    rising.Add(i);
    falling.Add(kRows - 1 - i);
    mixed.Add(shuffled[static_cast<std::size_t>(i)]);
  }
  for (const QuantileSketch* sketch : {&rising, &falling, &mixed}) EXPECT_LT(WorstRankError(*sketch, kRows), 0.005);
}

TEST(QuantileSketch, MergedStaysWithinItsRankError) {
  QuantileSketch whole;
  for (int part = 0; part < 20; ++part) {
    QuantileSketch sketch;
    for (int i = 0; i < 10'000; ++i) sketch.Add(part * 10'000 + i);
    whole.Merge(sketch);
  }
  EXPECT_EQ(whole.count(), 200'000u);
  EXPECT_LT(WorstRankError(whole, 200'000), 0.005);
}

// ---- DistinctCounter

TEST(DistinctCounter, CountsExactlyWhileThereIsRoom) {
  DistinctCounter counter;
  for (const char* text : {"b", "a", "", "b", "a longer text than the others", "b", "a"}) counter.Add(text);
  EXPECT_TRUE(counter.exact());
  EXPECT_EQ(counter.distinct(), 4);
  EXPECT_EQ(counter.error(), 0u);
  EXPECT_THAT(counter.MostCommon(3), ElementsAre(Pair("b", 3u), Pair("a", 2u), Pair("", 1u)));
  EXPECT_EQ(counter.MostCommon(100).size(), 4u);
}

TEST(DistinctCounter, HoldsItsCapacityExactly) {
  DistinctCounter counter;
  for (int i = 0; i < 1 << 17; ++i) counter.Add(std::to_string(i));
  EXPECT_TRUE(counter.exact());
  EXPECT_EQ(counter.distinct(), 1 << 17);
  counter.Add("one more");
  EXPECT_FALSE(counter.exact());
  EXPECT_NEAR(counter.distinct(), 1 << 17, 0.03 * (1 << 17));
}

TEST(DistinctCounter, KeepsTheCommonestWithinItsErrorBound) {
  DistinctCounter counter(1000);
  std::map<std::string, std::uint64_t> truth;
  Random random(1, 1);
  constexpr std::uint64_t kAdds = 100'000;
  for (std::uint64_t i = 0; i < kAdds; ++i) {
    // Half of the texts are new ones, the others of a few.
    const std::string text = i % 2 == 0 ? "rare " + std::to_string(i) : "common " + std::to_string(random.Below(10));
    counter.Add(text);
    ++truth[text];
  }
  EXPECT_FALSE(counter.exact());
  EXPECT_LE(counter.error(), 2 * kAdds / 1000);
  const auto common = counter.MostCommon(10);
  ASSERT_EQ(common.size(), 10u);
  for (const auto& [text, count] : common) {
    EXPECT_TRUE(text.starts_with("common")) << text;
    EXPECT_LE(count, truth[text]);
    EXPECT_GE(count + counter.error(), truth[text]);
  }
  EXPECT_NEAR(counter.distinct(), static_cast<double>(truth.size()), 0.03 * static_cast<double>(truth.size()));
}

TEST(DistinctCounter, CountsLongTextsButDoesNotKeepThem) {
  DistinctCounter counter;
  const std::string longest(DistinctCounter::kMaxText, 'x');
  counter.Add(longest);
  for (int i = 0; i < 3; ++i) counter.Add(longest + "y");
  counter.Add(longest + "z");
  EXPECT_EQ(counter.distinct(), 3);
  EXPECT_THAT(counter.MostCommon(10), ElementsAre(Pair(longest, 1u)));
}

TEST(DistinctCounter, GivesTheSameForHalvesMergedAsForTheWhole) {
  DistinctCounter whole, left, right;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = i % 7 == 0 ? std::string(300, static_cast<char>('a' + i % 20)) : std::to_string(i % 900);
    whole.Add(text);
    (i < 2000 ? left : right).Add(text);
  }
  left.Merge(right);
  EXPECT_EQ(left.distinct(), whole.distinct());
  EXPECT_EQ(left.MostCommon(10'000), whole.MostCommon(10'000));
}

TEST(DistinctCounter, MergedPastItsCapacityKeepsBoundAndEstimate) {
  DistinctCounter left(500), right(500);
  for (int i = 0; i < 4000; ++i) {
    left.Add("l" + std::to_string(i));
    right.Add("r" + std::to_string(i));
    left.Add("both");
    right.Add("both");
  }
  left.Merge(right);
  EXPECT_NEAR(left.distinct(), 8001, 0.04 * 8001);
  const auto common = left.MostCommon(1);
  ASSERT_EQ(common[0].first, "both");
  EXPECT_LE(common[0].second, 8000u);
  EXPECT_GE(common[0].second + left.error(), 8000u);
}

TEST(DistinctCounter, AddsManyAtOnceAsOneByOne) {
  DistinctCounter one(300), many(300);
  std::vector<std::string> texts;
  for (int i = 0; i < 2000; ++i) texts.push_back(std::to_string(i * i % 701));
  std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<std::uint64_t> hashes;
  for (const std::string& text : texts) {
    one.Add(text);
    hashes.push_back(Fingerprint64(text));
  }
  many.AddEach(views, hashes);
  EXPECT_EQ(one.MostCommon(1000), many.MostCommon(1000));
}

// ---- FieldStatistics

FieldStatistics StatisticsOf(const std::vector<std::string>& cells) {
  FieldStatistics statistics;
  for (const std::string& cell : cells) {
    const std::string_view text = cell;
    statistics.AddRow({&text, 1});
  }
  return statistics;
}

TEST(FieldStatistics, TellsNumbersIntegersAndWordsApart) {
  const FieldStatistics s = StatisticsOf({"1", "-2", "2.5", "1e3", "007", "?", "NA", "?", "12a", "1e999", "1e300", ""});
  EXPECT_EQ(s.rows, 12u);
  EXPECT_EQ(s.values, 12u);
  EXPECT_EQ(s.numbers, 5u);
  EXPECT_EQ(s.integers, 3u);
  EXPECT_EQ(s.leading_zeros, 1u);
  EXPECT_EQ(s.min, -2);
  EXPECT_EQ(s.max, 1000);
  EXPECT_THAT(s.words, ElementsAre(Pair("", 1u), Pair("12a", 1u), Pair("1e300", 1u), Pair("1e999", 1u), Pair("?", 2u),
                                   Pair("NA", 1u)));
  EXPECT_EQ(s.distinct.distinct(), 11);
}

TEST(FieldStatistics, HasMeanAndDeviationOfNumbersFarFromZero) {
  const FieldStatistics s = StatisticsOf({"1000000001", "1000000002", "1000000003", "1000000004"});
  EXPECT_EQ(s.mean(), 1000000002.5);
  EXPECT_NEAR(s.stddev(), std::sqrt(1.25), 1e-9);
  EXPECT_EQ(StatisticsOf({"3"}).stddev(), 0);
}

TEST(FieldStatistics, SumsLogarithmsOfWhatIsNotNegative) {
  const FieldStatistics s = StatisticsOf({"-5", "0", "1"});
  EXPECT_DOUBLE_EQ(s.log_sum, std::log(2.0));
  EXPECT_DOUBLE_EQ(s.log_sum_squares, std::log(2.0) * std::log(2.0));
}

TEST(FieldStatistics, CountsMissingRowsAndListsOfValues) {
  FieldStatistics s;
  const std::vector<std::string_view> list = {"a", "b", "1"};
  s.AddRow(list);
  s.AddRow({});
  s.AddMissingRow();
  EXPECT_EQ(s.rows, 3u);
  EXPECT_EQ(s.missing, 2u);
  EXPECT_EQ(s.values, 3u);
  EXPECT_EQ(s.max_per_row, 3u);
}

TEST(FieldStatistics, KeepsAFewWordsOnly) {
  FieldStatistics s;
  for (int i = 0; i < 200; ++i) {
    for (int again = 0; again < 2; ++again) {
      const std::string word = "word " + std::to_string(i);
      const std::string_view text = word;
      s.AddRow({&text, 1});
    }
  }
  EXPECT_EQ(s.words.size(), 64u);
  EXPECT_EQ(s.words["word 63"], 2u);
  EXPECT_EQ(s.other_words, 2 * 136u);
}

void ExpectEqual(const FieldStatistics& a, const FieldStatistics& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.missing, b.missing);
  EXPECT_EQ(a.values, b.values);
  EXPECT_EQ(a.max_per_row, b.max_per_row);
  EXPECT_EQ(a.numbers, b.numbers);
  EXPECT_EQ(a.integers, b.integers);
  EXPECT_EQ(a.leading_zeros, b.leading_zeros);
  EXPECT_EQ(a.min, b.min);
  EXPECT_EQ(a.max, b.max);
  EXPECT_EQ(a.words, b.words);
  EXPECT_EQ(a.other_words, b.other_words);
  EXPECT_NEAR(a.mean(), b.mean(), 1e-12 * std::abs(b.mean()));
  EXPECT_NEAR(a.stddev(), b.stddev(), 1e-12 * b.stddev());
  EXPECT_NEAR(a.log_sum, b.log_sum, 1e-12 * b.log_sum);
  EXPECT_EQ(a.quantiles.Boundaries(20), b.quantiles.Boundaries(20));
  EXPECT_EQ(a.distinct.MostCommon(10'000), b.distinct.MostCommon(10'000));
}

TEST(FieldStatistics, GivesTheSameForHalvesMergedAsForTheWholeAndForWholeColumns) {
  std::vector<std::string> cells;
  for (int i = 0; i < 3000; ++i) {
    cells.push_back(i % 11 == 0 ? "w" + std::to_string(i % 50) : std::to_string(1e6 + i * 0.25));
  }
  FieldStatistics whole, left, right, column;
  std::vector<std::string_view> texts(cells.begin(), cells.end());
  for (std::size_t i = 0; i < texts.size(); i += 13) texts[i] = std::string_view();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (FieldStatistics* s : {&whole, i < 1000 ? &left : &right}) {
      texts[i].data() == nullptr ? s->AddMissingRow() : s->AddRow({&texts[i], 1});
    }
  }
  column.AddTexts(texts);
  ExpectEqual(column, whole);
  left.Merge(right);
  ExpectEqual(left, whole);
  FieldStatistics empty;
  empty.Merge(whole);
  ExpectEqual(empty, whole);
}

TEST(FieldStatistics, StaysRightAfterBeingMoved) {
  FieldStatistics first = StatisticsOf({"a"});
  FieldStatistics second = std::move(first);
  const std::string_view text = "a";
  second.AddRow({&text, 1});
  EXPECT_THAT(second.words, ElementsAre(Pair("a", 2u)));
}

}  // namespace
}  // namespace thalweg
