#include "model/wide_deep_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "model/model_trial.h"
#include "nn/layer.h"
#include "nn/layer_trial.h"

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<WideDeepModel> Make(const ModelSpec& spec, ThreadPool* pool = nullptr) {
  auto made = WideDeepModel::Create(spec, true, pool);
  if (!made.ok()) {
    ADD_FAILURE() << made.status().message();
    std::abort();
  }
  return std::move(made).value();
}

// Every trainable parameter away from its first value, so that no gradient is zero by luck.
void Shake(WideDeepModel* model) {
  for (Parameter* parameter : model->parameters()) {
    if (!parameter->trainable) continue;
    Random random(9, StreamOf(parameter->name));
    for (float& v : parameter->storage.span()) v += static_cast<float>(0.3 * random.Normal());
  }
}

void ExpectGradientsAgree(const ModelSpec& spec) {
  auto model = Make(spec);
  Shake(model.get());
  const FeatureBatch batch = TrialBatch(*model, 70);
  const Run run = {nullptr, Mode::kTrain, 4, 2};
  const TrialGradients gradients = GradientsOf(*model, batch, run);
  const std::vector<Parameter*> parameters = model->parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    SCOPED_TRACE(parameters[p]->name);
    EXPECT_THAT(gradients.written[p], testing::Each(parameters[p]->trainable ? 1 : 0));
    if (!parameters[p]->trainable) continue;
    Matrix along(parameters[p]->value.rows, parameters[p]->value.cols);
    FillAwayFromZero(p, along.span());
    const auto loss = [&] {
      WideDeepModel::Workspace work;
      Matrix unused(batch.num_rows, model->head().num_logits());
      return model->head().Loss(model->Forward(run, batch, &work), batch.label, batch.weight, unused.view());
    };
    const double expected = Inner(gradients.values[p].span(), along.span());
    const double scale = std::sqrt(Inner(gradients.values[p].span(), gradients.values[p].span()));
    EXPECT_NEAR(AlongDirection(parameters[p]->storage.span(), along.span(), 2e-3, loss), expected, 5e-3 * scale + 1e-4);
  }
}

TEST(WideDeepModel, GradientsOfEveryHeadAgreeWithDifferences) {
  for (const KindInfo& head : HeadKinds().kinds) {
    SCOPED_TRACE(head.name);
    ExpectGradientsAgree(TrialSpec(head.name));
  }
}

TEST(WideDeepModel, GradientsAgreeWithDropoutAndBatchNormalisation) {
  ModelSpec spec = TrialSpec("binary");
  spec.deep.dropout = 0.3;
  spec.deep.batch_norm = true;
  spec.wide.sparse_combiner = "mean";
  ExpectGradientsAgree(spec);
}

TEST(WideDeepModel, GradientsOfEitherPartAloneAgreeWithDifferences) {
  ModelSpec wide = TrialSpec("multiclass"), deep = TrialSpec("regression");
  wide.deep = {};
  deep.wide = {};
  deep.deep.activation = "gelu";
  DropUnusedColumns(&wide);
  DropUnusedColumns(&deep);
  ExpectGradientsAgree(wide);
  ExpectGradientsAgree(deep);
}

