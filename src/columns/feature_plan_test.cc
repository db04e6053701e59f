// The whole of a model's columns over batches of rows.
#include "columns/columns_testing.h"
#include "columns/feature_column.h"

#include <thread>

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Every kind of column, both parts.
ModelSpec AllKinds() {
  ModelSpec spec = WideSpecOf({
      {"x", "numeric", {{"normalizer", "log1p"}, {"default_value", 1.0}}}, BucketizedColumn("x", {2, 5}),
      VocabularyListColumn("v", {"a", "b"}, 2), HashBucketColumn("h", 50), IdentityColumn("i", 9), WeightedColumn("h", "w"),
      CrossedColumn({"h", "v", "x_bucketized"}, 100)});
  spec.columns.push_back(IndicatorColumn("v"));
  spec.columns.push_back(EmbeddingColumn("h", 3));
  spec.deep.columns = {"v_indicator", "x", "h_embedding", "x_bucketized"};
  spec.deep.hidden_units = {4};
  return spec;
}

std::vector<TextRow> SomeRows() {
  return {{{"x", {"3"}}, {"v", {"a", "c"}}, {"h", {"p", "q"}}, {"i", {"8"}}, {"w", {"1", "2"}}},
          {},
          {{"v", {"b"}}, {"h", {""}}, {"i", {"-1", "0"}}, {"w", {"0.5"}}},
          {{"x", {"9"}}, {"h", {"p"}}, {"w", {"3"}}}};
}

TEST(FeaturePlan, ARowGivesTheSameAloneAndAmongOthers) {
  const Result<FeaturePlan> plan = MakePlan(AllKinds());
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  const std::vector<TextRow> rows = SomeRows();
  FeatureBatch all, one;
  ASSERT_TRUE(plan->Transform(RowsOf(*plan, rows), &all).ok());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    ASSERT_TRUE(plan->Transform(RowsOf(*plan, {rows[r]}), &one).ok());
    for (std::size_t k = 0; k < all.ids.size(); ++k) {
      EXPECT_EQ(ListsOf(all.ids[k])[r], ListsOf(one.ids[k])[0]) << plan->categorical()[k].column;
      const auto* weights = all.ids[k].weights.data();
      if (!one.ids[k].weights.empty()) {
        EXPECT_THAT(one.ids[k].weights, testing::ElementsAreArray(weights + all.ids[k].offsets[r], weights + all.ids[k].offsets[r + 1]));
      }
    }
    for (std::size_t k = 0; k < all.dense.size(); ++k) {
      for (std::size_t j = 0; j < all.dense[k].cols(); ++j) EXPECT_EQ(all.dense[k].row(r)[j], one.dense[k].row(0)[j]);
    }
  }
}

TEST(FeaturePlan, TowersTakeColumnsInOrderOfName) {
  const Result<FeaturePlan> plan = MakePlan(AllKinds());
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  std::vector<std::string> wide, deep;
  for (const ColumnUse& use : plan->wide()) wide.push_back(use.column);
  for (const ColumnUse& use : plan->deep()) deep.push_back(use.column + ":" + std::to_string(use.width));
  EXPECT_THAT(wide, ElementsAre("h", "h_X_v_X_x_bucketized", "h_weighted_by_w", "i", "v", "x", "x_bucketized"));
  EXPECT_THAT(deep, ElementsAre("h_embedding:3", "v_indicator:4", "x:1", "x_bucketized:3"));
}

