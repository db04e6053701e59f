#include "nn/initializer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nn/parameter_list.h"

namespace thalweg {
namespace {

std::vector<float> Draw(const PartSpec& spec, Fans fans, std::size_t n, std::uint64_t stream = 1) {
  auto made = MakeInitializer(spec, fans, "kernel");
  EXPECT_TRUE(made.ok()) << made.status().message();
  std::vector<float> values(n);
  (*made)->Fill(3, stream, 0, values);
  return values;
}

struct Moments {
  double mean = 0, deviation = 0, least = 1e30, largest = -1e30;
};
Moments Of(const std::vector<float>& values) {
  Moments m;
  for (const float v : values) {
    m.mean += v / static_cast<double>(values.size());
    m.least = std::min<double>(m.least, v);
    m.largest = std::max<double>(m.largest, v);
  }
  for (const float v : values) m.deviation += (v - m.mean) * (v - m.mean) / static_cast<double>(values.size());
  m.deviation = std::sqrt(m.deviation);
  return m;
}

TEST(Initializer, TruncatedNormalIsCutAtTwoDeviations) {
  const Moments m = Of(Draw({"truncated_normal", {}}, {1000, 16}, 200000));  // 1/√16
  EXPECT_NEAR(m.mean, 0, 0.002);
  EXPECT_NEAR(m.deviation, 0.25 * 0.87962566, 0.001);
  EXPECT_GE(m.least, -0.5);
  EXPECT_LE(m.largest, 0.5);
  EXPECT_LT(m.least, -0.49);
  EXPECT_GT(m.largest, 0.49);
}

TEST(Initializer, TruncatedNormalFollowsTheInverseOfTheDistribution) {
  const std::vector<float> values = Draw({"truncated_normal", {{"stddev", 1.0}}}, {1, 1}, 200000);
  for (const double z : {-1.9, -1.0, -0.3, 0.0, 0.5, 1.5}) {
    double below = 0;
    for (const float v : values) below += v < z ? 1.0 : 0.0;
    const double share = (std::erf(z / std::sqrt(2.0)) / std::erf(std::sqrt(2.0)) + 1) / 2;
    EXPECT_NEAR(below / static_cast<double>(values.size()), share, 0.004) << z;
  }
}

TEST(Initializer, GlorotUniformStaysWithinItsLimit) {
  const double limit = std::sqrt(6.0 / (30 + 20));
  const Moments m = Of(Draw({"glorot_uniform", {}}, {30, 20}, 100000));
  EXPECT_NEAR(m.mean, 0, 0.005);
  EXPECT_NEAR(m.deviation, limit / std::sqrt(3.0), 0.002);
  EXPECT_GE(m.least, -limit * 1.0000001);
  EXPECT_LE(m.largest, limit * 1.0000001);
}

TEST(Initializer, OthersDoAsTheySay) {
  EXPECT_THAT(Draw({"zeros", {}}, {1, 1}, 5), testing::Each(0.0f));
  EXPECT_THAT(Draw({"ones", {}}, {1, 1}, 5), testing::Each(1.0f));
  EXPECT_THAT(Draw({"constant", {{"value", 2.5}}}, {1, 1}, 5), testing::Each(2.5f));
  const Moments uniform = Of(Draw({"uniform", {{"minval", 1.0}, {"maxval", 3.0}}}, {1, 1}, 50000));
  EXPECT_NEAR(uniform.mean, 2, 0.02);
  EXPECT_GE(uniform.least, 1);
  EXPECT_LE(uniform.largest, 3);
  const Moments normal = Of(Draw({"normal", {{"mean", -1.0}, {"stddev", 2.0}}}, {1, 1}, 50000));
  EXPECT_NEAR(normal.mean, -1, 0.05);
  EXPECT_NEAR(normal.deviation, 2, 0.05);
}

TEST(Initializer, UnknownKindsAndParametersAreErrors) {
  EXPECT_THAT(MakeInitializer({"truncated_norml", {}}, {}, "columns.c").status().message(),
              testing::AllOf(testing::HasSubstr("columns.c"), testing::HasSubstr("\"truncated_normal\"")));
  EXPECT_FALSE(MakeInitializer({"normal", {{"stddev", -1.0}}}, {}, "columns.c").ok());
}

Parameter Named(std::string name, std::int64_t rows) {
  Parameter parameter;
  parameter.name = std::move(name);
  parameter.shape = {rows, 8};
  return parameter;
}

TEST(ParameterList, FirstValuesDependOnSeedAndNameOnly) {
  const auto values = [](std::uint64_t seed, std::vector<std::string> names, ThreadPool* pool) {
    ParameterList list;
    for (const std::string& name : names) EXPECT_TRUE(list.Add(Named(name, 30000), {"truncated_normal", {}}).ok());
    EXPECT_TRUE(list.Sort().ok() && list.Allocate(seed, pool).ok());
    const auto span = list.entries()[0]->parameter.storage.span();
    return std::vector<float>(span.begin(), span.end());
  };
  ThreadPool pool(3);
  const std::vector<float> alone = values(1, {"a"}, nullptr);
  EXPECT_EQ(values(1, {"b", "a", "c"}, &pool), alone);
  EXPECT_NE(values(2, {"a"}, nullptr), alone);
  EXPECT_NE(values(1, {"b"}, nullptr), alone);
}

TEST(ParameterList, TwoOfOneNameAreAnError) {
  ParameterList list;
  ASSERT_TRUE(list.Add(Named("x/" + VariableScope("zip code"), 2), {"zeros", {}}).ok());
  ASSERT_TRUE(list.Add(Named("x/" + VariableScope("zip+code"), 2), {"zeros", {}}).ok());
  EXPECT_THAT(list.Sort().message(), testing::HasSubstr("x/zip_code"));
}

TEST(ParameterList, ASizeThatCannotBeIsAnError) {
  ParameterList list;
  EXPECT_EQ(list.Add(Named("x", std::int64_t{1} << 40), {"zeros", {}}).status().code(), StatusCode::kBadConfig);
}

}  // namespace
}  // namespace thalweg
