#include <string>

#include "thalweg/example.h"

namespace thalweg {

std::string RowOrigin::ToString() const {
  const std::string where = "row " + std::to_string(row);
  return file ? *file + " " + where : where;
}

namespace {

class OneBatch : public ExampleSource {
 public:
  explicit OneBatch(ExampleBatch batch) : batch_(std::move(batch)) {}
  Result<bool> Next(ExampleBatch* batch) override {
    if (done_ || batch_.num_rows == 0) {
      *batch = ExampleBatch();
      return false;
    }
    *batch = batch_;
    done_ = true;
    return true;
  }
  Status Rewind() override {
    done_ = false;
    return Status::Ok();
  }

 private:
  ExampleBatch batch_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<ExampleSource> SourceOf(ExampleBatch batch) { return std::make_unique<OneBatch>(std::move(batch)); }

}  // namespace thalweg
