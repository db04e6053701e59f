// numeric and bucketized columns.
#include "columns/columns_testing.h"

#include <cmath>
#include <limits>

#include "columns/feature_column.h"

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::HasSubstr;

ColumnSpec Numeric(Params params) { return {"x", "numeric", std::move(params)}; }

// The numbers that a numeric column makes; what is wrong with the rows where it refuses them.
std::vector<float> NumbersOf(const ModelSpec& spec, const std::vector<TextRow>& rows, std::string* wrong = nullptr) {
  const Result<FeaturePlan> plan = MakePlan(spec);
  if (!plan.ok()) {
    ADD_FAILURE() << plan.status().message();
    return {};
  }
  FeatureBatch batch;
  const Status made = plan->Transform(RowsOf(*plan, rows), &batch);
  if (wrong != nullptr) *wrong = made.message();
  else EXPECT_TRUE(made.ok()) << made.message();
  if (!made.ok()) return {};
  return {batch.dense[0].data(), batch.dense[0].data() + batch.dense[0].size()};
}

std::vector<float> NumbersOf(Params params, const std::vector<TextRow>& rows, std::string* wrong = nullptr) {
  return NumbersOf(WideSpecOf({Numeric(std::move(params))}), rows, wrong);
}

TEST(Numeric, NumbersComeThroughInFloat32) {
  EXPECT_THAT(NumbersOf(Params{}, {{{"x", {"16777217"}}}, {{"x", {"-0.1"}}}}), ElementsAre(16777216.0f, -0.1f));
  EXPECT_THAT(NumbersOf(Params{{"shape", std::vector<std::int64_t>{2}}}, {{{"x", {"1", "2"}}}, {{"x", {"3", "4"}}}}), ElementsAre(1, 2, 3, 4));
}

TEST(Numeric, AMissingNumberIsTheDefaultOrABadRow) {
  EXPECT_THAT(NumbersOf(Params{{"default_value", 7.5}}, {{}}), ElementsAre(7.5f));
  EXPECT_THAT(NumbersOf(Params{{"shape", std::vector<std::int64_t>{2}}, {"default_value", 3.0}}, {{}}), ElementsAre(3, 3));
  std::string wrong;
  NumbersOf(Params{}, {{{"x", {"1"}}}, {}}, &wrong);
  EXPECT_THAT(wrong, HasSubstr("row 2: field \"x\": missing, and the column has no default_value"));
  NumbersOf(Params{{"shape", std::vector<std::int64_t>{3}}}, {{{"x", {"1", "2"}}}}, &wrong);
  EXPECT_THAT(wrong, HasSubstr("row 1: field \"x\": found 2 numbers, expected 3"));
  EXPECT_THAT(WhyNot(WideSpecOf({Numeric({{"default_value", 1e39}})})), HasSubstr("columns.x.default_value: found 1e+39"));
  EXPECT_THAT(WhyNot(WideSpecOf({Numeric({{"default_value", std::vector<double>{1, 2}}})})), HasSubstr("2 numbers, expected 1 or 1"));
}

TEST(Numeric, BadRowsAreFoundBeforeTheyAreTransformed) {
  ModelSpec spec = WideSpecOf({Numeric({{"default_value", 0.0}})});
  spec.fields.push_back({.name = "x", .dtype = DType::kNumber, .many = true});
  const Result<FeaturePlan> plan = MakePlan(spec);
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  EXPECT_TRUE(plan->may_refuse_rows());
  BadRows bad;
  plan->FindBadRows(RowsOf(*plan, {{{"x", {"1"}}}, {{"x", {"1", "2"}}}, {}}), &bad);
  EXPECT_THAT(bad, ElementsAre(testing::Pair(1u, "field \"x\": found 2 numbers, expected 1")));
}

