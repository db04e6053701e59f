#include "train/batch_feed.h"

#include <gmock/gmock.h>

#include "data/pipeline.h"
#include "train/early_stopping.h"
#include "train/schedule.h"
#include "train/trainer_testing.h"
#include "train/train_state.h"

namespace thalweg {
namespace {

// Gives `good` batches of a source, then an error.
class FailingSource : public ExampleSource {
 public:
  FailingSource(ExampleSource* inner, int good) : inner_(inner), good_(good) {}
  Result<bool> Next(ExampleBatch* batch) override {
    if (good_-- == 0) return Status::BadData("rows.csv row 65: torn");
    return inner_->Next(batch);
  }
  Status Rewind() override { return inner_->Rewind(); }

 private:
  ExampleSource* inner_;
  int good_;
};

TEST(BatchFeed, GivesTheBatchesInOrderForAnyNumberOfThreads) {
  const ModelSpec spec = SmallSpec();
  const Result<FeaturePlan> plan = FeaturePlan::Create(spec);
  ASSERT_TRUE(plan.ok());
  std::vector<std::vector<float>> expected;
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    const auto rows = Rows(spec);
    const auto batches = Rebatch(rows.get(), 7);
    BatchFeed feed(&*plan, &pool);
    for (int pass = 0; pass < 3; ++pass) {
      ASSERT_TRUE(batches->Rewind().ok());
      feed.Start(batches.get());
      std::vector<std::vector<float>> seen;
      for (;;) {
        const auto batch = feed.Next();
        ASSERT_TRUE(batch.ok());
        if (*batch == nullptr) break;
        const auto numbers = (*batch)->dense[0].span();
        seen.emplace_back(numbers.begin(), numbers.end());
        pool.ParallelFor(4, [](std::size_t, int) {});
      }
      ASSERT_TRUE((*feed.Next()) == nullptr);
      if (expected.empty()) expected = seen;
      EXPECT_EQ(seen.size(), 29u);
      EXPECT_EQ(seen, expected) << threads;
    }
    feed.Start(batches.get());   // stopped with batches read ahead
  }
}

TEST(BatchFeed, AnErrorComesAtItsPlace) {
  const ModelSpec spec = SmallSpec();
  const Result<FeaturePlan> plan = FeaturePlan::Create(spec);
  ASSERT_TRUE(plan.ok());
  ThreadPool pool(3);
  const auto rows = Rows(spec);
  const auto batches = Rebatch(rows.get(), 16);
  FailingSource failing(batches.get(), 4);
  BatchFeed feed(&*plan, &pool);
  feed.Start(&failing);
  for (int i = 0; i < 4; ++i) {
    const auto batch = feed.Next();
    ASSERT_TRUE(batch.ok() && *batch != nullptr) << i;
  }
  EXPECT_EQ(feed.Next().status().message(), "rows.csv row 65: torn");
}

TEST(EarlyStopping, StopsWhenNoStrictGainComes) {
  EarlyStopping stopping;
  stopping.patience = 2;
  EXPECT_TRUE(stopping.Add(0.5));
  EXPECT_FALSE(stopping.Add(0.5));
  EXPECT_TRUE(stopping.Add(0.4));
  EXPECT_FALSE(stopping.Add(NAN));
  EXPECT_FALSE(stopping.ShouldStop());
  EXPECT_FALSE(stopping.Add(0.45));
  EXPECT_TRUE(stopping.ShouldStop());
  EarlyStopping higher;
  higher.higher_is_better = true;
  EXPECT_TRUE(higher.Add(0.5));
  EXPECT_TRUE(higher.Add(0.6));
  EXPECT_FALSE(higher.Add(0.5));
  EXPECT_FALSE(higher.ShouldStop());
}

TEST(TrainState, ReadsBackEqual) {
  TrainState state;
  state.step = 12345678901;
  state.pass = 3;
  state.batches = 17;
  state.rows = 99;
  state.weight_seen = true;
  state.last_loss = 0.1 + 0.2;
  state.stopping.best = 1.0 / 3;
  state.stopping.without_gain = 2;
  state.best_step = 9;
  state.best_metrics = {{"auc", NAN}, {"log_loss", 1.0 / 3}};
  state.late_provenance = {{"rows", "f\"\n"}};
  TrainState back;
  ASSERT_TRUE(FromPosition(ToPosition(state), &back).ok());
  EXPECT_EQ(ToPosition(back), ToPosition(state));
  EXPECT_EQ(back.last_loss, state.last_loss);
  EXPECT_EQ(back.stopping.best, state.stopping.best);
  auto position = ToPosition(state);
  position["step"] = "-1";
  EXPECT_FALSE(FromPosition(position, &back).ok());
  position.erase("step");
  EXPECT_FALSE(FromPosition(position, &back).ok());
}

}  // namespace
}  // namespace thalweg
