// Scores from a model file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "bundle/bundle.h"
#include "columns/fit.h"
#include "model/defaults.h"
#include "thalweg/prediction.h"
#include "thalweg/request.h"

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PredictorTest : public testing::Test {
 protected:
  PredictorTest() : path_(testing::TempDir() + "/predictor_test." + std::to_string(getpid())) {}
  ~PredictorTest() override { std::filesystem::remove(path_); }

  // Writes a model of `task` with weights that are not zero.
  void Write(const std::string& task, std::int64_t buckets = 7, std::int64_t dimension = 2) {
    ModelSpec spec;
    spec.task = task;
    spec.label.name = "y";
    if (task == "binary") spec.label = {"y", {"no", "yes"}, "yes"};
    if (task == "multiclass") spec.label = {"y", {"red", "green", "blue"}, ""};
    spec.columns = {HashBucketColumn("shop", buckets), EmbeddingColumn("shop", dimension), NumericColumn("x")};
    spec.wide.columns = {"shop"};
    spec.deep.columns = {"shop_embedding", "x"};
    spec.deep.hidden_units = {3};
    ASSERT_TRUE(SettleColumns(&spec).ok());
    FillDefaults(&spec);
    auto model = WideDeepModel::Create(spec);
    ASSERT_TRUE(model.ok()) << model.status().message();
    BundleContents contents;
    contents.spec = &spec;
    for (Parameter* parameter : (*model)->parameters()) {
      for (std::size_t i = 0; i < parameter->storage.size(); ++i) {
        parameter->storage.data()[i] += 0.1f * static_cast<float>(i % 5) - 0.15f;
      }
      contents.tensors.push_back({parameter->name, parameter->shape, parameter->storage.span()});
    }
    ASSERT_TRUE(WriteBundle(path_, contents).ok());
  }

  // Writes the model again: its tables in `pack`, of which each third row is zero, or decoded.
  void WriteAgain(std::optional<NumberForm> pack, bool zeros) {
    const auto bundle = Bundle::Open(path_, true);
    ASSERT_TRUE(bundle.ok()) << bundle.status().message();
    const auto model = LoadModel(*bundle, true);
    BundleContents contents;
    contents.spec = &(*bundle)->spec();
    for (Parameter* parameter : (*model)->parameters()) {
      for (std::size_t r = 0; zeros && parameter->table && r < parameter->storage.rows(); ++r) {
        if (r % 3 != 0) std::fill_n(parameter->storage.row(r), parameter->storage.cols(), 0.0f);
      }
      contents.tensors.push_back({parameter->name, parameter->shape, parameter->storage.span()});
      if (parameter->table) contents.tensors.back().pack = pack;
    }
    ASSERT_TRUE(WriteBundle(path_, contents).ok());
  }
  std::vector<float> LogitsOf(int rows) const {
    Predictions scores;
    const auto predictor = Predictor::Open(path_);
    EXPECT_TRUE(predictor.ok() && predictor->Predict(Rows(*predictor, 0, rows), &scores).ok());
    return scores.logits;
  }

  static ExampleBatch Rows(const Predictor& predictor, int begin, int end) {
    ExampleBuilder rows = predictor.NewExamples();
    for (int i = begin; i < end; ++i) {
      EXPECT_TRUE(rows.Text("shop", "shop " + std::to_string(i)).ok());
      EXPECT_TRUE(rows.Number("x", i * 0.25 - 1).ok());
      rows.EndRow();
    }
    return rows.Take();
  }

  std::string path_;
};

TEST_F(PredictorTest, BinaryScoresAreWhole) {
  Write("binary");
  const auto predictor = Predictor::Open(path_);
  ASSERT_TRUE(predictor.ok()) << predictor.status().message();
  EXPECT_THAT(predictor->classes(), ElementsAre("no", "yes"));
  Predictions scores;
  ASSERT_TRUE(predictor->Predict(Rows(*predictor, 0, 5), &scores).ok());
  EXPECT_EQ(scores.num_rows, 5u);
  EXPECT_EQ(scores.num_logits, 1u);
  ASSERT_EQ(scores.probabilities.size(), 10u);
  for (std::size_t r = 0; r < 5; ++r) {
    EXPECT_NEAR(scores.probabilities[2 * r + 1], 1 / (1 + std::exp(-scores.logits[r])), 1e-6);
    EXPECT_EQ(scores.class_ids[r], scores.logits[r] > 0 ? 1 : 0);
  }
  EXPECT_THAT(scores.predictions, IsEmpty());
}

