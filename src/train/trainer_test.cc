#include "thalweg/training.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>

#include "train/trainer_testing.h"

namespace thalweg {
namespace {

using testing::HasSubstr;
using Weights = std::map<std::string, std::vector<float>>;

class TrainerTest : public TrainingFolder {
 protected:
  // The weights after training on rows of `options`.
  static Weights Train(const ModelSpec& spec, RunOptions run = {}, const RowsOptions& options = {}) {
    const auto rows = Rows(spec, options);
    Weights weights;
    const auto report = TrainOn(spec, run, *rows, nullptr, &weights);
    EXPECT_TRUE(report.ok()) << report.status().message();
    return weights;
  }
  static Status Error(const ModelSpec& spec, const RowsOptions& options = {}, RunOptions run = {}) {
    const auto rows = Rows(spec, options);
    const auto report = TrainOn(spec, run, *rows);
    EXPECT_FALSE(report.ok());
    return report.status();
  }
};

TEST_F(TrainerTest, TheLossFalls) {
  ModelSpec spec = SmallSpec();
  spec.training.passes = 20;
  std::vector<double> losses;
  RunOptions run;
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kStep) losses.push_back(event.loss);
  };
  Train(spec, run);
  ASSERT_EQ(losses.size(), 20u * 13);
  const auto mean = [&](std::size_t begin) {
    double sum = 0;
    for (std::size_t i = 0; i < 13; ++i) sum += losses[begin + i];
    return sum / 13;
  };
  EXPECT_LT(mean(losses.size() - 13), 0.7 * mean(0));
}

TEST_F(TrainerTest, ThreadsNeverChangeABit) {
  RunOptions run;
  run.threads = 1;
  const Weights one = Train(FullSpec(), run);
  for (int threads : {2, 3, 8}) {
    run.threads = threads;
    EXPECT_EQ(Train(FullSpec(), run), one) << threads;
  }
}

TEST_F(TrainerTest, SeedsDiffer) {
  ModelSpec spec = SmallSpec();
  const Weights one = Train(spec);
  EXPECT_EQ(Train(spec), one);
  spec.training.seed = 6;
  EXPECT_NE(Train(spec), one);
}

TEST_F(TrainerTest, EqualTrainingsWriteEqualFiles) {
  RunOptions run;
  run.provenance["version"] = "1";
  run.model_path = In("a.thalweg");
  Train(SmallSpec(), run);
  run.model_path = In("b.thalweg");
  run.threads = 3;
  Train(SmallSpec(), run);
  EXPECT_EQ(Bytes(In("a.thalweg")), Bytes(In("b.thalweg")));
  EXPECT_THAT(Files(folder_.string()), testing::ElementsAre("a.thalweg", "b.thalweg"));
}

TEST_F(TrainerTest, StopsAfterStepsOrAFractionOfAPass) {
  const auto steps = [&](double passes, std::int64_t limit) {
    ModelSpec spec = SmallSpec();   // 200 rows, 13 batches a pass
    spec.training.passes = passes;
    spec.training.steps = limit;
    const auto rows = Rows(spec);
    const auto report = TrainOn(spec, {}, *rows);
    EXPECT_TRUE(report.ok()) << report.status().message();
    return report.ok() ? report->steps : -1;
  };
  EXPECT_EQ(steps(1, 0), 13);
  EXPECT_EQ(steps(3, 5), 5);
  EXPECT_EQ(steps(0, 30), 30);
  EXPECT_EQ(steps(0.5, 0), 7);
  EXPECT_EQ(steps(2.25, 0), 29);
  EXPECT_EQ(steps(0.001, 0), 1);
}

TEST_F(TrainerTest, ClippingBoundsTheStep) {
  ModelSpec spec = SmallSpec();
  spec.training.steps = 1;
  spec.training.clip_norm = 0.125;
  spec.wide.optimizer = spec.deep.optimizer = {"sgd", {{"learning_rate", 1.0}}};
  const Weights clipped = Train(spec);
  Result<Trainer> trainer = Trainer::Create(spec, {});
  ASSERT_TRUE(trainer.ok());
  double squares = 0;
  for (const auto& [name, after] : clipped) {
    const std::vector<float> before = *trainer->GetParameter(name);
    for (std::size_t i = 0; i < after.size(); ++i) squares += std::pow(after[i] - before[i], 2);
  }
  EXPECT_NEAR(std::sqrt(squares), 0.125, 1e-5);
}