TEST(Numeric, GivenNormalisersAreComputedInFloat32) {
  const Params standard = {{"normalizer", "standard"}, {"mean", 38.6}, {"stddev", 13.7}};
  EXPECT_THAT(NumbersOf(standard, {{{"x", {"25"}}}}), ElementsAre((25.0f - 38.6f) / 13.7f));
  EXPECT_THAT(NumbersOf(Params{{"normalizer", "min_max"}, {"min", -1.0}, {"max", 3.0}}, {{{"x", {"0"}}}, {{"x", {"5"}}}}), ElementsAre(0.25f, 1.5f));
  EXPECT_THAT(NumbersOf(Params{{"normalizer", "log1p"}}, {{{"x", {"-5"}}}, {{"x", {"7"}}}}), ElementsAre(0.0f, FloatEq(std::log1p(7.0f))));
  EXPECT_THAT(NumbersOf(Params{{"normalizer", "log1p"}, {"mean", 0.7}, {"stddev", 2.0}}, {{{"x", {"7"}}}}),
              ElementsAre(FloatEq((std::log1p(7.0f) - 0.7f) / 2.0f)));
}

TEST(Numeric, NormalisersLearnFromTheRows) {
  std::vector<TextRow> rows;
  for (int i = 0; i <= 100; ++i) rows.push_back({{"x", {std::to_string(i)}}});
  const auto fitted = [&](const char* normalizer, const char* x) {
    ModelSpec spec = WideSpecOf({Numeric({{"normalizer", normalizer}})});
    const Status fit = Fit(rows, &spec);
    EXPECT_TRUE(fit.ok()) << fit.message();
    return NumbersOf(spec, {{{"x", {x}}}}).at(0);
  };
  EXPECT_FLOAT_EQ(fitted("standard", "50"), 0);
  EXPECT_NEAR(fitted("standard", "100"), 50 / 29.1547594742, 1e-6);
  EXPECT_FLOAT_EQ(fitted("min_max", "25"), 0.25f);
  EXPECT_NEAR(fitted("quantile", "50"), 0.5, 0.02);
  EXPECT_FLOAT_EQ(fitted("quantile", "-3"), 0);
  EXPECT_FLOAT_EQ(fitted("quantile", "1e9"), 1);
  EXPECT_GT(fitted("log1p_standard", "100"), 0);
}

TEST(Numeric, AMissingNumberCanBeTheMean) {
  ModelSpec spec = WideSpecOf({Numeric({{"missing", "mean"}})});
  ASSERT_TRUE(Fit({{{"x", {"1"}}}, {{"x", {"6"}}}}, &spec).ok());
  EXPECT_THAT(NumbersOf(spec, {{}}), ElementsAre(3.5f));
}

TEST(Numeric, EqualNumbersCanBeStandardised) {
  ModelSpec spec = WideSpecOf({Numeric({{"normalizer", "standard"}})});
  ASSERT_TRUE(Fit({{{"x", {"4"}}}, {{"x", {"4"}}}}, &spec).ok());
  EXPECT_THAT(NumbersOf(spec, {{{"x", {"5"}}}}), ElementsAre(1.0f));
}

TEST(Numeric, WhatWasNeverFittedIsNotMade) {
  for (const char* normalizer : {"standard", "log1p_standard", "min_max", "quantile"}) {
    EXPECT_THAT(WhyNot(WideSpecOf({Numeric({{"normalizer", normalizer}})})), HasSubstr("neither given nor fitted")) << normalizer;
  }
  EXPECT_THAT(WhyNot(WideSpecOf({NumericColumn("x"), {"b", "bucketized", {{"source", "x"}, {"quantiles", std::int64_t{4}}}}})),
              HasSubstr("columns.b.boundaries: neither given nor fitted"));
}

TEST(Bucketized, ABoundaryBeginsItsBucketInFloat32) {
  const auto bucket = [](const char* x) {
    return IdsOf({NumericColumn("x"), BucketizedColumn("x", {0, 1, 10})}, {{{"x", {x}}}}).at(0).at(0);
  };
  EXPECT_EQ(bucket("-5"), 0);
  EXPECT_EQ(bucket("-0.0"), 1);
  EXPECT_EQ(bucket("0"), 1);
  EXPECT_EQ(bucket("0.999999"), 1);
  EXPECT_EQ(bucket("1"), 2);
  EXPECT_EQ(bucket("9.99"), 2);
  EXPECT_EQ(bucket("10"), 3);
  EXPECT_EQ(bucket("1e9"), 3);
  EXPECT_EQ(IdsOf({NumericColumn("x"), BucketizedColumn("x", {0.1})}, {{{"x", {"0.09999999999"}}}}), (Ids{{1}}));
}

