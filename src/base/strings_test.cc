#include "base/strings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/random.h"

namespace thalweg {
namespace {

TEST(Strings, NumbersPrintShortAndWholeOnesWithoutPoint) {
  EXPECT_EQ(FormatNumber(42.0), "42");
  EXPECT_EQ(FormatNumber(100000.0), "100000");
  EXPECT_EQ(FormatNumber(-16777216.0f), "-16777216");
  EXPECT_EQ(FormatNumber(0.1), "0.1");
  EXPECT_EQ(FormatNumber(0.1f), "0.1");
  EXPECT_EQ(FormatNumber(1e300), "1e+300");
  EXPECT_EQ(FormatNumber(-0.0), "-0");
  EXPECT_EQ(FormatNumber(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(FormatNumber(std::nanf("")), "nan");
}

TEST(Strings, AnyFiniteNumberReadsBackEqual) {
  Random random(1, 1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random.Bits();
    double d;
    float f;
    std::memcpy(&d, &bits, sizeof(d));
    std::memcpy(&f, &bits, sizeof(f));
    if (!std::isfinite(d) || !std::isfinite(f)) continue;
    ASSERT_EQ(ParseNumber(FormatNumber(d)), d);
    ASSERT_EQ(static_cast<float>(ParseNumber(FormatNumber(f)).value()), f);
  }
}

TEST(Strings, ANumberIsTheWholeText) {
  EXPECT_EQ(ParseNumber("1e3"), 1000.0);
  EXPECT_EQ(ParseNumber("+.5"), 0.5);
  EXPECT_EQ(ParseNumber("-5."), -5.0);
  EXPECT_EQ(ParseNumber("1e-400"), 0.0);
  for (const char* bad : {"", " 1", "1 ", "0x10", "inf", "nan", "-inf", "1e999", "+-1", "--1", "+", "-", ".", "1,5",
                          "e5", "-nan", "1_000", "1e"}) {
    EXPECT_EQ(ParseNumber(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseNumber(std::string_view("1\0", 2)), std::nullopt);
  EXPECT_EQ(ParseInteger("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(ParseInteger("+7"), 7);
  for (const char* bad : {"", "9223372036854775808", "1.0", "+-1", " 1", "1e3"}) {
    EXPECT_EQ(ParseInteger(bad), std::nullopt) << bad;
  }
}

TEST(Strings, QuotedTextIsSafeForATerminal) {
  EXPECT_EQ(Quote("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Quote("\n\x1b[31m"), R"("\n\x1b[31m")");
  EXPECT_EQ(Quote(std::string_view("\0\xff", 2)), R"("\x00\xff")");
  EXPECT_EQ(Quote("\u202Eabc"), R"("\u202eabc")");
  EXPECT_EQ(Quote("\u009b31m"), R"("\u009b31m")");
  EXPECT_EQ(Quote("東京"), "\"東京\"");
  EXPECT_EQ(Quote("東京都", 7), "\"東京…\"");
  EXPECT_EQ(Quote("abcdef", 6), "\"abcdef\"");
}

TEST(Strings, BrokenUtf8IsSeen) {
  for (const char* good : {"", "abc", "naïve", "東京", "\U0010FFFF"}) EXPECT_TRUE(IsValidUtf8(good)) << good;
  for (const char* bad :
       {"\xff", "\xc0\x80", "\xe6\x9d", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80", "\xe0\x80\x80"}) {
    EXPECT_FALSE(IsValidUtf8(bad)) << Quote(bad);
  }
}

TEST(Strings, AMistypedNameFindsItsNeighbour) {
  const std::vector<std::string> known = {"age", "education", "occupation", "id"};
  EXPECT_EQ(Nearest("ocupation", known), "occupation");
  EXPECT_EQ(Nearest("Education", known), "education");
  EXPECT_EQ(Nearest("aeg", known), "age");
  EXPECT_EQ(Nearest("income", known), "");
  EXPECT_EQ(Nearest("xy", known), "");
  EXPECT_EQ(Nearest("", known), "");
}

TEST(Strings, AnUnknownNameIsToldWithTheKnownOnes) {
  const std::vector<std::string> known = {"age", "education", "occupation"};
  EXPECT_EQ(UnknownName("ocupation", "field", known),
            R"("ocupation" is not a field. Did you mean "occupation"? Fields: age, education, occupation)");
  EXPECT_EQ(UnknownName("x", "optimizer", std::vector<std::string>{"ftrl"}),
            R"("x" is not an optimizer. Optimizers: ftrl)");
  EXPECT_EQ(UnknownName("x", "key of the spec", std::vector<std::string>{"task"}),
            R"("x" is not a key of the spec. Keys: task)");
  EXPECT_EQ(UnknownName("x", "field", std::vector<std::string>{"a\n", ""}), R"("x" is not a field. Fields: "a\n", "")");
  std::vector<std::string> many(25, "long_name");
  EXPECT_TRUE(UnknownName("x", "family", many).ends_with(", … (5 more)"));
}

TEST(Strings, SplitGivesBackWhatJoinTook) {
  EXPECT_EQ(Split("a||b", '|'), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(Split("", '|'), (std::vector<std::string>{""}));
  EXPECT_EQ(Join(Split("a||b", '|'), "|"), "a||b");
}

}  // namespace
}  // namespace thalweg
