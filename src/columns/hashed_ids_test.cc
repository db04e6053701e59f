// Ids of hash_bucket and crossed columns are those that TensorFlow printed.
#include "columns/columns_testing.h"

#include <limits>

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::int32_t HashId(const std::string& text, std::int64_t buckets, const char* dtype = "text") {
  ColumnSpec column = HashBucketColumn("f", buckets);
  column.params["dtype"] = std::string(dtype);
  return IdsOf({column}, {{{"f", {text}}}}).at(0).at(0);
}

TEST(HashBucket, TextsGetTensorFlowsIds) {
  struct { std::string text; std::int32_t mod[5]; } const kIds[] = {
      {"", {3, 63, 263, 397263, 9453647}},
      {"a", {9, 39, 939, 363939, 14644707}},
      {"?", {5, 65, 65, 120065, 14107457}},
      {"Male", {8, 78, 378, 719378, 7149010}},
      {"Female", {5, 15, 415, 306415, 7906031}},
      {"HS-grad", {1, 21, 621, 465621, 5499349}},
      {"Private", {1, 71, 771, 362771, 8027667}},
      {"Bachelors", {6, 56, 456, 879456, 159776}},
      {"hello world", {1, 11, 11, 946011, 14069787}},
      {"United-States", {7, 87, 587, 126587, 13145275}},
      {"Prof-specialty", {9, 79, 979, 113979, 16658619}},
      {"Self-emp-not-inc", {5, 25, 725, 118725, 15868549}},
      {"Married-civ-spouse", {1, 61, 561, 466561, 8866177}},
      {"Holand-Netherlands", {4, 84, 584, 201584, 1627504}},
      {"naïve", {3, 33, 233, 883233, 13411937}},
      {"東京", {1, 1, 101, 466101, 4003765}},
      {std::string(16, 'a'), {5, 85, 985, 887985, 13204913}},
      {std::string(17, 'a'), {1, 31, 131, 272131, 2403907}},
      {std::string(32, 'a'), {2, 12, 912, 389912, 12243224}},
      {std::string(33, 'a'), {9, 49, 749, 225749, 9475413}},
      {std::string(64, 'a'), {7, 17, 417, 879417, 10118009}},
      {std::string(65, 'a'), {2, 92, 892, 459892, 8658036}},
      {std::string(128, 'a'), {6, 26, 126, 195126, 3228662}},
  };
  const std::int64_t buckets[] = {10, 100, 1000, 1000000, 1 << 24};
  for (const auto& row : kIds) {
    for (std::size_t k = 0; k < 5; ++k) EXPECT_EQ(HashId(row.text, buckets[k]), row.mod[k]) << row.text << " mod " << buckets[k];
  }
}

TEST(HashBucket, IntegersGetTheIdsOfTheirDecimalText) {
  struct { const char* text; std::int32_t mod[3]; } const kIds[] = {
      {"0", {5, 35, 735}},          {"1", {9, 49, 849}},           {"2", {9, 59, 759}},           {"7", {8, 88, 88}},
      {"10", {2, 62, 862}},         {"42", {6, 36, 736}},          {"100", {5, 55, 355}},         {"-1", {0, 30, 430}},
      {"-2", {5, 5, 205}},          {"-7", {2, 62, 62}},           {"12345", {8, 28, 728}},       {"1000000", {8, 28, 228}},
      {"2147483647", {7, 57, 757}}, {"-2147483648", {9, 69, 469}}, {"9223372036854775807", {9, 19, 319}},
      {"-9223372036854775808", {2, 12, 112}},
  };
  const std::int64_t buckets[] = {10, 100, 1000};
  for (const auto& row : kIds) {
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(HashId(row.text, buckets[k], "integer"), row.mod[k]) << row.text;
  }
  EXPECT_EQ(HashId("42", 1000, "integer"), HashId("42", 1000));
}

TEST(HashBucket, MissingIsNoIdAndAnEmptyTextIsAValue) {
  EXPECT_THAT(IdsOf({HashBucketColumn("f", 10)}, {{}, {{"f", {""}}}, {{"f", {"a", "a"}}}}),
              ElementsAre(ElementsAre(), ElementsAre(3), ElementsAre(9, 9)));
}

