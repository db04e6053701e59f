// Exports do what they say: the best is the best, the latest is the newest, also after a restart.
#include <gmock/gmock.h>

#include "bundle/bundle.h"
#include "train/export_folder.h"
#include "train/trainer_testing.h"

namespace thalweg {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ExportTest : public TrainingFolder {
 protected:
  // A folder whose files say what was validated, written by validations of these figures at steps 10, 20, …
  std::vector<std::string> Export(ExportOptions options, const std::vector<double>& values, const std::string& metric = "log_loss") {
    options.folder = In("exports");
    ExportFolder folder(options);
    const Status begun = folder.Begin(metric, metric == "auc", [&](const std::string& note) { notes_.push_back(note); });
    EXPECT_TRUE(begun.ok()) << begun.message();
    std::int64_t step = 0;
    const ExportFolder::Write write = [&](const std::string& path, const std::map<std::string, std::string>& more) -> Status {
      const ModelSpec spec = SmallSpec();
      THALWEG_ASSIGN_OR_RETURN(const std::unique_ptr<WideDeepModel> model, WideDeepModel::Create(spec));
      BundleContents contents;
      contents.spec = &spec;
      contents.provenance = more;
      for (const Parameter* p : model->parameters()) contents.tensors.push_back({p->name, p->shape, p->storage.span()});
      return WriteBundle(path, contents);
    };
    for (const double value : values) {
      step += 10;
      const auto written = folder.AfterValidation(step, {{metric, value}, {"rmse", 1}}, write);
      EXPECT_TRUE(written.ok()) << written.status().message();
    }
    EXPECT_TRUE(folder.AtEnd(step, {}, write).ok());
    return Files(In("exports"));
  }
  Status Begin(const std::string& metric) {
    ExportOptions options;
    options.folder = In("exports");
    options.best = 1;
    ExportFolder folder(options);
    return folder.Begin(metric, false, [](const std::string&) {});
  }
  std::vector<std::string> notes_;
};

TEST_F(ExportTest, TheBestIsTheOneWithTheBestMetric) {
  EXPECT_THAT(Export({.best = 1}, {0.9, 0.5, 0.7, 0.6}), ElementsAre("best-000000020.thalweg"));
}

TEST_F(ExportTest, SomeMetricsAreBetterWhenHigher) {
  EXPECT_THAT(Export({.best = 1}, {0.6, 0.9, 0.7}, "auc"), ElementsAre("best-000000020.thalweg"));
}

TEST_F(ExportTest, SoManyOfTheBestAreKept) {
  EXPECT_THAT(Export({.best = 2}, {0.9, 0.8, 0.85, 0.7}), ElementsAre("best-000000020.thalweg", "best-000000040.thalweg"));
}

TEST_F(ExportTest, TiesAndWhatIsNoNumberAreNotExported) {
  EXPECT_THAT(Export({.best = 3}, {NAN, 0.9, 0.9, NAN}), ElementsAre("best-000000020.thalweg"));
}

TEST_F(ExportTest, ARestartNeverReplacesABetterOne) {
  Export({.best = 1}, {0.9, 0.5});
  const std::string before = Bytes(In("exports/best-000000020.thalweg"));
  EXPECT_THAT(Export({.best = 1}, {0.8, 0.7, 0.6, 0.5}), ElementsAre("best-000000020.thalweg"));
  EXPECT_EQ(Bytes(In("exports/best-000000020.thalweg")), before);
  EXPECT_THAT(Export({.best = 1}, {0.8, 0.7, 0.4}), ElementsAre("best-000000030.thalweg"));
}

TEST_F(ExportTest, ARestartThatKeepsFewerKeepsTheBetter) {
  Export({.best = 3}, {0.9, 0.8, 0.7});
  EXPECT_THAT(Export({.best = 2}, {0.6}), ElementsAre("best-000000010.thalweg", "best-000000030.thalweg"));
}

TEST_F(ExportTest, TheLatestAreTheNewestEvenWhereStepsBeginAgain) {
  EXPECT_THAT(Export({.latest = 2}, {0.1, 0.2, 0.3}), ElementsAre("latest-000000020.thalweg", "latest-000000030.thalweg"));
  EXPECT_THAT(Export({.latest = 2}, {0.5}), ElementsAre("latest-000000010.thalweg", "latest-000000030.thalweg"));
}

TEST_F(ExportTest, TheFinalOneTakesThePlaceOfTheOneBefore) {
  EXPECT_THAT(Export({.final = true}, {0.1, 0.2}), ElementsAre("final-000000020.thalweg"));
  EXPECT_THAT(Export({.final = true}, {0.1}), ElementsAre("final-000000010.thalweg"));
}

TEST_F(ExportTest, ABrokenFileIsSaidAndLetBe) {
  Export({.best = 1}, {0.5});
  std::ofstream(In("exports/best-000000099.thalweg")) << "broken";
  std::ofstream(In("exports/best-000000040.thalweg.tmp.1.2")) << "half";   // what a kill leaves
  std::ofstream(In("exports/notes.txt")) << "mine";
  EXPECT_THAT(Export({.best = 1}, {0.4, 0.3}), ElementsAre("best-000000020.thalweg", "best-000000099.thalweg", "notes.txt"));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("export left out: ")));
}

