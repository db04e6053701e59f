// vocabulary, identity and weighted columns.
#include "columns/columns_testing.h"

#include <filesystem>
#include <fstream>

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ColumnSpec Fitted(Params params = {}) { return {"f", "vocabulary_list", std::move(params)}; }

std::vector<TextRow> Texts(const std::vector<std::string>& values) {
  std::vector<TextRow> rows;
  for (const std::string& value : values) rows.push_back({{"f", {value}}});
  return rows;
}

std::vector<std::string> FittedVocabulary(ModelSpec spec, const std::vector<TextRow>& rows) {
  const Status fit = Fit(rows, &spec);
  EXPECT_TRUE(fit.ok()) << fit.message();
  return fit.ok() ? GetTexts(spec.fitted["f"], "vocabulary") : std::vector<std::string>{};
}

TEST(VocabularyList, AValueIsItsPositionAndOthersAreNone) {
  EXPECT_EQ(IdsOf({VocabularyListColumn("f", {"b", "a", "naïve"})}, {{{"f", {"naïve", "b"}}}, {{"f", {"c", "a", ""}}}, {}}), (Ids{{2, 0}, {-1, 1, -1}, {}}));
}

TEST(VocabularyList, OthersCanHaveADefaultOrBuckets) {
  ColumnSpec column = VocabularyListColumn("f", {"x", "y"});
  column.params["default_value"] = std::int64_t{1};
  EXPECT_EQ(IdsOf({column}, Texts({"z", "x"})), (Ids{{1}, {0}}));
  // Fingerprint64 mod 10: "a" 9, "Male" 8, "" 3.
  EXPECT_EQ(IdsOf({VocabularyListColumn("f", {"x", "y"}, 10)}, Texts({"a", "Male", "", "y"})), (Ids{{11}, {10}, {5}, {1}}));
  column.params["num_oov_buckets"] = std::int64_t{3};
  EXPECT_THAT(WhyNot(WideSpecOf({column})), HasSubstr("columns.f.default_value and num_oov_buckets: give one of the two"));
}

TEST(VocabularyList, IntegersAreLookedUpByTheirDecimalText) {
  ColumnSpec column = VocabularyListColumn("f", {"-3", "42"}, 10);
  column.params["dtype"] = "integer";
  EXPECT_EQ(IdsOf({column}, Texts({"42", "-3", "7"})), (Ids{{1}, {0}, {2 + 8}}));
}

TEST(VocabularyList, AValueTwiceAnEmptyListAndADefaultOutsideAreRefused) {
  EXPECT_THAT(WhyNot(WideSpecOf({VocabularyListColumn("f", {"a", "b", "a"})})), HasSubstr("columns.f.vocabulary: \"a\" is there twice"));
  EXPECT_THAT(WhyNot(WideSpecOf({VocabularyListColumn("f", {})})), HasSubstr("columns.f.vocabulary: it is empty"));
  ColumnSpec column = VocabularyListColumn("f", {"a"});
  column.params["default_value"] = std::int64_t{1};
  EXPECT_THAT(WhyNot(WideSpecOf({column})), HasSubstr("found 1, expected -1 or a position below 1"));
}

TEST(VocabularyList, WithoutAListTheCommonestValuesComeFirst) {
  const std::vector<TextRow> rows = Texts({"c", "b", "a", "b", "d", "a", "b"});
  EXPECT_THAT(FittedVocabulary(WideSpecOf({Fitted()}), rows), ElementsAre("b", "a", "c", "d"));
  EXPECT_THAT(FittedVocabulary(WideSpecOf({Fitted({{"min_count", std::int64_t{2}}})}), rows), ElementsAre("b", "a"));
  EXPECT_THAT(FittedVocabulary(WideSpecOf({Fitted({{"max_size", std::int64_t{3}}})}), rows), ElementsAre("b", "a", "c"));
  ModelSpec spec = WideSpecOf({Fitted({{"min_count", std::int64_t{9}}})});
  EXPECT_THAT(Fit(rows, &spec).message(), HasSubstr("no value of field \"f\" occurs 9 times or more"));
}

TEST(VocabularyList, AMarkOfMissingValuesIsNotAValue) {
  ModelSpec spec = WideSpecOf({Fitted({{"max_size", std::int64_t{2}}})});
  spec.fields.push_back({.name = "f", .missing = {"?"}});
  EXPECT_THAT(FittedVocabulary(spec, Texts({"?", "?", "a", "a", "b", "c"})), ElementsAre("a", "b"));
}

class VocabularyFile : public testing::Test {
 protected:
  ~VocabularyFile() override { std::filesystem::remove(path_); }

  ColumnSpec Column(const std::string& text, std::int64_t oov = 0) {
    std::ofstream(path_, std::ios::binary) << text;
    return VocabularyFileColumn("f", path_.string(), oov);
  }