// The ids of a cross of fields a, b, c, each of one value.
std::int32_t CrossId(const std::vector<std::string>& values, std::int64_t buckets) {
  TextRow row;
  std::vector<std::string> keys;
  for (std::size_t k = 0; k < values.size(); ++k) {
    keys.push_back(std::string(1, static_cast<char>('a' + k)));
    row[keys.back()] = {values[k]};
  }
  return IdsOf({CrossedColumn(keys, buckets)}, {row}).at(0).at(0);
}

TEST(Crossed, TextsGetTensorFlowsIds) {
  struct { std::vector<std::string> values; std::int32_t mod[5]; } const kIds[] = {   // -1: was not printed
      {{"Bachelors", "Tech-support"}, {2, 42, 242, 4242, 794242}},
      {{"HS-grad", "Sales"}, {1, 91, 991, 8991, 148991}},
      {{"Masters", "Exec-managerial"}, {6, 66, 966, 9966, 629966}},
      {{"?", "?"}, {4, 94, 994, 8994, 318994}},
      {{"", ""}, {3, 73, 373, 8373, 978373}},
      {{"", "Sales"}, {-1, -1, 151, -1, -1}},
      {{"Bachelors", "Adm-clerical"}, {-1, -1, 770, 5770, 825770}},
      {{"Some-college", "Prof-specialty"}, {-1, -1, 328, 9328, 709328}},
      {{"United-States", "Adm-clerical"}, {-1, -1, 0, 7000, 937000}},
      {{"Bachelors", "Adm-clerical", "United-States"}, {-1, -1, 566, 4566, 474566}},
      {{"HS-grad", "Handlers-cleaners", "Cuba"}, {-1, -1, 783, 1783, 691783}},
      {{"Tech-support", "Bachelors"}, {-1, -1, 594, -1, -1}},
      {{"p", "x", "m"}, {-1, -1, 216, -1, -1}},
      {{"p", "x"}, {-1, -1, 612, -1, -1}},
  };
  const std::int64_t buckets[] = {10, 100, 1000, 10000, 1000000};
  for (const auto& row : kIds) {
    for (std::size_t k = 0; k < 5; ++k) {
      if (row.mod[k] < 0) continue;
      EXPECT_EQ(CrossId(row.values, buckets[k]), row.mod[k]) << row.values[0] << " mod " << buckets[k];
    }
  }
}

TEST(Crossed, BucketsAreCrossedByTheirIdsInTheOrderOfTheKeys) {
  // Buckets 0, 4 and 7 of ages 10, 37 and 52.
  const ColumnSpec age = NumericColumn("age");
  const ColumnSpec buckets = BucketizedColumn("age", {18, 25, 30, 35, 40, 45, 50, 55, 60, 65});
  const std::vector<TextRow> rows = {{{"age", {"37"}}, {"e", {"Bachelors"}}, {"o", {"Adm-clerical"}}},
                                     {{"age", {"10"}}, {"e", {"HS-grad"}}, {"o", {"x"}}},
                                     {{"age", {"52"}}, {"e", {"HS-grad"}}, {"o", {"Handlers-cleaners"}}}};
  const Ids before = IdsOf({age, buckets, CrossedColumn({"e", "age_bucketized"}, 1000)},
                           {{{"age", {"37"}}, {"e", {"Bachelors"}}}, {{"age", {"10"}}, {"e", {"HS-grad"}}}});
  // The names of the crosses are equal, as TensorFlow's; the order of hashing is not.
  ModelSpec spec = WideSpecOf({age, buckets, CrossedColumn({"age_bucketized", "e"}, 1000), CrossedColumn({"age_bucketized", "e", "o"}, 1000)});
  const Result<FeaturePlan> plan = MakePlan(spec);
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  EXPECT_EQ(before, (Ids{{108}, {653}}));
  const Ids pairs = IdsOf(*plan, "age_bucketized_X_e", rows), triples = IdsOf(*plan, "age_bucketized_X_e_X_o", rows);
  EXPECT_EQ(pairs[0], std::vector<std::int32_t>{857});
  EXPECT_EQ(pairs[1], std::vector<std::int32_t>{438});
  EXPECT_EQ(triples[0], std::vector<std::int32_t>{322});
  EXPECT_EQ(triples[2], std::vector<std::int32_t>{352});
}