TEST_F(ExportTest, OneThatCannotBeComparedIsAnError) {
  Export({.best = 1}, {0.5});
  EXPECT_TRUE(Begin("rmse").ok());   // each metric of the validation is known
  EXPECT_THAT(Begin("accuracy").message(), HasSubstr("has no held-out accuracy to compare new ones with"));
}

TEST_F(ExportTest, ExportsOfATrainingAreItsWeightsAtTheirSteps) {
  ModelSpec spec = SmallSpec();
  spec.training.valid_every_steps = 10;
  RunOptions run;
  run.exports = {In("m.exports"), 2, 1, true};
  run.late_provenance = [](std::map<std::string, std::string>* provenance) { (*provenance)["rows_fingerprint"] = "f"; };
  std::map<std::int64_t, double> log_losses;
  std::vector<std::string> told;
  run.on_event = [&](const TrainEvent& event) {
    if (event.kind == TrainEvent::Kind::kValidation) log_losses[event.step] = event.metrics.at("log_loss");
    if (event.kind == TrainEvent::Kind::kExport) told.push_back(event.text);
  };
  const auto rows = Rows(spec), valid = Rows(spec, {.rows = 50, .stream = 2});
  const auto report = TrainOn(spec, run, *rows, valid.get());
  ASSERT_TRUE(report.ok()) << report.status().message();
  EXPECT_THAT(Files(run.exports.folder), SizeIs(4));
  EXPECT_THAT(Files(run.exports.folder), testing::IsSupersetOf({"final-000000039.thalweg", "latest-000000039.thalweg"}));
  EXPECT_THAT(told, testing::IsSupersetOf(report->exports));
  EXPECT_THAT(report->exports, SizeIs(4));
  for (const std::string& file : report->exports) {
    const auto bundle = Bundle::Open(file, true);
    ASSERT_TRUE(bundle.ok()) << bundle.status().message();
    const auto& provenance = (*bundle)->provenance();
    const std::int64_t step = std::stoll(provenance.at("steps"));
    EXPECT_EQ(std::stod(provenance.at("valid/log_loss")), log_losses.at(step));
    EXPECT_EQ(provenance.contains("rows_fingerprint"), step > 13);
    // As a training of so many steps alone would have them.
    ModelSpec alone = spec;
    alone.training.steps = step;
    std::map<std::string, std::vector<float>> weights;
    const auto again = Rows(spec);
    ASSERT_TRUE(TrainOn(alone, {}, *again, nullptr, &weights).ok());
    for (const auto& [name, values] : weights) {
      const TensorView* view = (*bundle)->Find(name);
      ASSERT_NE(view, nullptr);
      EXPECT_TRUE(std::equal(values.begin(), values.end(), view->data.begin(), view->data.end())) << file << " " << name;
    }
  }
}

TEST_F(ExportTest, AnInterruptAndAResumeEndInTheSameExports) {
  ModelSpec spec = SmallSpec();
  spec.training.valid_every_steps = 4;
  const auto train = [&](const std::string& folder, std::int64_t stop_step, bool resume, int threads) {
    std::atomic<bool> stop{false};
    RunOptions run;
    run.threads = threads;
    run.interrupt = &stop;
    run.resume = resume;
    run.checkpoint_dir = In(folder + ".checkpoint");
    run.checkpoint_every_steps = 7;
    run.exports = {In(folder), 3, 2, true};
    run.on_event = [&](const TrainEvent& event) { stop = stop || event.step == stop_step; };
    const auto rows = Rows(spec), valid = Rows(spec, {.rows = 50, .stream = 2});
    return TrainOn(spec, run, *rows, valid.get()).status();
  };
  ASSERT_TRUE(train("whole", -1, false, 1).ok());
  ASSERT_EQ(train("parts", 17, false, 2).code(), StatusCode::kInterrupted);
  // A kill, not an interrupt: the last checkpoint is older than the last export.
  std::filesystem::remove(In("parts.checkpoint/step-000000017.ckpt"));
  ASSERT_TRUE(train("parts", -1, true, 2).ok());
  ASSERT_THAT(Files(In("whole")), Contains("final-000000039.thalweg"));
  EXPECT_EQ(Files(In("whole")), Files(In("parts")));
  for (const std::string& name : Files(In("whole"))) EXPECT_EQ(Bytes(In("whole/" + name)), Bytes(In("parts/" + name))) << name;
}

TEST_F(ExportTest, BestAndLatestNeedValidationRows) {
  RunOptions run;
  run.exports = {In("m.exports"), 1, 0, false};
  const auto rows = Rows(SmallSpec());
  EXPECT_EQ(TrainOn(SmallSpec(), run, *rows).status().code(), StatusCode::kUsage);
  EXPECT_THAT(Files(In("m.exports")), IsEmpty());
  run.exports = {In("m.exports"), 0, 0, true};
  ASSERT_TRUE(TrainOn(SmallSpec(), run, *rows).ok());
  EXPECT_THAT(Files(In("m.exports")), ElementsAre("final-000000039.thalweg"));
}

}  // namespace
}  // namespace thalweg
