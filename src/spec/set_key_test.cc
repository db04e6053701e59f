#include "spec/set_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thalweg {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

ModelSpec Start() {
  return ParseModelSpec("task = 'binary'\n[columns.'a.b']\nkind = 'numeric'\n[wide]\noptimizer = 'ftrl'", "spec")
      .value();
}

ModelSpec With(std::string_view key, std::string_view value) {
  ModelSpec spec = Start();
  const Status status = SetSpecKey(&spec, key, value);
  EXPECT_TRUE(status.ok()) << status.message();
  return spec;
}

std::string WhyNot(std::string_view key, std::string_view value) {
  ModelSpec spec = Start();
  const Status status = SetSpecKey(&spec, key, value);
  EXPECT_EQ(status.code(), StatusCode::kBadConfig) << key;
  EXPECT_EQ(spec, Start());
  return status.message();
}

TEST(SetKey, TakesTomlValuesAndBareTexts) {
  EXPECT_EQ(With("training.batch_size", "512").training.batch_size, 512);
  EXPECT_EQ(With("deep.hidden_units", "[64, 32]").deep.hidden_units, (std::vector<std::int64_t>{64, 32}));
  EXPECT_EQ(With("deep.batch_norm", "true").deep.batch_norm, true);
  EXPECT_EQ(With("label.name", "income").label.name, "income");
  EXPECT_EQ(With("label.name", "hours-per week = 3").label.name, "hours-per week = 3");
  EXPECT_EQ(With("weight", "1\nseed = 2").weight, "1\nseed = 2");
  EXPECT_EQ(With("task", "").task, "");
}

TEST(SetKey, ReachesIntoPartsAndColumns) {
  EXPECT_EQ(With("wide.optimizer.learning_rate", "0.1").wide.optimizer, (PartSpec{"ftrl", {{"learning_rate", 0.1}}}));
  EXPECT_EQ(With("wide.optimizer", "adam").wide.optimizer, (PartSpec{"adam", {}}));
  EXPECT_EQ(With("wide.optimizer", "{kind = 'sgd', momentum = 0.9}").wide.optimizer,
            (PartSpec{"sgd", {{"momentum", 0.9}}}));
  EXPECT_EQ(With("columns.\"a.b\".shape", "[2]").columns[0].params, (Params{{"shape", std::vector<std::int64_t>{2}}}));
  EXPECT_EQ(With("columns.new.kind", "numeric").columns.size(), 2u);
}

TEST(SetKey, ErrorsBeginWithTheKey) {
  EXPECT_THAT(
      WhyNot("training.batch_sise", "512"),
      StartsWith("training.batch_sise: \"batch_sise\" is not a key of [training]. Did you mean \"batch_size\"?"));
  EXPECT_EQ(WhyNot("training.batch_size", "many"), "training.batch_size: found \"many\", expected an integer");
  EXPECT_THAT(WhyNot("trainig.seed", "1"), HasSubstr("Did you mean \"training\"?"));
  for (const char* key : {"", ".", "a.", "a b", "[a]", "a = 1\nb", "#", "\""}) {
    EXPECT_THAT(WhyNot(key, "1"), HasSubstr("is not the key of a value")) << key;
  }
}

}  // namespace
}  // namespace thalweg