// A cross takes an integer field as integers where another column says that it holds them.
std::vector<ColumnSpec> IntegerCross(std::int64_t buckets) {
  ColumnSpec i = HashBucketColumn("i", 5), j = HashBucketColumn("j", 5);
  i.params["dtype"] = j.params["dtype"] = "integer";
  return {i, j, CrossedColumn({"i", "j"}, buckets)};
}

TEST(Crossed, IntegersAreCrossedAsTheyAre) {
  const auto row = [](const char* i, const char* j) { return TextRow{{"i", {i}}, {"j", {j}}}; };
  EXPECT_EQ(IdsOf(IntegerCross(10000), {row("0", "0"), row("-1", "-1"), row("1000000", "7"), row("2147483647", "-2147483648")}),
            (Ids{{1304}, {7229}, {5668}, {8810}}));
  EXPECT_EQ(IdsOf(IntegerCross(1000), {row("3", "7"), row("-1", "8")}), (Ids{{593}, {133}}));
  EXPECT_EQ(CrossId({"3", "7"}, 1000), 727);   // texts
  ColumnSpec i = HashBucketColumn("i", 5);
  i.params["dtype"] = "integer";
  EXPECT_EQ(IdsOf({i, CrossedColumn({"i", "s"}, 1000)}, {{{"i", {"3"}}, {"s", {"x"}}}}), (Ids{{419}}));
}

TEST(Crossed, NumbersAreTruncatedToIntegers) {
  const std::vector<ColumnSpec> columns = {NumericColumn("i"), NumericColumn("j"), CrossedColumn({"i", "j"}, 1000)};
  EXPECT_EQ(IdsOf(columns, {{{"i", {"3.9"}}, {"j", {"7.2"}}}, {{"i", {"-1.5"}}, {"j", {"8"}}}, {{"i", {"1e30"}}, {"j", {"0"}}}}).size(), 3u);
  EXPECT_EQ(IdsOf(columns, {{{"i", {"3.9"}}, {"j", {"7.2"}}}, {{"i", {"-1.5"}}, {"j", {"8"}}}}), (Ids{{593}, {133}}));
}

TEST(Crossed, AValueOutsideAVocabularyIsCrossedAsMinusOne) {
  ColumnSpec listed = VocabularyListColumn("v", {"m"});
  listed.name = "listed";
  EXPECT_EQ(IdsOf({listed, CrossedColumn({"s", "listed"}, 1000)}, {{{"s", {"r"}}, {"v", {"other"}}}}), (Ids{{706}}));
}

TEST(Crossed, ListsGiveAllCombinationsTheLastVaryingFastest) {
  const std::vector<TextRow> rows = {{{"a", {"p", "q"}}, {"b", {"x", "y", "z"}}}, {{"a", {"p", "q"}}}, {}, {{"a", {"p"}}, {"b", {"x"}}}};
  EXPECT_EQ(IdsOf({CrossedColumn({"a", "b"}, 1000)}, rows), (Ids{{612, 299, 585, 595, 620, 137}, {}, {}, {612}}));
}

TEST(Crossed, ACrossOfACrossIsTheCrossOfAllItsLeaves) {
  const std::vector<TextRow> row = {{{"a", {"p"}}, {"b", {"x"}}, {"c", {"m"}}}};
  EXPECT_EQ(IdsOf({CrossedColumn({"a", "b"}, 7), CrossedColumn({"a_X_b", "c"}, 1000)}, row), (Ids{{216}}));
  EXPECT_EQ(IdsOf({CrossedColumn({"b", "c"}, 7), CrossedColumn({"a", "b_X_c"}, 1000)}, row), (Ids{{216}}));
}

TEST(Crossed, TheHashKeyBeginsTheHashAndZeroIsTheDefault) {
  const auto id = [](std::int64_t key) {
    ColumnSpec cross = CrossedColumn({"a", "b"}, 1000);
    cross.params["hash_key"] = key;
    return IdsOf({cross}, {{{"a", {"p"}}, {"b", {"x"}}}}).at(0).at(0);
  };
  EXPECT_EQ(id(0), 612);
  EXPECT_EQ(id(1), 589);
  EXPECT_EQ(id(123), 60);
  EXPECT_EQ(id(std::numeric_limits<std::int64_t>::max()), 880);
}