TEST_F(TrainerTest, AnOptimizersClippingBoundsItsOwnStepAlone) {
  ModelSpec spec = SmallSpec();
  spec.training.steps = 1;
  const auto step_of = [&](const Params& params, const std::string& prefix) {   // of the longest, and of all together
    spec.wide.optimizer = {"sgd", {{"learning_rate", 1.0}}};
    spec.deep.optimizer = {"sgd", params};
    spec.deep.optimizer.params["learning_rate"] = 1.0;
    Result<Trainer> trainer = Trainer::Create(spec, {});
    double largest_norm = 0, squares = 0, largest = 0;
    for (const auto& [name, after] : Train(spec)) {
      if (!name.starts_with(prefix)) continue;
      const std::vector<float> before = *trainer->GetParameter(name);
      double own = 0;
      for (std::size_t i = 0; i < after.size(); ++i) {
        own += std::pow(after[i] - before[i], 2);
        largest = std::max(largest, std::fabs(static_cast<double>(after[i]) - before[i]));
      }
      largest_norm = std::max(largest_norm, std::sqrt(own));
      squares += own;
    }
    return std::array<double, 3>{largest, largest_norm, std::sqrt(squares)};
  };
  const std::array<double, 3> linear = step_of({}, "linear");
  EXPECT_GT(step_of({}, "dnn")[2], 0.01);
  EXPECT_NEAR(step_of({{"clipvalue", 0.001}}, "dnn")[0], 0.001, 1e-6);
  EXPECT_NEAR(step_of({{"clipnorm", 0.002}}, "dnn")[1], 0.002, 1e-6);
  EXPECT_NEAR(step_of({{"global_clipnorm", 0.003}}, "dnn")[2], 0.003, 1e-6);
  EXPECT_EQ(step_of({{"global_clipnorm", 0.003}}, "linear"), linear);
}

TEST_F(TrainerTest, ClippingThatIsNeverReachedChangesNothing) {
  ModelSpec spec = SmallSpec();
  const Weights plain = Train(spec);
  spec.training.clip_norm = 1e6;
  EXPECT_EQ(Train(spec), plain);
}

TEST_F(TrainerTest, AdamMovesRowsThatNoBatchPicksLazyAdamDoesNot) {
  ModelSpec spec = SmallSpec();
  spec.training.batch_size = 1;
  spec.training.shuffle_rows = 0;
  const auto rows_moved = [&](const char* optimizer) {
    spec.deep.optimizer = {optimizer, {{"learning_rate", 0.1}}};
    const std::string table = "dnn/input_from_feature_columns/input_layer/shop_embedding/embedding_weights";
    const auto name = [&](const Weights& weights) {
      for (const auto& [key, value] : weights) {
        if (key.find("shop_embedding") != std::string::npos) return key;
      }
      return table;
    };
    spec.training.steps = 1;
    const Weights one = Train(spec);
    spec.training.steps = 2;
    const Weights two = Train(spec);
    const std::string key = name(one);
    int moved = 0;
    for (std::size_t row = 0; row < 20; ++row) {
      bool differs = false;
      for (std::size_t d = 0; d < 4; ++d) differs |= one.at(key)[row * 4 + d] != two.at(key)[row * 4 + d];
      moved += differs;
    }
    return moved;
  };
  EXPECT_EQ(rows_moved("lazy_adam"), 1);
  EXPECT_EQ(rows_moved("adam"), 2);   // that of the first batch too
}