// A numeric column refuses these; the column itself puts them where TensorFlow does.
TEST(Bucketized, WhatIsNotFiniteHasTensorFlowsBuckets) {
  const ColumnSpec source = NumericColumn("x"), column = BucketizedColumn("x", {0, 1, 10});
  ModelSpec spec = WideSpecOf({source, column});
  ASSERT_TRUE(SettleColumns(&spec).ok());
  const auto numeric = (*FindColumnKind(source))->make(source, source.params, spec, {});
  ASSERT_TRUE(numeric.ok());
  const std::vector<const FeatureColumn*> parents = {numeric->get()};
  const auto bucketized = (*FindColumnKind(column))->make(column, column.params, spec, parents);
  ASSERT_TRUE(bucketized.ok());
  ColumnOutput raw, out;
  raw.raw.Resize(3, 1);
  raw.raw.data()[0] = std::numeric_limits<float>::infinity();
  raw.raw.data()[1] = -std::numeric_limits<float>::infinity();
  raw.raw.data()[2] = std::numeric_limits<float>::quiet_NaN();
  ColumnInputs in;
  in.num_rows = 3;
  in.columns = {&raw};
  BadRows bad;
  (*bucketized)->Transform(in, &out, &bad);
  EXPECT_THAT(out.ids.ids, ElementsAre(3, 0, 3));
}

TEST(Bucketized, TheNumberIsCutBeforeItIsNormalised) {
  EXPECT_EQ(IdsOf({Numeric({{"normalizer", "log1p"}, {"default_value", 30.0}}), BucketizedColumn("x", {10, 20})}, {{{"x", {"15"}}}, {}}), (Ids{{1}, {2}}));
}

TEST(Bucketized, EachDimensionOfAShapeHasIdsOfItsOwn) {
  EXPECT_EQ(IdsOf({NumericColumn("x", {2}), BucketizedColumn("x", {0, 1})}, {{{"x", {"-1", "5"}}}, {{"x", {"0.5", "0.5"}}}}), (Ids{{0, 5}, {1, 4}}));
  EXPECT_THAT(WhyNot(WideSpecOf({NumericColumn("x", {2, 2}), BucketizedColumn("x", {0, 1})})), HasSubstr("more than one dimension"));
}

TEST(Bucketized, BoundariesMustRise) {
  EXPECT_THAT(WhyNot(WideSpecOf({NumericColumn("x"), BucketizedColumn("x", {1, 1})})), HasSubstr("columns.x_bucketized.boundaries: 1 is not above"));
  EXPECT_THAT(WhyNot(WideSpecOf({NumericColumn("x"), BucketizedColumn("x", {1, 1.00000000001})})), HasSubstr("(in float32)"));
}

TEST(Bucketized, QuantilesCutTheRowsIntoEqualParts) {
  std::vector<TextRow> rows;
  for (int i = 0; i < 1000; ++i) rows.push_back({{"x", {std::to_string(i * i)}}});
  ModelSpec spec = WideSpecOf({NumericColumn("x"), {"b", "bucketized", {{"source", "x"}, {"quantiles", std::int64_t{4}}}}});
  ASSERT_TRUE(Fit(rows, &spec).ok());
  const Result<FeaturePlan> plan = MakePlan(spec);
  ASSERT_TRUE(plan.ok()) << plan.status().message();
  std::vector<int> counts(4);
  for (const auto& ids : IdsOf(*plan, "b", rows)) ++counts.at(static_cast<std::size_t>(ids.at(0)));
  EXPECT_THAT(counts, testing::Each(testing::AllOf(testing::Ge(240), testing::Le(260))));
}

}  // namespace
}  // namespace thalweg