// The reference trace: buckets of an age, hashed cities, and their cross.
TEST(Crossed, TheReferenceTraceHasItsIds) {
  const std::vector<const char*> ages = {"10", "20", "30", "50", "18", "25", "24.9", "40"};
  const std::vector<std::vector<std::string>> cities = {{"x", "y"}, {"y", ""}, {"", ""}, {"z", "z"}, {"x", ""}, {"w", "x"}, {"q", ""}, {"y", "z"}};
  std::vector<TextRow> rows, hashed;   // a cross takes '' of an array as a value, the hash column as missing
  for (std::size_t r = 0; r < ages.size(); ++r) {
    rows.push_back({{"age", {ages[r]}}, {"city", cities[r]}});
    hashed.emplace_back();
    for (const std::string& city : cities[r]) {
      if (!city.empty()) hashed.back()["city"].push_back(city);
    }
  }
  const ColumnSpec age = NumericColumn("age"), buckets = BucketizedColumn("age", {18, 25, 40});
  EXPECT_EQ(IdsOf({age, buckets, CrossedColumn({"age_bucketized", "city"}, 13)}, rows),
            (Ids{{10, 2}, {7, 10}, {4, 4}, {12, 12}, {9, 10}, {6, 3}, {4, 10}, {6, 12}}));
  EXPECT_EQ(IdsOf({HashBucketColumn("city", 7)}, hashed), (Ids{{1, 3}, {3}, {}, {4, 4}, {1}, {3, 1}, {1}, {3, 4}}));
}

TEST(Crossed, WhatCannotBeCrossedIsRefusedByName) {
  ColumnSpec hashed = HashBucketColumn("f", 5);
  hashed.name = "hashed";
  EXPECT_THAT(WhyNot(WideSpecOf({hashed, CrossedColumn({"hashed", "g"}, 5)})),
              HasSubstr("columns.g_X_hashed.keys: \"hashed\" is a hash_bucket column; cross its field \"f\" instead"));
  ColumnSpec number = NumericColumn("x");
  number.name = "number";
  EXPECT_THAT(WhyNot(WideSpecOf({number, CrossedColumn({"number", "g"}, 5)})), HasSubstr("is a numeric column; cross its field \"x\""));
  EXPECT_THAT(WhyNot(WideSpecOf({HashBucketColumn("f", 5), CrossedColumn({"column:F", "g"}, 5)})), HasSubstr("Did you mean \"f\"?"));
  EXPECT_THAT(WhyNot(WideSpecOf({CrossedColumn({"f"}, 5)})), HasSubstr("found 1 keys, expected at least two"));
}

TEST(Crossed, ACrossOfItselfIsRefused) {
  ColumnSpec a = CrossedColumn({"b", "f"}, 5), b = CrossedColumn({"a", "g"}, 5);
  a.name = "a";
  b.name = "b";
  EXPECT_THAT(WhyNot(WideSpecOf({a, b})), HasSubstr("is crossed with its own output"));
}

TEST(Crossed, CrossesNestedWithoutEndAreRefused) {
  constexpr int kDepth = 100000;
  std::vector<ColumnSpec> columns;
  for (int i = 0; i < kDepth; ++i) {
    ColumnSpec cross = CrossedColumn({"x" + std::to_string(1000001 + i), "f"}, 5);
    cross.name = "x" + std::to_string(1000000 + i);
    columns.push_back(std::move(cross));
  }
  ModelSpec spec = WideSpecOf({});
  spec.columns = std::move(columns);
  spec.wide.columns = {"x1000000"};
  EXPECT_THAT(WhyNot(spec), HasSubstr("columns.x1000000.keys: more than 64 leaves"));
}

TEST(Crossed, ARowWithTooManyCombinationsIsRefused) {
  const Result<FeaturePlan> plan = MakePlan(WideSpecOf({CrossedColumn({"a", "b"}, 1000)}));
  ASSERT_TRUE(plan.ok());
  const std::vector<std::string> many(257, "v");
  FeatureBatch batch;
  EXPECT_THAT(plan->Transform(RowsOf(*plan, {{}, {{"a", many}, {"b", many}}}), &batch).message(),
              HasSubstr("row 2: column \"a_X_b\": more than 65536 combinations in one row"));
}

}  // namespace
}  // namespace thalweg