TEST(WideDeepModel, ParametersHaveTensorFlowsNamesAndShapes) {
  ModelSpec spec = TrialSpec("multiclass");
  spec.deep.batch_norm = true;
  const auto model = Make(spec);
  std::vector<std::string> names;
  for (const Parameter* parameter : std::as_const(*model).parameters()) {
    names.push_back(parameter->name + " " + testing::PrintToString(parameter->shape));
  }
  const std::string input = "dnn/input_from_feature_columns/input_layer/", hidden = "dnn/hiddenlayer_";
  EXPECT_THAT(
      names,
      ElementsAre(hidden + "0/batchnorm_0/beta { 17 }", hidden + "0/batchnorm_0/gamma { 17 }",
                  hidden + "0/batchnorm_0/moving_mean { 17 }", hidden + "0/batchnorm_0/moving_variance { 17 }",
                  hidden + "0/bias { 17 }", hidden + "0/kernel { 19, 17 }", hidden + "1/batchnorm_1/beta { 6 }",
                  hidden + "1/batchnorm_1/gamma { 6 }", hidden + "1/batchnorm_1/moving_mean { 6 }",
                  hidden + "1/batchnorm_1/moving_variance { 6 }", hidden + "1/bias { 6 }",
                  hidden + "1/kernel { 17, 6 }", input + "city_embedding/embedding_weights { 9, 4 }",
                  input + "tags_embedding/embedding_weights { 30, 3 }", "dnn/logits/bias { 3 }",
                  "dnn/logits/kernel { 6, 3 }", "linear/linear_model/age/weights { 1, 3 }",
                  "linear/linear_model/bias_weights { 3 }", "linear/linear_model/city/weights { 9, 3 }",
                  "linear/linear_model/city_indicator/weights { 9, 3 }", "linear/linear_model/tags/weights { 30, 3 }",
                  "linear/linear_model/tags_wide/embedding_weights { 30, 2 }",
                  "linear/linear_model/tags_wide/weights { 2, 3 }"));
}

TEST(WideDeepModel, ScoreOfARowDoesNotDependOnTheRowsBesideIt) {
  ModelSpec spec = TrialSpec("multiclass");
  spec.deep.batch_norm = true;
  spec.deep.dropout = 0.5;
  auto model = Make(spec);
  Shake(model.get());
  const FeatureBatch batch = TrialBatch(*model, 300);
  ThreadPool pool(3);
  WideDeepModel::Workspace all, alone;
  const ConstMatrixView logits = model->Forward({&pool}, batch, &all);
  for (std::size_t r = 0; r < batch.num_rows; ++r) {
    const FeatureBatch one = RowsOfBatch(batch, r, 1);
    const ConstMatrixView single = model->Forward({}, one, &alone);
    ASSERT_TRUE(std::equal(single.row(0), single.row(0) + 3, logits.row(r))) << r;
  }
}

TEST(WideDeepModel, AnyNumberOfThreadsGivesTheSameBits) {
  ModelSpec spec = TrialSpec("multiclass");
  spec.deep.batch_norm = true;
  spec.deep.dropout = 0.25;
  spec.deep.hidden_units = {600, 40};
  const auto run_with = [&](int threads) {
    ThreadPool pool(threads);
    auto model = Make(spec, &pool);
    Shake(model.get());
    TrialGradients gradients = GradientsOf(*model, TrialBatch(*model, 515), {&pool, Mode::kTrain, 7, 11});
    WideDeepModel::Workspace work;
    model->Forward({&pool, Mode::kTrain, 7, 11}, TrialBatch(*model, 515), &work);
    model->UpdateMovingAverages(&work);
    for (const Parameter* parameter : std::as_const(*model).parameters()) {
      Matrix& copy = gradients.values.emplace_back(parameter->value.rows, parameter->value.cols);
      std::copy_n(parameter->value.data, copy.size(), copy.data());
    }
    return gradients;
  };
  const TrialGradients one = run_with(1);
  for (const int threads : {2, 3, 8}) {
    const TrialGradients many = run_with(threads);
    EXPECT_EQ(many.loss, one.loss);
    ASSERT_EQ(many.values.size(), one.values.size());
    for (std::size_t p = 0; p < one.values.size(); ++p) {
      EXPECT_TRUE(std::ranges::equal(many.values[p].span(), one.values[p].span())) << p << " at " << threads;
    }
  }
}

TEST(WideDeepModel, AFrozenEmbeddingHasNoGradient) {
  ModelSpec spec = TrialSpec("binary");
  spec.columns[2].params["trainable"] = false;
  const auto model = Make(spec);
  const std::vector<Parameter*> parameters = model->parameters();
  for (const GradientPiece& piece : model->gradient_pieces()) {
    EXPECT_TRUE(parameters[piece.parameter]->trainable);
    EXPECT_THAT(parameters[piece.parameter]->name, testing::Not(HasSubstr("city_embedding")));
  }
}