TEST_F(TrainerTest, AFrozenTableStays) {
  ModelSpec spec = SmallSpec();
  for (ColumnSpec& column : spec.columns) {
    if (column.name == "shop_embedding") column.params["trainable"] = false;
  }
  Result<Trainer> trainer = Trainer::Create(spec, {});
  ASSERT_TRUE(trainer.ok()) << trainer.status().message();
  const Weights after = Train(spec);
  int same = 0;
  for (const auto& [name, weights] : after) {
    if (name.find("shop_embedding") == std::string::npos) continue;
    EXPECT_EQ(*trainer->GetParameter(name), weights);
    ++same;
  }
  EXPECT_EQ(same, 1);
}

TEST_F(TrainerTest, WeightsGivenAreWhereItStarts) {
  Result<Trainer> trainer = Trainer::Create(SmallSpec(), {});
  ASSERT_TRUE(trainer.ok());
  const std::string name = trainer->ParameterNames().front();
  std::vector<float> values = *trainer->GetParameter(name);
  for (float& value : values) value = 0.25f;
  ASSERT_TRUE(trainer->SetParameter(name, values).ok());
  EXPECT_EQ(*trainer->GetParameter(name), values);
  values.push_back(1);
  EXPECT_THAT(trainer->SetParameter(name, values).message(), HasSubstr("values, expected"));
  EXPECT_THAT(trainer->GetParameter(name + "x").status().message(), HasSubstr("Did you mean"));
}

TEST_F(TrainerTest, WarmStartTakesWhatFits) {
  RunOptions run;
  run.model_path = In("old.thalweg");
  const Weights old = Train(SmallSpec(), run);
  ModelSpec spec = SmallSpec();
  spec.deep.hidden_units = {8, 5};
  RunOptions warm;
  warm.warm_start_model = In("old.thalweg");
  std::string note;
  warm.on_event = [&](const TrainEvent& event) { note = event.text; };
  Result<Trainer> trainer = Trainer::Create(spec, warm);
  ASSERT_TRUE(trainer.ok()) << trainer.status().message();
  EXPECT_THAT(note, AllOf(HasSubstr("warm start: "), HasSubstr("hiddenlayer_1/kernel (of another shape there)")));
  EXPECT_EQ(*trainer->GetParameter("dnn/hiddenlayer_0/kernel"), old.at("dnn/hiddenlayer_0/kernel"));

  ModelSpec other = SmallSpec();
  other.deep = {};
  other.columns = {HashBucketColumn("shop", 21)};
  other.fields.clear();
  other.wide.columns = {"shop"};
  other.label.classes = {"a", "b", "c"};
  other.task = other.head.kind = "multiclass";
  const auto none = Trainer::Create(other, warm);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.status().message(), HasSubstr("no parameter of it has the name and shape"));
}

TEST_F(TrainerTest, NoRowsIsAnError) {
  EXPECT_THAT(Error(SmallSpec(), {.rows = 0}).message(), HasSubstr("no rows to train on"));
  ModelSpec spec = SmallSpec();
  spec.training.passes = 0.5;
  EXPECT_THAT(Error(spec, {.rows = 0}).message(), HasSubstr("no rows to train on"));
}

TEST_F(TrainerTest, WeightsThatAreAllZeroAreAnError) {
  EXPECT_THAT(Error(SmallSpec(), {.weight = [](std::size_t) { return 0.0f; }}).message(), HasSubstr("all rows have the weight 0"));
}

TEST_F(TrainerTest, ABatchWithoutWeightHasNoLoss) {
  ModelSpec spec = SmallSpec();
  spec.training.shuffle_rows = 0;
  std::vector<double> losses;
  RunOptions run;
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kStep) losses.push_back(event.loss);
  };
  Train(spec, run, {.weight = [](std::size_t row) { return row < 16 ? 0.0f : 1.0f; }});
  EXPECT_EQ(losses[0], 0);
  EXPECT_GT(losses[1], 0);
}

