// Embedding columns that begin from a table of another file.
#include <gmock/gmock.h>

#include "migrate/tensor_bundle_writer.h"
#include "train/trainer_testing.h"

namespace thalweg {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr const char* kShops = "dnn/input_from_feature_columns/input_layer/shop_embedding/embedding_weights";

ModelSpec BeginsFrom(const std::string& file, const std::string& tensor) {
  ModelSpec spec = SmallSpec();
  for (ColumnSpec& column : spec.columns) {
    if (column.name == "shop_embedding") column.params["ckpt_to_load_from"] = file, column.params["tensor_name_in_ckpt"] = tensor;
  }
  return spec;
}

class InitialTables : public TrainingFolder {
 protected:
  // [20, 4], as the table of shops is.
  std::vector<float> WriteCheckpoint(const std::vector<std::int64_t>& shape = {20, 4}) {
    std::vector<float> values(static_cast<std::size_t>(shape[0] * shape[1]));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 8;
    TensorBundleWriter writer;
    writer.AddFloats("words/vectors", shape, values);
    EXPECT_TRUE(writer.Write(In("model.ckpt-7")).ok());
    std::ofstream(In("checkpoint")) << "model_checkpoint_path: \"model.ckpt-7\"\n";
    return values;
  }
  static std::vector<float> Begun(const ModelSpec& spec, const RunOptions& run = {}) {
    const Result<Trainer> trainer = Trainer::Create(spec, run);
    EXPECT_TRUE(trainer.ok()) << trainer.status().message();
    return trainer.ok() ? *trainer->GetParameter(kShops) : std::vector<float>{};
  }
  static std::string WhyNot(const ModelSpec& spec) {
    const Result<Trainer> trainer = Trainer::Create(spec, {});
    return trainer.ok() ? "made" : trainer.status().message();
  }
};

TEST_F(InitialTables, AreThoseOfACheckpoint) {
  const std::vector<float> values = WriteCheckpoint();
  for (const std::string& path : {In("model.ckpt-7"), In("")}) EXPECT_THAT(Begun(BeginsFrom(path, "words/vectors")), ElementsAreArray(values));
}

TEST_F(InitialTables, AreThoseOfAModel) {
  RunOptions run;
  run.model_path = In("old.thalweg");
  std::map<std::string, std::vector<float>> old;
  ASSERT_TRUE(TrainOn(SmallSpec(), run, *Rows(SmallSpec()), nullptr, &old).ok());
  std::vector<std::string> notes;
  RunOptions begin;
  begin.on_event = [&](const TrainEvent& event) { notes.push_back(event.text); };
  EXPECT_EQ(Begun(BeginsFrom(run.model_path, kShops), begin), old.at(kShops));
  EXPECT_THAT(notes, Contains(HasSubstr("column \"shop_embedding\" begins from")));
}

TEST_F(InitialTables, NeedNoFileWhereAWarmStartHasThem) {
  const std::vector<float> values = WriteCheckpoint();
  const ModelSpec spec = BeginsFrom(In("model.ckpt-7"), "words/vectors");
  RunOptions run;
  run.model_path = In("old.thalweg");
  std::map<std::string, std::vector<float>> old;
  ASSERT_TRUE(TrainOn(spec, run, *Rows(spec), nullptr, &old).ok());
  std::filesystem::remove(In("model.ckpt-7.index"));
  RunOptions warm;
  warm.warm_start_model = run.model_path;
  EXPECT_EQ(Begun(spec, warm), old.at(kShops));
  EXPECT_NE(old.at(kShops), values);
}

TEST_F(InitialTables, ThatAreNotThereAreNamed) {
  WriteCheckpoint();
  EXPECT_THAT(WhyNot(BeginsFrom(In("model.ckpt-7"), "words/vectorz")),
              AllOf(HasSubstr("columns.shop_embedding.ckpt_to_load_from: "), HasSubstr("\"words/vectors\"")));
  EXPECT_THAT(WhyNot(BeginsFrom(In("model.ckpt-8"), "words/vectors")), HasSubstr("model.ckpt-8.index"));
  EXPECT_THAT(WhyNot(BeginsFrom("", "words/vectors")), HasSubstr("ckpt_to_load_from is lacking"));
  EXPECT_THAT(WhyNot(BeginsFrom(In(""), "")), HasSubstr("tensor_name_in_ckpt is lacking"));
  WriteCheckpoint({20, 5});
  EXPECT_THAT(WhyNot(BeginsFrom(In(""), "words/vectors")), HasSubstr("has the shape [20, 5], and [20, 4] here"));
}

}  // namespace
}  // namespace thalweg