TEST(WideDeepModel, LinearPartCombinesIdsAsTheSpecSays) {
  ModelSpec spec = TrialSpec("regression");
  spec.deep = {};
  spec.wide.columns = {"city"};
  DropUnusedColumns(&spec);
  for (const auto& [combiner, expected] : {std::pair{"sum", 31.5f}, {"mean", 16.5f}}) {
    spec.wide.sparse_combiner = combiner;
    auto model = Make(spec);
    model->parameters()[0]->storage.data()[0] = 1.5f;  // bias_weights
    float* weights = model->parameters()[1]->storage.data();
    weights[2] = 10;
    weights[5] = 20;
    FeatureBatch batch;
    batch.num_rows = 1;
    batch.ids.resize(1);
    batch.ids[0] = {{0, 3}, {2, -1, 5}, {}};
    WideDeepModel::Workspace work;
    EXPECT_EQ(model->Forward({}, batch, &work).row(0)[0], expected) << combiner;
  }
}

TEST(WideDeepModel, WithoutMemoryItKnowsItsShapes) {
  ModelSpec spec = TrialSpec("binary");
  spec.columns[1].params["hash_bucket_size"] = std::int64_t{2147483647};
  auto made = WideDeepModel::Create(spec, false);
  ASSERT_TRUE(made.ok()) << made.status().message();
  for (const Parameter* parameter : std::as_const(**made).parameters()) EXPECT_EQ(parameter->value.data, nullptr);
}

TEST(WideDeepModel, SaysWhatIsWrongWithASpec) {
  const auto message = [](auto change) {
    ModelSpec spec = TrialSpec("binary");
    change(spec);
    const auto made = WideDeepModel::Create(spec);
    EXPECT_EQ(made.status().code(), StatusCode::kBadConfig);
    return made.status().message();
  };
  EXPECT_THAT(message([](ModelSpec& s) { s.wide.columns = s.deep.columns = {}; }), HasSubstr("wide.columns"));
  EXPECT_THAT(message([](ModelSpec& s) { s.deep.hidden_units = {}; }), HasSubstr("deep.hidden_units"));
  EXPECT_THAT(message([](ModelSpec& s) { s.deep.hidden_units = {8, 0}; }), HasSubstr("deep.hidden_units: 0"));
  EXPECT_THAT(message([](ModelSpec& s) { s.deep.activation = "rilu"; }), HasSubstr("Did you mean \"relu\""));
  EXPECT_THAT(message([](ModelSpec& s) { s.deep.dropout = 1; }), HasSubstr("deep.dropout"));
  EXPECT_THAT(message([](ModelSpec& s) { s.wide.sparse_combiner = "avg"; }), HasSubstr("wide.sparse_combiner"));
  EXPECT_THAT(message([](ModelSpec& s) { s.task = "ranking"; }), HasSubstr("ranking"));
  EXPECT_THAT(message([](ModelSpec& s) { s.head.kind = "regression"; }), HasSubstr("head.kind"));
  EXPECT_THAT(message([](ModelSpec& s) { s.label.classes = {"a", "b", "c"}; }), HasSubstr("label.classes"));
}

TEST(WideDeepModel, ABaselineHasABiasAndNoColumns) {
  ModelSpec spec;
  spec.task = "multiclass";
  spec.label.classes = {"a", "b", "c"};
  spec.baseline = true;
  ExpectGradientsAgree(spec);
  const auto model = WideDeepModel::Create(spec).value();
  ASSERT_EQ(model->parameters().size(), 1u);
  EXPECT_EQ(model->parameters()[0]->name, "baseline/bias");
  spec.wide.columns = {"age"};
  spec.columns = {{"age", "numeric", {}}};
  EXPECT_THAT(WideDeepModel::Create(spec).status().message(), testing::HasSubstr("baseline"));
}

}  // namespace
}  // namespace thalweg
