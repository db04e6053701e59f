// Any bytes are a model or an error, with the checksums as they are and with all of them made right; a model scores a
// row. Bytes that begin with { are the spec that a file would hold: what it says is checked before memory is taken.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "bundle/bundle.h"
#include "bundle/format.h"
#include "columns/feature_plan.h"

namespace {

using namespace thalweg;

void Check(bool holds) {
  if (!holds) std::abort();
}

// A row with a value in each field.
ExampleBatch OneRow(const Schema& schema) {
  ExampleBuilder rows(schema);
  for (const FieldSpec& field : schema.fields) {
    // What is refused is missing.
    const Status ignored = field.dtype == DType::kText     ? rows.Text(field.name, "a")
                           : field.dtype == DType::kNumber ? rows.Number(field.name, 1)
                                                           : rows.Integer(field.name, 1);
    static_cast<void>(ignored);
  }
  rows.EndRow();
  return rows.Take();
}

void Score(const WideDeepModel& model) {
  const FeaturePlan& plan = model.plan();
  FeatureBatch batch;
  if (!plan.Transform(OneRow(plan.schema()), &batch).ok()) return;
  WideDeepModel::Workspace work;
  Predictions scores;
  model.head().Predict(model.Forward({}, batch, &work), &scores);
  Check(scores.num_rows == 1);
}

void Try(const std::string& bytes) {
  const auto bundle =
      Bundle::FromBytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "m", nullptr);
  if (!bundle.ok()) {
    Check(bundle.status().code() == StatusCode::kBadData && !bundle.status().message().empty());
    return;
  }
  const auto model = LoadModel(*bundle, false);
  Check(model.ok());
  Score(**model);
}

void TrySpec(const std::string& text) {
  const auto spec = ParseModelSpec(text, "spec");
  if (!spec.ok()) return;
  const auto model = WideDeepModel::Create(*spec, false);
  if (!model.ok()) return Check(model.status().code() == StatusCode::kBadConfig && !model.status().message().empty());
  std::size_t numbers = 0;
  for (const Parameter* parameter : (*model)->parameters()) numbers += parameter->value.rows * parameter->value.cols;
  if (numbers > 100'000) return;  // no file of these bytes could hold them
  const auto whole = WideDeepModel::Create(*spec);
  Check(whole.ok());
  Score(**whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with('{')) {
    TrySpec(bytes);
    return 0;
  }
  Try(bytes);
  if (FixChecksums(&bytes).ok()) Try(bytes);
  return 0;
}
