// Trains a model on rows from memory, writes it, opens it, evaluates it. usage: train MODEL
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "thalweg/thalweg.h"

namespace {

// Rows of one's own: anything that yields batches, and can begin again. The trainer shuffles and cuts them as it needs.
class Visits : public thalweg::ExampleSource {
 public:
  static constexpr int kRows = 2000, kAtOnce = 100;
  explicit Visits(thalweg::Schema schema) : rows_(std::move(schema)) {}

  thalweg::Result<bool> Next(thalweg::ExampleBatch* batch) override {
    if (row_ == kRows) return false;
    for (int end = row_ + kAtOnce; row_ < end; ++row_) THALWEG_RETURN_IF_ERROR(AddRow());
    *batch = rows_.Take();
    return true;
  }
  thalweg::Status Rewind() override {
    row_ = 0;
    random_ = 1;
    return thalweg::Status::Ok();
  }

 private:
  // People buy in the evening in one shop, in the morning in the others; a few do as they like.
  thalweg::Status AddRow() {
    random_ = random_ * 1664525 + 1013904223;
    const int hour = static_cast<int>(random_ >> 8) % 24, shop = static_cast<int>(random_ >> 16) % 5;
    THALWEG_RETURN_IF_ERROR(rows_.Number("hour", hour));
    THALWEG_RETURN_IF_ERROR(rows_.Text("shop", "shop " + std::to_string(shop)));
    rows_.Label((shop == 0) == (hour >= 12) || random_ >> 28 == 0 ? 1.0f : 0.0f);
    rows_.EndRow();
    return thalweg::Status::Ok();
  }

  thalweg::ExampleBuilder rows_;
  int row_ = 0;
  std::uint32_t random_ = 1;
};

thalweg::Status Run(const char* path) {
  thalweg::ModelSpec spec;
  spec.task = "binary";
  spec.label = {"bought", {"no", "yes"}, "yes"};
  spec.fields = {{"hour", thalweg::DType::kNumber}, {"shop", thalweg::DType::kText}};
  spec.columns = {thalweg::NumericColumn("hour"), thalweg::BucketizedColumn("hour", {6, 12, 18}),
                  thalweg::CrossedColumn({"hour_bucketized", "shop"}, 100), thalweg::HashBucketColumn("shop", 20),
                  thalweg::EmbeddingColumn("shop", 4)};
  spec.wide.columns = {spec.columns[2].name};
  spec.deep.columns = {"hour_bucketized", "shop_embedding"};
  spec.deep.hidden_units = {8};
  spec.deep.optimizer = {"adagrad", {{"learning_rate", 0.1}}};
  spec.training.batch_size = 50;
  spec.training.passes = 10;

  thalweg::RunOptions options;
  options.model_path = path;
  THALWEG_ASSIGN_OR_RETURN(thalweg::Trainer trainer, thalweg::Trainer::Create(spec, options));
  Visits visits(trainer.schema());
  THALWEG_ASSIGN_OR_RETURN(const thalweg::TrainReport report, trainer.Train(visits, nullptr));

  THALWEG_ASSIGN_OR_RETURN(const thalweg::Predictor model, thalweg::Predictor::Open(path));
  Visits again(model.schema());
  THALWEG_ASSIGN_OR_RETURN(const thalweg::EvalReport eval, thalweg::Evaluate(model, again, {}));
  std::printf("%lld steps, auc %.4f on the rows it was trained with\n", static_cast<long long>(report.steps),
              eval.metrics.at("auc"));
  return thalweg::Status::Ok();
}

}  // namespace

int main(int argc, char** argv) {
  const thalweg::Status status = Run(argc > 1 ? argv[1] : "visits.thalweg");
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.message().c_str());
  return status.exit_code();
}
