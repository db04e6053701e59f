#include "migrate/tf_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thalweg {
namespace {

ModelSpec Spec() {
  ModelSpec spec;
  spec.columns = {{"b", "numeric", {{"field", "age"}}},
                  {"cut", "bucketized", {{"source", "b"}}},
                  {"words", "hash_bucket", {{"field", "edu"}}},
                  {"inner", "crossed", {{"keys", std::vector<std::string>{"zip", "column:cut"}}}},
                  {"outer", "crossed", {{"keys", std::vector<std::string>{"occ", "column:inner"}}}},
                  {"größe", "hash_bucket", {}},
                  {"w", "weighted", {{"column", "words"}, {"weight", "edu_w"}}},
                  {"e", "embedding", {{"column", "w"}}},
                  {"edu (2)", "hash_bucket", {{"field", "edu"}}}};
  return spec;
}

TEST(TfNames, AreMadeOfFieldsAndKinds) {
  const ModelSpec spec = Spec();
  const auto name = [&](const char* column) { return TfColumnName(spec, *spec.FindColumn(column)); };
  EXPECT_EQ(name("b"), "age");
  EXPECT_EQ(name("cut"), "age_bucketized");
  EXPECT_EQ(name("outer"), "age_bucketized_X_occ_X_zip");
  EXPECT_EQ(name("e"), "edu_weighted_by_edu_w_embedding");
}

TEST(TfNames, OfVariablesHaveOneUnderscoreForACharacter) {
  ModelSpec spec = Spec();
  spec.wide.columns = {"größe", "words"};
  EXPECT_EQ(TfVariables(spec).at("linear/linear_model/gr____e/weights"), "linear/linear_model/gr__e/weights");
  EXPECT_EQ(TfVariables(spec).at("linear/linear_model/words/weights"), "linear/linear_model/edu/weights");
}

TEST(TfNames, ThatWouldBeAlikeStayAsTheyAre) {
  ModelSpec spec = Spec();
  spec.wide.columns = {"edu (2)", "words"};
  EXPECT_TRUE(TfVariables(spec).empty());
}

TEST(TfNames, OfTheNetworkSayWhereTheirOrderDiffers) {
  ModelSpec spec = Spec();
  spec.deep.columns = {"b", "e"};
  EXPECT_EQ(TfOrderDiffers(spec), "");
  EXPECT_THAT(TfDeepOrder(spec), testing::ElementsAre("b", "e"));
  spec.columns[0].params["field"] = std::string("z");
  EXPECT_THAT(TfOrderDiffers(spec), testing::HasSubstr("\"b\" and \"e\""));
  EXPECT_THAT(TfDeepOrder(spec), testing::ElementsAre("e", "b"));
}

}  // namespace
}  // namespace thalweg
