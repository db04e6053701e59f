#include <fmt/format.h>

#include <filesystem>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>

#include "base/strings.h"
#include "bundle/bundle.h"
#include "columns/feature_plan.h"
#include "model/wide_deep_model.h"
#include "thalweg/prediction.h"

namespace thalweg {
namespace {

constexpr std::uintmax_t kVerifiedAtOpen = std::uintmax_t{1} << 30;

// What one call needs; kept for the next one, so that calls allocate nothing once they have seen their largest batch.
struct Scratch {
  FeatureBatch batch;
  WideDeepModel::Workspace work;
};

class ScratchPool {
 public:
  std::unique_ptr<Scratch> Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        std::unique_ptr<Scratch> scratch = std::move(free_.back());
        free_.pop_back();
        return scratch;
      }
    }
    return std::make_unique<Scratch>();
  }
  void Return(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;  // as many as calls were ever under way at once
};

}  // namespace

struct Predictor::Impl {
  std::shared_ptr<const Bundle> bundle;  // what the model's parameters point into
  std::unique_ptr<WideDeepModel> model;
  bool verified = false;
  std::once_flag verify_once;
  Status verify_status;
  ScratchPool scratches;

  // Whole, before the first score.
  const Status& Verify() {
    std::call_once(verify_once, [&] {
      for (const Parameter* parameter : std::as_const(*model).parameters()) {
        if (!verified && verify_status.ok()) verify_status = bundle->Verify(parameter->name);
      }
      if (verify_status.ok()) model->Freeze();
    });
    return verify_status;
  }

  Status Score(const ExampleBatch& rows, Scratch* scratch, Predictions* out) const {
    THALWEG_RETURN_IF_ERROR(model->plan().Transform(rows, &scratch->batch));
    const ConstMatrixView logits =
        model->Forward({.pool = nullptr, .mode = Mode::kScore}, scratch->batch, &scratch->work);
    model->head().Predict(logits, out);
    return Status::Ok();
  }
};

Predictor::Predictor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

Result<Predictor> Predictor::Open(const std::string& path, OpenOptions options) {
  auto impl = std::make_unique<Impl>();
  std::error_code error;  // a file that is not there is told of by Bundle::Open
  impl->verified = options.verify && std::filesystem::file_size(path, error) <= kVerifiedAtOpen;
  THALWEG_ASSIGN_OR_RETURN(impl->bundle, Bundle::Open(path, impl->verified));
  THALWEG_ASSIGN_OR_RETURN(impl->model, LoadModel(impl->bundle, false, impl->verified));
  return Predictor(std::move(impl));
}

const ModelSpec& Predictor::spec() const { return impl_->model->spec(); }
const Schema& Predictor::schema() const { return impl_->model->plan().schema(); }
const std::vector<std::string>& Predictor::classes() const { return spec().label.classes; }
std::int64_t Predictor::global_step() const {
  const auto steps = impl_->bundle->provenance().find("steps");
  return steps == impl_->bundle->provenance().end() ? 0 : ParseInteger(steps->second).value_or(0);
}
ExampleBuilder Predictor::NewExamples() const { return ExampleBuilder(schema()); }

Status Predictor::Predict(const ExampleBatch& rows, Predictions* out) const {
  THALWEG_RETURN_IF_ERROR(impl_->Verify());
  try {
    std::unique_ptr<Scratch> scratch = impl_->scratches.Take();
    Status status = impl_->Score(rows, scratch.get(), out);
    impl_->scratches.Return(std::move(scratch));
    return status;
  } catch (const std::bad_alloc&) {
    return Status::BadData(fmt::format("no memory to score {} rows at once: use smaller batches", rows.num_rows));
  }
}

}  // namespace thalweg