TEST_F(TrainerTest, ABadWeightOrLabelIsNamed) {
  ModelSpec spec = SmallSpec();
  spec.weight = "w";
  EXPECT_THAT(Error(spec, {.weight = [](std::size_t row) { return row == 6 ? -1.0f : 1.0f; }}).message(),
              AllOf(HasSubstr("\"w\""), HasSubstr("found -1")));
  EXPECT_THAT(Error(spec, {.label = [](std::size_t row, float) { return row == 6 ? 2.0f : 1.0f; }}).message(),
              AllOf(HasSubstr("\"y\""), HasSubstr("found 2")));
  EXPECT_THAT(Error(spec, {.label = [](std::size_t row, float) { return row == 6 ? NAN : 1.0f; }}).message(),
              HasSubstr("found nan"));
}

TEST_F(TrainerTest, ALossThatIsNotFiniteStopsWithStepRowsAndField) {
  ModelSpec spec = SmallSpec();
  spec.deep.optimizer = {"sgd", {{"learning_rate", 1e20}}};
  const Status status = Error(spec, {.x = [](std::size_t, double x) { return x * 1e15; }});
  EXPECT_EQ(status.code(), StatusCode::kBadData);
  EXPECT_THAT(status.message(), AllOf(HasSubstr("the loss of step "), HasSubstr("(rows "), HasSubstr("of \"x\"")));
}

TEST_F(TrainerTest, APlaceThatCannotBeWrittenIsSaidFirst) {
  RunOptions run;
  run.model_path = In("no_folder") + "/model.thalweg";
  int steps = 0;
  run.on_event = [&](const TrainEvent&) { ++steps; };
  EXPECT_EQ(Error(SmallSpec(), {}, run).code(), StatusCode::kCannotWrite);
  EXPECT_EQ(steps, 0);
}

TEST_F(TrainerTest, TheBestWeightsAreKept) {
  ModelSpec spec = SmallSpec();
  spec.training.passes = 60;
  spec.training.early_stopping = 3;
  spec.deep.optimizer = {"adagrad", {{"learning_rate", 0.5}}};   // overfits soon
  const auto rows = Rows(spec, {.rows = 60});
  const auto valid = Rows(spec, {.rows = 300, .stream = 2});
  std::vector<double> log_losses;
  RunOptions run;
  run.model_path = In("model.thalweg");
  std::string stopped;
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kValidation) log_losses.push_back(event.metrics.at("log_loss"));
    if (event.kind == TrainEvent::Kind::kStopped) stopped = event.text;
  };
  Weights weights;
  const auto report = TrainOn(spec, run, *rows, valid.get(), &weights);
  ASSERT_TRUE(report.ok()) << report.status().message();
  const auto best = std::min_element(log_losses.begin(), log_losses.end());
  EXPECT_EQ(best + 4, log_losses.end());   // three more, then it stopped
  EXPECT_THAT(stopped, HasSubstr("no better log_loss in 3 validations"));
  EXPECT_EQ(report->valid_metrics.at("log_loss"), *best);
  EXPECT_EQ(report->best_step, (best - log_losses.begin() + 1) * 4);
  // The weights kept are those of that step, not of the last.
  spec.training.passes = static_cast<double>(best - log_losses.begin() + 1);
  spec.training.early_stopping = 0;
  EXPECT_EQ(Train(spec, {}, {.rows = 60}), weights);
}

TEST_F(TrainerTest, ValidatesEverySoManySteps) {
  ModelSpec spec = SmallSpec();
  spec.training.valid_every_steps = 10;
  const auto rows = Rows(spec), valid = Rows(spec, {.rows = 50, .stream = 2});
  std::vector<std::int64_t> steps;
  RunOptions run;
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kValidation) steps.push_back(event.step);
  };
  ASSERT_TRUE(TrainOn(spec, run, *rows, valid.get()).ok());
  EXPECT_THAT(steps, testing::ElementsAre(10, 20, 30, 39));   // and the last weights
}