  const std::filesystem::path path_ = std::filesystem::path(testing::TempDir()) /
                                      (std::string("vocabulary_") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(VocabularyFile, ALineIsAValueAndCarriageReturnsDoNotCount) {
  EXPECT_EQ(IdsOf({Column("a\r\n b\t\nc\rd\n#e")}, Texts({"a", " b\t", "cd", "#e", "b", "a\r"})), (Ids{{0}, {1}, {2}, {3}, {-1}, {-1}}));
}

TEST_F(VocabularyFile, TheModelStandsAloneOnceSettled) {
  ModelSpec spec = WideSpecOf({Column("a\nb\n")});
  ASSERT_TRUE(SettleColumns(&spec).ok());
  std::filesystem::remove(path_);
  const Result<FeaturePlan> plan = MakePlan(spec);
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  EXPECT_EQ(IdsOf(*plan, "f", Texts({"b"})), (Ids{{1}}));
}

TEST_F(VocabularyFile, ASmallerSizeLeavesTheOtherLinesOut) {
  ColumnSpec column = Column("a\nb\nc\n", 1);
  column.params["vocabulary_size"] = std::int64_t{2};
  EXPECT_EQ(IdsOf({column}, Texts({"b", "c"})), (Ids{{1}, {2}}));
  column.params["vocabulary_size"] = std::int64_t{4};
  EXPECT_THAT(WhyNot(WideSpecOf({column})), HasSubstr("has 3 lines, expected 4"));
}

TEST_F(VocabularyFile, EmptyAndDoubleLinesAndNoFileAreRefused) {
  EXPECT_THAT(WhyNot(WideSpecOf({Column("a\n\nb\n")})), HasSubstr("line 2: an empty line"));
  EXPECT_THAT(WhyNot(WideSpecOf({Column("a\nb\na\r\n")})), HasSubstr("\"a\" is there twice"));
  EXPECT_THAT(WhyNot(WideSpecOf({VocabularyFileColumn("f", "no/such/file")})), HasSubstr("columns.f.vocabulary_file"));
}

TEST(Identity, AnIdIsItselfANegativeOneIsNoneAndOnePastTheLastIsABadRow) {
  const Result<FeaturePlan> plan = MakePlan(WideSpecOf({IdentityColumn("f", 4)}));
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  EXPECT_EQ(IdsOf(*plan, "f", Texts({"0", "3", "-1", "-7"})), (Ids{{0}, {3}, {-1}, {-7}}));   // a cross multiplies it as it is
  FeatureBatch batch;
  EXPECT_THAT(plan->Transform(RowsOf(*plan, Texts({"0", "4"})), &batch).message(), HasSubstr("row 2: field \"f\": found 4, expected an id below 4"));
}

TEST(Identity, ADefaultReplacesWhatLiesOutside) {
  ColumnSpec column = IdentityColumn("f", 4);
  column.params["default_value"] = std::int64_t{2};
  EXPECT_EQ(IdsOf({column}, Texts({"-1", "4", "9223372036854775807", "1"})), (Ids{{2}, {2}, {2}, {1}}));
  column.params["default_value"] = std::int64_t{4};
  EXPECT_THAT(WhyNot(WideSpecOf({column})), HasSubstr("found 4, expected one below num_buckets, 4"));
}

TEST(Identity, MoreBucketsThanInt32HoldsAreRefused) {
  EXPECT_THAT(WhyNot(WideSpecOf({IdentityColumn("f", std::int64_t{1} << 31)})), HasSubstr("columns.f.num_buckets: found 2147483648"));
  EXPECT_THAT(WhyNot(WideSpecOf({HashBucketColumn("f", std::int64_t{1} << 31)})), HasSubstr("columns.f.hash_bucket_size"));
}

TEST(Weighted, WeightsArePairedWithValuesByPosition) {
  const Result<FeaturePlan> plan = MakePlan(WideSpecOf({VocabularyListColumn("f", {"a", "b"}), WeightedColumn("f", "w")}));
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  IdLists ids;
  ASSERT_TRUE(plan->TransformColumn(RowsOf(*plan, {{{"f", {"b", "z"}}, {"w", {"0.5", "-2"}}}, {}, {{"f", {"a"}}, {"w", {"0"}}}}), "f_weighted_by_w", &ids).ok());
  EXPECT_EQ(ListsOf(ids), (Ids{{1, -1}, {}, {0}}));
  EXPECT_THAT(ids.weights, ElementsAre(0.5f, -2.0f, 0.0f));
  FeatureBatch batch;
  EXPECT_THAT(plan->Transform(RowsOf(*plan, {{{"f", {"b", "a"}}, {"w", {"1"}}}}), &batch).message(),
              HasSubstr("row 1: field \"w\": found 1 weights for 2 values"));
}

}  // namespace
}  // namespace thalweg