TEST_F(PredictorTest, OtherTasksHaveTheirOwn) {
  Write("multiclass");
  Predictions scores;
  {
    const auto predictor = Predictor::Open(path_);
    ASSERT_TRUE(predictor.ok());
    ASSERT_TRUE(predictor->Predict(Rows(*predictor, 0, 4), &scores).ok());
    EXPECT_EQ(scores.logits.size(), 12u);
    EXPECT_EQ(scores.probabilities.size(), 12u);
    EXPECT_EQ(scores.class_ids.size(), 4u);
  }
  Write("regression");
  const auto predictor = Predictor::Open(path_);
  ASSERT_TRUE(predictor.ok());
  EXPECT_THAT(predictor->classes(), IsEmpty());
  ASSERT_TRUE(predictor->Predict(Rows(*predictor, 0, 4), &scores).ok());  // into what another model left
  EXPECT_EQ(scores.predictions.size(), 4u);
  EXPECT_THAT(scores.probabilities, IsEmpty());
}

TEST_F(PredictorTest, RowAloneIsARowAmongMany) {
  Write("binary");
  const auto predictor = Predictor::Open(path_);
  ASSERT_TRUE(predictor.ok());
  Predictions all, one;
  ASSERT_TRUE(predictor->Predict(Rows(*predictor, 0, 300), &all).ok());
  for (int r = 0; r < 300; r += 7) {
    ASSERT_TRUE(predictor->Predict(Rows(*predictor, r, r + 1), &one).ok());
    EXPECT_EQ(one.logits[0], all.logits[static_cast<std::size_t>(r)]);
  }
}

TEST_F(PredictorTest, ManyThreadsUseOne) {
  Write("binary");
  const auto opened = Predictor::Open(path_, {.verify = false});
  ASSERT_TRUE(opened.ok());
  const Predictor& predictor = *opened;
  Predictions expected;
  ASSERT_TRUE(predictor.Predict(Rows(predictor, 0, 50), &expected).ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        Predictions scores;
        ASSERT_TRUE(predictor.Predict(Rows(predictor, 0, 50), &scores).ok());
        EXPECT_EQ(scores.logits, expected.logits);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PredictorTest, NoRowsGiveNoScores) {
  Write("binary");
  const auto predictor = Predictor::Open(path_);
  ASSERT_TRUE(predictor.ok());
  Predictions scores;
  ASSERT_TRUE(predictor->Predict(Rows(*predictor, 0, 0), &scores).ok());
  EXPECT_EQ(scores.num_rows, 0u);
  EXPECT_THAT(scores.logits, IsEmpty());
}

TEST_F(PredictorTest, RowsOfAnotherShapeAreRefused) {
  Write("binary");
  const auto predictor = Predictor::Open(path_);
  ASSERT_TRUE(predictor.ok());
  Predictions scores;
  ExampleBatch rows = Rows(*predictor, 0, 2);
  rows.fields.pop_back();
  EXPECT_EQ(predictor->Predict(rows, &scores).code(), StatusCode::kBadData);
  rows = Rows(*predictor, 0, 2);
  std::swap(rows.fields[0], rows.fields[1]);
  EXPECT_EQ(predictor->Predict(rows, &scores).code(), StatusCode::kBadData);
}

TEST_F(PredictorTest, MissingNumberNamesRowAndField) {
  Write("binary");
  const auto predictor = Predictor::Open(path_);
  ASSERT_TRUE(predictor.ok());
  ExampleBuilder rows = predictor->NewExamples();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(rows.Text("shop", "a").ok());
    if (i != 1) {
      ASSERT_TRUE(rows.Number("x", 1).ok());
    }
    rows.EndRow();
  }
  Predictions scores;
  const Status status = predictor->Predict(rows.Take(), &scores);
  EXPECT_EQ(status.code(), StatusCode::kBadData);
  EXPECT_THAT(status.message(), testing::AllOf(HasSubstr("row 2"), HasSubstr("\"x\"")));
}

