// Requests: a context and candidates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <thread>

#include "bundle/bundle.h"
#include "columns/fit.h"
#include "model/defaults.h"
#include "tensor/kernels.h"
#include "thalweg/request.h"

namespace thalweg {
namespace {

using testing::HasSubstr;

// A shop's page for a user: the user's city and age are the context, the item is the candidate, and both are crossed.
class RequestScorerTest : public testing::Test {
 protected:
  RequestScorerTest() : path_(testing::TempDir() + "/request_scorer_test." + std::to_string(getpid())) {}
  ~RequestScorerTest() override { std::filesystem::remove(path_); }

  void Open(const std::string& precision, const std::vector<std::string>& context, RequestOptions options = {}) {
    ModelSpec spec;
    spec.task = "binary";
    spec.label = {"y", {"no", "yes"}, "yes"};
    spec.columns = {HashBucketColumn("city", 20), HashBucketColumn("item", 50), NumericColumn("age"), NumericColumn("price"),
                    CrossedColumn({"city", "item"}, 100), EmbeddingColumn("city", 4), EmbeddingColumn("item", 4),
                    IndicatorColumn("item")};
    spec.wide.columns = {"city", "item", "city_X_item", "price"};
    spec.deep.columns = {"city_embedding", "item_embedding", "item_indicator", "age", "price"};
    spec.deep.hidden_units = {32, 16};
    spec.training.precision = precision;
    ASSERT_TRUE(SettleColumns(&spec).ok());
    FillDefaults(&spec);
    auto model = WideDeepModel::Create(spec);
    ASSERT_TRUE(model.ok()) << model.status().message();
    BundleContents contents;
    contents.spec = &spec;
    for (Parameter* parameter : (*model)->parameters()) {
      for (std::size_t i = 0; i < parameter->storage.size(); ++i) parameter->storage.data()[i] += 0.1f * static_cast<float>(i % 5) - 0.15f;
      contents.tensors.push_back({parameter->name, parameter->shape, parameter->storage.span()});
    }
    ASSERT_TRUE(WriteBundle(path_, contents).ok());
    Result<Predictor> opened = Predictor::Open(path_);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    predictor_ = std::make_unique<Predictor>(std::move(*opened));
    Result<RequestScorer> scorer = RequestScorer::Create(predictor_.get(), context, options);
    ASSERT_TRUE(scorer.ok()) << scorer.status().message();
    scorer_ = std::make_unique<RequestScorer>(std::move(*scorer));
  }

  // What each field holds for item `i`; the context's fields are those of item 0.
  ExampleBatch Rows(ExampleBuilder rows, const Schema& schema, int begin, int end) const {
    const auto has = [&](const char* name) { return schema.Find(name) != nullptr; };
    const auto context = [&](const char* name, int i) { return scorer_->context_schema().Find(name) != nullptr ? 0 : i; };
    for (int i = begin; i < end; ++i) {
      if (has("city")) EXPECT_TRUE(rows.Text("city", "city " + std::to_string(context("city", i) % 7)).ok());
      if (has("item")) EXPECT_TRUE(rows.Text("item", "item " + std::to_string(context("item", i))).ok());
      if (has("age")) EXPECT_TRUE(rows.Number("age", 0.1 * (context("age", i) % 9)).ok());
      if (has("price")) EXPECT_TRUE(rows.Number("price", 0.03 * context("price", i) - 1).ok());
      rows.EndRow();
    }
    return rows.Take();
  }
  Predictions Score(int begin, int end) const {
    Predictions scores;
    const Status status = scorer_->Score(Rows(scorer_->NewContext(), scorer_->context_schema(), 0, 1),
                                         Rows(scorer_->NewCandidates(), scorer_->candidate_schema(), begin, end), &scores);
    EXPECT_TRUE(status.ok()) << status.message();
    return scores;
  }
  Predictions WholeRows(int begin, int end) const {
    Predictions scores;
    EXPECT_TRUE(predictor_->Predict(Rows(predictor_->NewExamples(), predictor_->schema(), begin, end), &scores).ok());
    return scores;
  }
  static void ExpectClose(const Predictions& a, const Predictions& b, double within) {
    ASSERT_EQ(a.logits.size(), b.logits.size());
    for (std::size_t i = 0; i < a.logits.size(); ++i) EXPECT_NEAR(a.logits[i], b.logits[i], within) << i;
    EXPECT_EQ(a.probabilities.size(), b.probabilities.size());
  }

  std::string path_;
  std::unique_ptr<Predictor> predictor_;
  std::unique_ptr<RequestScorer> scorer_;
};

TEST_F(RequestScorerTest, CandidatesScoreAsRowsThatHoldTheContextToo) {
  const std::vector<std::vector<std::string>> contexts = {{"city", "age"}, {"item"}, {"city", "item", "age", "price"}, {}};
  for (const std::vector<std::string>& context : contexts) {
    Open("fp32", context);
    ExpectClose(Score(0, 300), WholeRows(0, 300), 1e-5);
  }
}

TEST_F(RequestScorerTest, InBf16TheyScoreAlikeWithinItsRounding) {
  Open("bf16", {"city", "age"});
  ExpectClose(Score(0, 300), WholeRows(0, 300), 1e-2);
}

TEST_F(RequestScorerTest, ACandidateAloneIsACandidateAmongMany) {
  for (const char* precision : {"fp32", "bf16"}) {
    Open(precision, {"city", "age"});
    const Predictions all = Score(0, 200);
    for (int i = 0; i < 200; i += 9) EXPECT_EQ(Score(i, i + 1).logits[0], all.logits[static_cast<std::size_t>(i)]);
  }
}

TEST_F(RequestScorerTest, ARequestMayBeCutOverThreads) {
  Open("fp32", {"city", "age"});
  const Predictions alone = Score(0, 700);
  Open("fp32", {"city", "age"}, {.threads = 3});
  EXPECT_EQ(Score(0, 700).logits, alone.logits);
}

TEST_F(RequestScorerTest, ManyThreadsUseOne) {
  Open("fp32", {"city", "age"});
  const Predictions expected = Score(0, 50);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) EXPECT_EQ(Score(0, 50).logits, expected.logits);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(RequestScorerTest, WhatDoesNotFitIsAnErrorThatSaysWhat) {
  Open("fp32", {"city", "age"});
  const Result<RequestScorer> mistyped = RequestScorer::Create(predictor_.get(), {"citty"});
  EXPECT_THAT(mistyped.status().message(), HasSubstr("Did you mean \"city\""));
  Predictions scores;
  const ExampleBatch context = Rows(scorer_->NewContext(), scorer_->context_schema(), 0, 1);
  const ExampleBatch two = Rows(scorer_->NewContext(), scorer_->context_schema(), 0, 2);
  const ExampleBatch candidates = Rows(scorer_->NewCandidates(), scorer_->candidate_schema(), 0, 5);
  EXPECT_THAT(scorer_->Score(two, candidates, &scores).message(), HasSubstr("2 rows, expected 1"));
  EXPECT_THAT(scorer_->Score({}, candidates, &scores).message(), HasSubstr("0 fields, expected 2"));
  EXPECT_TRUE(scorer_->Score(context, candidates, &scores).ok());
}

}  // namespace
}  // namespace thalweg
