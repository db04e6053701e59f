// What a spec may say of columns, what follows from it, and what is said when it is wrong.
#include "columns/columns_testing.h"

namespace thalweg {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

ModelSpec DeepSpecOf(std::vector<ColumnSpec> columns, std::vector<std::string> deep) {
  ModelSpec spec = WideSpecOf({});
  spec.columns = std::move(columns);
  spec.deep.columns = std::move(deep);
  spec.deep.hidden_units = {4};
  return spec;
}

TEST(Helpers, NameColumnsAsTensorFlowDoes) {
  EXPECT_EQ(NumericColumn("age").name, "age");
  EXPECT_EQ(BucketizedColumn("age", {1}).name, "age_bucketized");
  EXPECT_EQ(WeightedColumn("tags", "w").name, "tags_weighted_by_w");
  EXPECT_EQ(CrossedColumn({"b", "a"}, 10).name, "a_X_b");
  EXPECT_EQ(IndicatorColumn("e").name, "e_indicator");
  EXPECT_EQ(EmbeddingColumn("e", 8).name, "e_embedding");
}

TEST(Helpers, AColumnCanBeRenamed) {
  ColumnSpec renamed = HashBucketColumn("f", 1000);
  renamed.name = "other";
  ModelSpec spec = WideSpecOf({renamed, HashBucketColumn("f", 1000)});
  ASSERT_TRUE(SettleColumns(&spec).ok());
  ASSERT_EQ(spec.fields.size(), 1u);
  EXPECT_EQ(spec.fields[0].name, "f");
  EXPECT_EQ(spec.columns[0].params.count("field"), 0u);   // f, whose field need not be said
}

TEST(Settle, FieldsGetTheTypesThatTheirColumnsNeed) {
  ModelSpec spec = WideSpecOf({NumericColumn("x"), IdentityColumn("i", 3), HashBucketColumn("s", 3), CrossedColumn({"s", "t"}, 3), CrossedColumn({"i", "x"}, 3)});
  ASSERT_TRUE(SettleColumns(&spec).ok());
  std::vector<std::string> fields;
  for (const FieldSpec& field : spec.fields) fields.push_back(field.name + " " + DTypeName(field.dtype));
  EXPECT_THAT(fields, ElementsAre("i integer", "s text", "t text", "x number"));
}

TEST(Settle, AFieldInATowerBecomesAColumn) {
  ModelSpec spec = WideSpecOf({});
  spec.fields = {{.name = "x", .dtype = DType::kNumber}, {.name = "city", .dtype = DType::kText}, {.name = "shop", .dtype = DType::kInteger}};
  spec.wide.columns = {"city", "x"};
  spec.deep.columns = {"city", "shop", "x"};
  spec.deep.hidden_units = {4};
  ASSERT_TRUE(SettleColumns(&spec).ok()) << WhyNot(spec);
  EXPECT_THAT(spec.deep.columns, ElementsAre("city_embedding", "shop_embedding", "x"));
  EXPECT_THAT(FieldsToFit(spec), ElementsAre("city", "shop", "x"));
  ASSERT_TRUE(Fit({{{"city", {"Rome"}}, {"shop", {"7"}}, {"x", {"1"}}}, {{"city", {"Oslo"}}, {"shop", {"7"}}, {"x", {"2"}}}}, &spec).ok());
  const Result<FeaturePlan> plan = MakePlan(spec);
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  EXPECT_EQ(IdsOf(*plan, "city", {{{"city", {"Rome"}}}, {{"city", {"Bern"}}}}).at(1), std::vector<std::int32_t>{2});
}

TEST(Settle, SettlingAgainChangesNothing) {
  ModelSpec spec = DeepSpecOf({HashBucketColumn("s", 3), EmbeddingColumn("s", 2), BucketizedColumn("x", {1})}, {"s_embedding", "x_bucketized"});
  ASSERT_TRUE(SettleColumns(&spec).ok());
  ModelSpec again = spec;
  ASSERT_TRUE(SettleColumns(&again).ok());
  EXPECT_EQ(again, spec);
}

TEST(Settle, AMistypedNameGetsTheNearestOne) {
  ModelSpec spec = WideSpecOf({HashBucketColumn("education", 3)});
  spec.wide.columns = {"eduction"};
  EXPECT_THAT(WhyNot(spec), AllOf(HasSubstr("wide.columns: \"eduction\" is not a column."), HasSubstr("Did you mean \"education\"?")));
  EXPECT_THAT(WhyNot(WideSpecOf({{"f", "hash_buckets", {}}})), AllOf(HasSubstr("columns.f.kind: "), HasSubstr("Did you mean \"hash_bucket\"?")));
  EXPECT_THAT(WhyNot(WideSpecOf({{"f", "hash_bucket", {{"hash_bucket_sizes", std::int64_t{3}}}}})), HasSubstr("Did you mean \"hash_bucket_size\"?"));
  EXPECT_THAT(WhyNot(DeepSpecOf({HashBucketColumn("shop", 3), EmbeddingColumn("shopp", 2)}, {"shopp_embedding"})), HasSubstr("Did you mean \"shop\"?"));
}

TEST(Settle, ABareCategoryInTheDeepPartIsRefusedWithAdvice) {
  EXPECT_THAT(WhyNot(DeepSpecOf({HashBucketColumn("s", 3)}, {"s"})),
              AllOf(HasSubstr("deep.columns: \"s\" is a category"), HasSubstr("kind = \"embedding\""), HasSubstr("indicator")));
  EXPECT_EQ(WhyNot(DeepSpecOf({BucketizedColumn("x", {1})}, {"x_bucketized"})), "nothing");
}

TEST(Settle, AFieldOfTwoTypesIsRefusedByBothColumns) {
  ColumnSpec hashed = HashBucketColumn("f", 3);
  hashed.name = "hashed";
  EXPECT_THAT(WhyNot(WideSpecOf({NumericColumn("f"), hashed})), AllOf(HasSubstr("columns.hashed.field"), HasSubstr("column \"f\" takes it as number")));
  ModelSpec spec = WideSpecOf({NumericColumn("f")});
  spec.fields = {{.name = "f", .dtype = DType::kInteger}};
  EXPECT_THAT(WhyNot(spec), HasSubstr("fields.f.type: integer, but column \"f\" takes it as number"));
}

TEST(Settle, WhatNothingUsesIsRefused) {
  ModelSpec spec = WideSpecOf({NumericColumn("x")});
  spec.columns.push_back(NumericColumn("y"));
  EXPECT_THAT(WhyNot(spec), HasSubstr("columns.y: nothing uses it"));
  spec = WideSpecOf({NumericColumn("x")});
  spec.fields = {{.name = "z"}};
  EXPECT_THAT(WhyNot(spec), HasSubstr("fields.z: no column uses it"));
  EXPECT_THAT(WhyNot(WideSpecOf({})), HasSubstr("neither wide nor deep has a column"));
}

TEST(Settle, ANameOfTwoColumnsIsRefused) {
  ModelSpec spec = WideSpecOf({NumericColumn("x"), HashBucketColumn("x", 3)});
  spec.wide.columns = {"x"};
  EXPECT_THAT(WhyNot(spec), HasSubstr("columns.x: there are two of this name"));
  spec = WideSpecOf({NumericColumn("x")});
  spec.wide.columns = {"x", "x"};
  EXPECT_THAT(WhyNot(spec), HasSubstr("a column is named twice"));
}

TEST(Settle, AColumnStandsOnlyOnTheRightKind) {
  EXPECT_THAT(WhyNot(WideSpecOf({HashBucketColumn("s", 3), BucketizedColumn("s", {1})})), HasSubstr("\"s\" is a hash_bucket column, expected a numeric one"));
  EXPECT_THAT(WhyNot(DeepSpecOf({NumericColumn("x"), EmbeddingColumn("x", 2)}, {"x_embedding"})), HasSubstr("expected a categorical one"));
  EXPECT_THAT(WhyNot(WideSpecOf({HashBucketColumn("s", 3), WeightedColumn("s", "w"), WeightedColumn("s_weighted_by_w", "v")})),
              HasSubstr("is a weighted column, expected a categorical one"));
}

TEST(Fit, AFieldWithoutAnyValueIsAnErrorByName) {
  ModelSpec spec = WideSpecOf({{"x", "numeric", {{"normalizer", "standard"}}}});
  EXPECT_THAT(Fit({{{"x", {}}}}, &spec).message(), HasSubstr("field \"x\" has no number to learn from"));
  spec = WideSpecOf({{"x", "numeric", {{"normalizer", "standard"}}}});
  EXPECT_THAT(Fit({{{"X", {"1"}}}}, &spec).message(), HasSubstr("Did you mean \"X\"?"));
}

TEST(Fit, WhatIsFittedIsLeftAlone) {
  ModelSpec spec = WideSpecOf({{"x", "numeric", {{"normalizer", "standard"}}}});
  ASSERT_TRUE(Fit({{{"x", {"1"}}}, {{"x", {"3"}}}}, &spec).ok());
  const ModelSpec before = spec;
  EXPECT_TRUE(FieldsToFit(spec).empty());
  ASSERT_TRUE(Fit({{{"x", {"100"}}}}, &spec).ok());
  EXPECT_EQ(spec, before);
}

}  // namespace
}  // namespace thalweg