TEST(FeaturePlan, ManyThreadsTransformAtOnce) {
  const Result<FeaturePlan> plan = MakePlan(AllKinds());
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  const ExampleBatch rows = RowsOf(*plan, SomeRows());
  FeatureBatch expected;
  ASSERT_TRUE(plan->Transform(rows, &expected).ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      FeatureBatch batch;
      for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(plan->Transform(rows, &batch).ok());
        for (std::size_t k = 0; k < batch.ids.size(); ++k) ASSERT_EQ(batch.ids[k].ids, expected.ids[k].ids);
      }
      ASSERT_THAT(plan->Describe(0, 0), testing::Not(testing::IsEmpty()));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(FeaturePlan, RowsOfAnotherShapeAreRefused) {
  const Result<FeaturePlan> plan = MakePlan(WideSpecOf({NumericColumn("x")}));
  const Result<FeaturePlan> other = MakePlan(WideSpecOf({HashBucketColumn("x", 3)}));
  ASSERT_TRUE(plan.ok() && other.ok());
  FeatureBatch batch;
  EXPECT_THAT(plan->Transform(RowsOf(*other, {{{"x", {"a"}}}}), &batch).message(), HasSubstr("field \"x\": found text, expected number"));
  EXPECT_THAT(plan->Transform(ExampleBatch(), &batch).message(), HasSubstr("the rows have 0 fields, expected 1"));
}

TEST(FeaturePlan, IdsHaveNames) {
  ModelSpec spec = WideSpecOf({NumericColumn("age"), BucketizedColumn("age", {25, 30}), IdentityColumn("store", 5), HashBucketColumn("education", 1000),
                               VocabularyListColumn("sex", {"f", "m"}, 1), CrossedColumn({"education", "occupation"}, 10000)});
  std::vector<TextRow> rows;
  for (const char* education : {"Doctorate", "HS-grad"}) {
    for (const char* occupation : {"Exec-managerial", "Sales"}) {
      rows.push_back({{"education", {education}}, {"occupation", {occupation}}, {"age", {"27"}}});
    }
  }
  ASSERT_TRUE(Fit(rows, &spec).ok());
  const Result<FeaturePlan> plan = MakePlan(spec);
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  const auto name = [&](const std::string& column, std::int64_t id) {
    for (std::size_t k = 0; k < plan->categorical().size(); ++k) {
      if (plan->categorical()[k].column == column) return plan->Describe(k, id);
    }
    return std::string("none");
  };
  EXPECT_EQ(name("age_bucketized", 0), "age < 25");
  EXPECT_EQ(name("age_bucketized", 1), "age in [25, 30)");
  EXPECT_EQ(name("age_bucketized", 2), "age ≥ 30");
  EXPECT_EQ(name("store", 3), "store=3");
  EXPECT_EQ(name("sex", 1), "sex=m");
  EXPECT_EQ(name("sex", 2), "sex=(other)");
  EXPECT_EQ(name("education", IdsOf(*plan, "education", {rows[0]})[0][0]), "education=Doctorate");
  const std::string cross = "education_X_occupation";
  EXPECT_EQ(name(cross, IdsOf(*plan, cross, {rows[0]})[0][0]), "education=Doctorate × occupation=Exec-managerial");
  EXPECT_EQ(name(cross, 9999), "education_X_occupation#9999");
}

TEST(FeaturePlan, OfTwoValuesInABucketTheCommonerNamesIt) {
  ModelSpec spec = WideSpecOf({HashBucketColumn("f", 1)});
  ASSERT_TRUE(Fit({{{"f", {"rare"}}}, {{"f", {"common"}}}, {{"f", {"common"}}}}, &spec).ok());
  const Result<FeaturePlan> plan = MakePlan(spec);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->Describe(0, 0), "f=common");
}

TEST(FeaturePlan, ManyColumnsArePlannedInTimeThatGrowsAsTheyDo) {
  ModelSpec spec = WideSpecOf({});
  for (int i = 0; i < 20000; ++i) {
    const std::string n = std::to_string(i);
    spec.columns.push_back(CrossedColumn({"f" + n, "g" + n}, 10));
    spec.wide.columns.push_back(spec.columns.back().name);
    spec.fields.push_back({.name = "t" + n, .dtype = DType::kText});
    spec.wide.columns.push_back("t" + n);
  }
  ASSERT_TRUE(SettleColumns(&spec).ok());   // a walk over all for each would be 10⁹ comparisons
  EXPECT_EQ(spec.columns.size(), 40000u);
}

TEST(ColumnKinds, OfTensorFlowAreCalledByTheirNamesHere) {
  const auto why = [](const char* kind) {
    const auto found = FindColumnKind({"c", kind, {}});
    return found.ok() ? std::string() : found.status().message();
  };
  EXPECT_THAT(why("categorical_column_with_hash_bucket"), HasSubstr("is called \"hash_bucket\" here"));
  EXPECT_THAT(why("sequence_numeric_column"), HasSubstr("canned estimators refuse them too"));
}

}  // namespace
}  // namespace thalweg