TEST_F(PredictorTest, HarmedModelIsNeverScoredWith) {
  Write("binary");
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  std::uint64_t header = 0;
  file.read(reinterpret_cast<char*>(&header), sizeof(header));
  file.seekp(static_cast<std::streamoff>(sizeof(header) + header));  // the first weight
  file.put('!');
  file.close();
  EXPECT_EQ(Predictor::Open(path_).status().code(), StatusCode::kBadData);
  const auto predictor = Predictor::Open(path_, {.verify = false});
  ASSERT_TRUE(predictor.ok());
  Predictions scores;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(predictor->Predict(Rows(*predictor, 0, 1), &scores).code(), StatusCode::kBadData);
  }
}

TEST_F(PredictorTest, PackedTablesScoreAsTheirNumbers) {
  for (const NumberForm form : {NumberForm::kF32, NumberForm::kBf16, NumberForm::kInt8}) {
    SCOPED_TRACE(NameOf(form));
    Write("binary", 100, 16);
    WriteAgain(std::nullopt, true);
    const std::vector<float> plain = LogitsOf(300);
    const auto bytes = std::filesystem::file_size(path_);
    WriteAgain(form, false);
    EXPECT_LT(std::filesystem::file_size(path_), bytes);
    const std::vector<float> packed = LogitsOf(300);
    WriteAgain(std::nullopt, false);
    EXPECT_EQ(LogitsOf(300), packed);
    for (std::size_t r = 0; r < plain.size(); ++r) EXPECT_NEAR(packed[r], plain[r], form == NumberForm::kF32 ? 0 : 0.02);
  }
}

TEST_F(PredictorTest, BlocksOfTablesAreCheckedWhenARowOfThemIsPicked) {
  constexpr int kShops = 200;
  Write("binary", 40'000, 64);
  const std::vector<float> expected = LogitsOf(kShops);
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path_) / 2));   // within the embedding table
    file.put('!');
  }
  EXPECT_EQ(Predictor::Open(path_).status().code(), StatusCode::kBadData);
  const auto predictor = Predictor::Open(path_, {.verify_at_most = 1'000'000});
  ASSERT_TRUE(predictor.ok()) << predictor.status().message();
  const auto scorer = RequestScorer::Create(&*predictor, {"x"});
  ASSERT_TRUE(scorer.ok()) << scorer.status().message();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      int refused = 0;
      for (int i = 0; i < kShops; ++i) {
        Predictions scores;
        const Status status = predictor->Predict(Rows(*predictor, i, i + 1), &scores);
        ExampleBuilder context = scorer->NewContext(), candidates = scorer->NewCandidates();
        EXPECT_TRUE(context.Number("x", i * 0.25 - 1).ok() && candidates.Text("shop", "shop " + std::to_string(i)).ok());
        context.EndRow();
        candidates.EndRow();
        EXPECT_EQ(scorer->Score(context.Take(), candidates.Take(), &scores).code(), status.code());
        if (status.ok()) {
          EXPECT_NEAR(scores.logits[0], expected[static_cast<std::size_t>(i)], 1e-5);
          continue;
        }
        ++refused;
        EXPECT_EQ(status.code(), StatusCode::kBadData);
        EXPECT_THAT(status.message(), testing::AllOf(HasSubstr(path_), HasSubstr("(block "), HasSubstr("embedding_weights")));
      }
      EXPECT_GT(refused, 5);   // one block of ten
      EXPECT_LT(refused, kShops / 4);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PredictorTest, MissingModelIsNotFound) {
  EXPECT_EQ(Predictor::Open("/no/such/model").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Predictor::Open("/").status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace thalweg