TEST_F(TrainerTest, StopsAfterSoManyStepsWithoutGain) {
  ModelSpec spec = SmallSpec();
  spec.training.passes = 60;
  spec.training.valid_every_steps = 3;
  spec.training.early_stopping_steps = 10;
  spec.deep.optimizer = {"adagrad", {{"learning_rate", 0.5}}};   // overfits soon
  const auto rows = Rows(spec, {.rows = 60}), valid = Rows(spec, {.rows = 300, .stream = 2});
  RunOptions run;
  std::string stopped;
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kStopped) stopped = event.text;
  };
  const auto report = TrainOn(spec, run, *rows, valid.get());
  ASSERT_TRUE(report.ok()) << report.status().message();
  EXPECT_THAT(stopped, HasSubstr("no better log_loss in 10 steps: the weights of step " + std::to_string(report->best_step)));
  EXPECT_EQ(report->steps, report->best_step + 12);   // the first validation that is ten steps away
  spec.training.valid_every_steps = 0;
  EXPECT_THAT(Error(spec).message(), HasSubstr("training.early_stopping_steps needs validation rows"));
}

TEST_F(TrainerTest, ACallbackSeesAllMomentsAndTheWeights) {
  using Kind = TrainEvent::Kind;
  ModelSpec spec = SmallSpec();
  spec.training.valid_every_steps = 20;
  const auto rows = Rows(spec), valid = Rows(spec, {.rows = 50, .stream = 2});
  RunOptions run;
  run.checkpoint_dir = In("checkpoints");
  run.checkpoint_every_steps = 25;
  std::map<Kind, std::vector<std::int64_t>> seen;
  Weights first, last, kept;
  run.callbacks.push_back([&](const TrainEvent& event, TrainControl* control) {
    if (event.kind != Kind::kStep) seen[event.kind].push_back(event.step);
    if (event.kind != Kind::kBegin && event.kind != Kind::kEnd) return;
    for (const std::string& name : control->ParameterNames()) (event.kind == Kind::kBegin ? first : last)[name] = *control->GetParameter(name);
    EXPECT_FALSE(control->GetParameter("no such").ok());
  });
  ASSERT_TRUE(TrainOn(spec, run, *rows, valid.get(), &kept).ok());
  EXPECT_THAT(seen[Kind::kBegin], testing::ElementsAre(0));
  EXPECT_THAT(seen[Kind::kValidation], testing::ElementsAre(20, 39));
  EXPECT_THAT(seen[Kind::kCheckpoint], testing::ElementsAre(25));
  EXPECT_THAT(seen[Kind::kEnd], testing::ElementsAre(39));
  EXPECT_NE(first, last);
  EXPECT_EQ(last, kept);
}

TEST_F(TrainerTest, ACallbackEndsTheTrainingAsIfItsStepsWereDone) {
  RunOptions run;
  run.model_path = In("stopped.thalweg");
  std::string stopped;
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kStopped) stopped = event.text;
  };
  run.callbacks.push_back([](const TrainEvent& event, TrainControl* control) {
    if (event.kind == TrainEvent::Kind::kStep && event.step == 17) control->Stop("good enough");
  });
  ModelSpec spec = SmallSpec();
  const Weights weights = Train(spec, run);
  EXPECT_EQ(stopped, "a callback asked to stop: good enough");
  spec.training.steps = 17;
  EXPECT_EQ(Train(spec, {}), weights);
  EXPECT_TRUE(std::filesystem::exists(run.model_path));
  run.callbacks = {[](const TrainEvent&, TrainControl* control) { control->Stop(""); }};
  const auto rows = Rows(spec);
  EXPECT_EQ(TrainOn(spec, run, *rows)->steps, 0);
}

TEST_F(TrainerTest, EarlyStoppingNeedsRowsAndAMetric) {
  ModelSpec spec = SmallSpec();
  spec.training.early_stopping = 2;
  EXPECT_THAT(Error(spec).message(), HasSubstr("needs validation rows"));
  spec.training.early_stopping = 0;
  spec.training.valid_fraction = 0.1;
  EXPECT_THAT(Error(spec).message(), HasSubstr("no rows are held out"));
  spec.training.valid_fraction = 0;
  spec.training.early_stopping_metric = "log_los";
  const auto rows = Rows(spec), valid = Rows(spec);
  EXPECT_THAT(TrainOn(spec, {}, *rows, valid.get()).status().message(), HasSubstr("log_loss"));
}

}  // namespace
}  // namespace thalweg
