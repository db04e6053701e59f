#include "evaluate/compare_feedings.h"

#include "columns/columns_testing.h"

namespace thalweg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ModelSpec SpecOf() {
  ModelSpec spec = WideSpecOf({{"age", "numeric", {}},
                               {"age_buckets", "bucketized", {{"source", std::string("age")}, {"boundaries", std::vector<double>{30, 50}}}},
                               {"cross", "crossed", {{"keys", std::vector<std::string>{"job", "age_buckets"}}, {"hash_bucket_size", std::int64_t{1000}}}},
                               {"tags", "hash_bucket", {{"hash_bucket_size", std::int64_t{100}}}},
                               {"word", "vocabulary_list", {{"vocabulary", std::vector<std::string>{"a", "b"}}}}});
  spec.fields = {{.name = "tags", .many = true}};
  return spec;
}

FeaturePlan PlanOf(bool dense_job = false) {
  ModelSpec spec = SpecOf();
  EXPECT_TRUE(SettleColumns(&spec).ok());
  for (FieldSpec& field : spec.fields) field.dense = dense_job && field.name == "job";
  Result<FeaturePlan> plan = FeaturePlan::Create(spec);
  EXPECT_TRUE(plan.ok()) << plan.status().message();
  return std::move(plan).value();
}

TextRow Row(const std::string& age, const std::string& job, const std::vector<std::string>& tags = {}, const std::string& word = "a") {
  return {{"age", {age}}, {"job", {job}}, {"tags", tags}, {"word", {word}}};
}

FeedingsReport Compare(const FeaturePlan& left, const std::vector<TextRow>& left_rows, const FeaturePlan& right,
                       const std::vector<TextRow>& right_rows, std::size_t keep = 3) {
  const auto left_source = SourceOf(RowsOf(left, left_rows)), right_source = SourceOf(RowsOf(right, right_rows));
  const Result<FeedingsReport> report = CompareFeedings({Feeding{&left, left_source.get()}, Feeding{&right, right_source.get()}}, keep);
  EXPECT_TRUE(report.ok()) << report.status().message();
  return report.ok() ? *report : FeedingsReport{};
}

const ColumnDifferences& Of(const FeedingsReport& report, const std::string& column) {
  for (const ColumnDifferences& found : report.columns) {
    if (found.column == column) return found;
  }
  ADD_FAILURE() << "no column " << column;
  return report.columns.front();
}

TEST(CompareFeedings, EqualRowsAreEqual) {
  const FeaturePlan plan = PlanOf();
  const std::vector<TextRow> rows = {Row("20", "cook", {"x", "y"}), Row("40", "smith"), Row("60", "cook", {"z"})};
  const FeedingsReport report = Compare(plan, rows, plan, rows);
  EXPECT_TRUE(report.equal());
  EXPECT_EQ(report.rows[0], 3u);
  EXPECT_EQ(Of(report, "cross").rows, 3u);
}

TEST(CompareFeedings, OnlyTheColumnsThatTakeADifferentValueDiffer) {
  const FeaturePlan plan = PlanOf();
  const FeedingsReport report = Compare(plan, {Row("20", "cook"), Row("40", "smith")}, plan, {Row("20", "cook"), Row("41", "smith")});
  EXPECT_FALSE(report.equal());
  EXPECT_EQ(report.rows_that_differ, 1u);
  EXPECT_EQ(Of(report, "age").differ, 1u);
  EXPECT_EQ(Of(report, "age_buckets").differ, 0u);   // the same bucket
  EXPECT_EQ(Of(report, "cross").differ, 0u);
  const RowDifference& first = Of(report, "age").first.at(0);
  EXPECT_EQ(first.row, 2u);
  EXPECT_THAT(first.sides[1].numbers, ElementsAre(41.0f));
  EXPECT_THAT(first.sides[0].fields, ElementsAre(std::pair<std::string, std::vector<FedValue>>("age", {40.0f})));
}

TEST(CompareFeedings, TheOrderOfIdsAndUnknownValuesDoNotCount) {
  const FeaturePlan plan = PlanOf();
  TextRow without = Row("20", "cook", {"y", "x"});
  without.erase("word");
  EXPECT_TRUE(Compare(plan, {Row("20", "cook", {"x", "y"}, "unknown")}, plan, {without}).equal());
}

TEST(CompareFeedings, AListCutShortDiffers) {
  const FeaturePlan plan = PlanOf();
  const FeedingsReport report = Compare(plan, {Row("20", "cook", {"x", "y"})}, plan, {Row("20", "cook", {"x"})});
  EXPECT_EQ(Of(report, "tags").differ, 1u);
  EXPECT_EQ(Of(report, "tags").first.at(0).sides[0].ids.size(), 2u);
  EXPECT_EQ(Of(report, "tags").first.at(0).sides[1].ids.size(), 1u);
}

TEST(CompareFeedings, ACrossOfAFieldFedAsAnArrayDiffersWithEqualValues) {
  const FeaturePlan sparse = PlanOf(), dense = PlanOf(true);
  const std::vector<TextRow> rows = {Row("20", "cook"), Row("40", "smith")};
  const FeedingsReport report = Compare(sparse, rows, dense, rows);
  EXPECT_EQ(Of(report, "cross").differ, 2u);
  EXPECT_EQ(Of(report, "cross").of_equal_values, 2u);
  EXPECT_EQ(Of(report, "tags").differ, 0u);
}

TEST(CompareFeedings, RowsThatOneSideLacksAreSaid) {
  const FeaturePlan plan = PlanOf();
  const FeedingsReport report = Compare(plan, {Row("20", "cook")}, plan, {Row("20", "cook"), Row("40", "smith")});
  EXPECT_FALSE(report.equal());
  EXPECT_EQ(report.rows[1], 2u);
  EXPECT_EQ(report.rows_that_differ, 0u);
}

TEST(CompareFeedings, ARowThatOneSideCannotTakeIsADifference) {
  const FeaturePlan plan = PlanOf();
  TextRow ageless = Row("20", "cook");
  ageless.erase("age");
  const FeedingsReport report = Compare(plan, {ageless, ageless, Row("20", "cook")}, plan, {Row("20", "cook"), ageless, Row("20", "cook")});
  EXPECT_EQ(report.refused_by_one, 1u);
  EXPECT_EQ(report.refused_by_both, 1u);
  EXPECT_EQ(report.rows_that_differ, 1u);
  EXPECT_EQ(Of(report, "age").rows, 1u);
  EXPECT_THAT(report.first_refused.at(0).sides[0].refused, HasSubstr("age"));
}

TEST(CompareFeedings, AsManyDifferencesAreKeptAsWanted) {
  const FeaturePlan plan = PlanOf();
  const std::vector<TextRow> left(5, Row("20", "cook", {"x"})), right(5, Row("20", "cook", {"y"}));
  const FeedingsReport report = Compare(plan, left, plan, right, 2);
  EXPECT_EQ(Of(report, "tags").differ, 5u);
  EXPECT_EQ(Of(report, "tags").first.size(), 2u);
}

}  // namespace
}  // namespace thalweg
