// Models that TensorFlow 2.15 made, taken over: exports score as they did there; from a checkpoint with its slots ten more
// steps give the same weights and slots. testdata/golden was made by TensorFlow.
#include <algorithm>

#include "migrate/export.h"
#include "parity/tf_model.h"

namespace thalweg {
namespace {

class Imported : public TfModel {
 protected:
  Imported() : TfModel("golden") {}

  std::string Checkpoint(int step) { return Checkpoint(step, ReadSpec("spec.toml")); }
  std::string Checkpoint(int step, const ModelSpec& spec) {
    ImportOptions options;
    options.spec = spec;
    const std::string path = File("ckpt" + std::to_string(step));
    const Result<ImportReport> report = ImportTensorFlow("ckpt/model.ckpt-" + std::to_string(step), options, path);
    EXPECT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->global_step, step);
    EXPECT_GT(report->slots, 0u);
    return path;
  }
};

TEST_P(Imported, AnExportScoresAsThere) {
  const std::string path = File("export");
  const Result<ImportReport> report = ImportTensorFlow("saved_model", {}, path);
  ASSERT_TRUE(report.ok()) << report.status().message();
  const Result<Predictor> predictor = Predictor::Open(path);
  ASSERT_TRUE(predictor.ok()) << predictor.status().message();
  ExpectScores(*predictor, 60);
}

TEST_P(Imported, ACheckpointGoesOnToTheSameWeightsAndSlots) {
  const std::string begin = Checkpoint(0), end = Checkpoint(10);
  ExpectTraining(begin, end);
}

class Renamed : public Imported {};

// "age" comes first there and last here, and the vectors the other way round.
TEST_P(Renamed, ColumnsTakeTheirRowsOfTheFirstLayerAlong) {
  ModelSpec spec = ReadSpec("spec.toml");
  for (ColumnSpec& column : spec.columns) {
    if (column.name == "age") column.params["field"] = std::string("age"), column.name = "years";
    if (column.name == "occ_embedding") column.name = "a";
  }
  spec.deep.columns = {"a", "edu_indicator", "hours", "years"};
  const std::string begin = Checkpoint(0, spec), end = Checkpoint(10, spec);
  ExpectTraining(begin, end);
  const Result<Predictor> predictor = Predictor::Open(end);
  ASSERT_TRUE(predictor.ok()) << predictor.status().message();
  ExpectScores(*predictor, 60);

  // And back, and here again.
  const Result<std::shared_ptr<const Bundle>> model = Bundle::Open(end, true);
  ASSERT_TRUE(model.ok()) << model.status().message();
  const std::string folder = File("back"), again = File("again");
  std::filesystem::remove_all(folder);
  const Result<ExportReport> exported = ExportTensorFlow(*model, folder);
  ASSERT_TRUE(exported.ok()) << exported.status().message();
  const Result<ImportReport> taken = ImportTensorFlow(folder + "/saved_model", {}, again);
  ASSERT_TRUE(taken.ok()) << taken.status().message();
  const Result<Predictor> scorer = Predictor::Open(again);
  ASSERT_TRUE(scorer.ok()) << scorer.status().message();
  ExpectScores(*scorer, 60);
  // The checkpoint is of TensorFlow's names and order: the spec of before takes it.
  ImportOptions options;
  options.spec = ReadSpec("spec.toml");
  const std::string plain = File("plain");
  const Result<ImportReport> untouched = ImportTensorFlow(folder, options, plain);
  ASSERT_TRUE(untouched.ok()) << untouched.status().message();
  const Result<std::shared_ptr<const Bundle>> first = Bundle::Open(Checkpoint(10), true), last = Bundle::Open(plain, true);
  ASSERT_TRUE(first.ok() && last.ok());
  ASSERT_EQ((*first)->tensor_names(), (*last)->tensor_names());
  for (const std::string& name : (*first)->tensor_names()) {
    EXPECT_TRUE(std::ranges::equal((*first)->Find(name)->data, (*last)->Find(name)->data)) << name;
  }
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Golden, Renamed, testing::Values("dnn_v2"));

INSTANTIATE_TEST_SUITE_P(Golden, Imported,
                         testing::Values("census_v1", "census_v2", "multiclass_v2", "regressor_v2", "dnn_v2", "linear_v2", "ftrl_adam_v2",
                                         "absent_v2", "everything_v2", "dense_v2"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace thalweg
