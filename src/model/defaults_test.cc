#include "model/defaults.h"

#include <gtest/gtest.h>

#include "tensor/kernels.h"

namespace thalweg {
namespace {

double RateOf(const PartSpec& optimizer) { return GetNumber(optimizer.params, "learning_rate", -1); }

TEST(Defaults, AreThoseOfTheCombinedEstimator) {
  ModelSpec spec;
  spec.task = "binary";
  spec.wide.columns = {"a", "b"};
  spec.deep.columns = {"c"};
  FillDefaults(&spec);
  EXPECT_EQ(spec.wide.optimizer.kind, "ftrl");
  EXPECT_EQ(RateOf(spec.wide.optimizer), 0.005);
  EXPECT_EQ(spec.deep.optimizer.kind, "adagrad");
  EXPECT_EQ(RateOf(spec.deep.optimizer), 0.001);
  EXPECT_EQ(spec.head.kind, "binary");
  EXPECT_EQ(GetText(spec.head.params, "loss_reduction", ""), "sum_over_batch_size");
  EXPECT_EQ(spec.training.batch_size, 128);
  EXPECT_EQ(spec.training.passes, 1);
  EXPECT_EQ(spec.training.early_stopping_metric, "log_loss");
}

TEST(Defaults, OfOnePartAloneAreThoseOfItsEstimator) {
  ModelSpec linear, deep;
  linear.wide.columns = {"a"};
  FillDefaults(&linear);
  EXPECT_EQ(RateOf(linear.wide.optimizer), 0.2);
  EXPECT_EQ(linear.deep.optimizer.kind, "");
  deep.deep.columns = {"a"};
  deep.deep.optimizer.kind = "sgd";
  FillDefaults(&deep);
  EXPECT_EQ(RateOf(deep.deep.optimizer), 0.01);
}

TEST(Defaults, OfABaselineAreItsOwn) {
  ModelSpec spec;
  spec.baseline = true;
  FillDefaults(&spec);
  EXPECT_EQ(spec.wide.optimizer.kind, "ftrl");
  EXPECT_EQ(RateOf(spec.wide.optimizer), 0.3);
}

TEST(Defaults, OfTheProfileOfVersion1AreItsOwn) {
  ModelSpec spec;
  spec.task = "binary";
  spec.profile = "tf_v1";
  spec.deep.columns = {"a"};
  ModelSpec adam = spec;
  adam.deep.optimizer.kind = "adam";
  FillDefaults(&spec);
  FillDefaults(&adam);
  EXPECT_EQ(GetText(spec.head.params, "loss_reduction", ""), "sum");
  EXPECT_EQ(RateOf(spec.deep.optimizer), 0.05);
  EXPECT_EQ(GetNumber(spec.deep.optimizer.params, "epsilon", -1), 0);
  EXPECT_EQ(GetText(adam.deep.optimizer.params, "variant", ""), "v1");
}

TEST(Defaults, ManyLinearColumnsLearnSlower) {
  ModelSpec spec;
  spec.wide.columns.resize(90000, "a");
  spec.deep.columns = {"b"};
  FillDefaults(&spec);
  EXPECT_DOUBLE_EQ(RateOf(spec.wide.optimizer), 1.0 / 300);
}

TEST(Defaults, LargeNetworksAreMultipliedInBf16WhereThatIsFaster) {
  ModelSpec spec;
  spec.columns = {{"a", "embedding", {{"dimension", std::int64_t{16}}}}, {"b", "numeric", {}}};
  spec.deep.columns = {"a", "b"};
  spec.deep.hidden_units = {100, 50};
  ModelSpec large = spec, given = spec;
  large.deep.hidden_units = {1024, 512, 256};
  given.training.precision = "bf16";
  for (ModelSpec* s : {&spec, &large, &given}) FillDefaults(s);
  EXPECT_EQ(spec.training.precision, "fp32");
  EXPECT_EQ(large.training.precision, HasFastBf16() ? "bf16" : "fp32");
  EXPECT_EQ(given.training.precision, "bf16");
}

TEST(Defaults, LeaveWhatIsGivenAlone) {
  ModelSpec spec;
  spec.head.kind = "regression";
  spec.wide.columns = {"a"};
  spec.wide.optimizer = {"adam", {{"learning_rate.kind", std::string("cosine")}}};
  spec.training.steps = 10;
  FillDefaults(&spec);
  EXPECT_EQ(spec.task, "regression");
  EXPECT_EQ(spec.wide.optimizer.kind, "adam");
  EXPECT_EQ(spec.wide.optimizer.params.count("learning_rate"), 0u);
  EXPECT_EQ(spec.training.passes, 0);  // until the steps are done
  EXPECT_EQ(spec.training.early_stopping_metric, "rmse");
  ModelSpec again = spec;
  FillDefaults(&again);
  EXPECT_EQ(again, spec);
}

}  // namespace
}  // namespace thalweg
