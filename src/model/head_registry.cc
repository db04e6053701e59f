// The heads, by hand: one line.
#include <fmt/format.h>

#include "base/registry.h"
#include "model/head.h"

namespace thalweg {

#define THALWEG_HEADS(V) \
  V(kBinaryHead) V(kMulticlassHead) V(kMultilabelHead) V(kRegressionHead) V(kLogisticRegressionHead) V(kPoissonHead)

#define THALWEG_DECLARE(kind) extern const HeadKind kind;
THALWEG_HEADS(THALWEG_DECLARE)
#undef THALWEG_DECLARE

namespace {

struct Entry {
  const KindInfo& info;
  const HeadKind& kind;
};

#define THALWEG_TABULATE(kind) {kind.info, kind},
const Entry kEntries[] = {THALWEG_HEADS(THALWEG_TABULATE)};
#undef THALWEG_TABULATE

// The names that kLossReductionParam allows.
LossReduction ReductionOf(const std::string& name) {
  if (name == "sum") return LossReduction::kSum;
  if (name == "weighted_mean") return LossReduction::kWeightedMean;
  if (name == "sum_by_nonzero_weights") return LossReduction::kSumByNonzeroWeights;
  return LossReduction::kSumOverBatchSize;
}

}  // namespace

const ParamInfo kLossReductionParam = {
    "loss_reduction",
    ParamType::kText,
    "\"sum_over_batch_size\"",
    "one of: sum_over_batch_size, sum, weighted_mean, sum_by_nonzero_weights",
    "How the losses of a batch become one: Σ w·l over rows, over 1, over Σ w, or over the number of w ≠ 0.",
    -std::numeric_limits<double>::infinity(),
    std::numeric_limits<double>::infinity(),
    false,
    false,
    "sum_over_batch_size sum weighted_mean sum_by_nonzero_weights"};

FamilyInfo HeadKinds() {
  return FamilyOf("heads", "Loss, link and predictions of a task.", std::span<const Entry>(kEntries));
}

Result<std::unique_ptr<Head>> MakeHead(const ModelSpec& spec) {
  const std::string& kind = spec.head.kind.empty() ? spec.task : spec.head.kind;
  if (kind.empty()) {
    return Status::BadConfig("task: missing; write task = \"binary\", \"multiclass\", \"multilabel\" or \"regression\"");
  }
  const auto entry = FindKind(std::span<const Entry>(kEntries), kind, spec.head.kind.empty() ? "task" : "head");
  if (!entry.ok()) return entry.status().At(spec.head.kind.empty() ? "task" : "head.kind");
  if (!spec.task.empty() && spec.task != kind) {
    return Status::BadConfig(fmt::format("head.kind: {} is not a head for the task {}: leave one of the two out",
                                         Quote(kind), Quote(spec.task)));
  }
  Params params = spec.head.params;
  THALWEG_RETURN_IF_ERROR(CheckParams((*entry)->info, "head", &params));
  if (spec.task.empty()) {   // what is asked of the spec is asked of its task
    ModelSpec named = spec;
    named.task = kind;
    return MakeHead(named);
  }
  return (*entry)->kind.make(spec, ReductionOf(GetText(params, "loss_reduction", "sum_over_batch_size")));
}

}  // namespace thalweg
