// The layers, by hand: one line.
#include "base/registry.h"

#include "nn/layer.h"

namespace thalweg {

#define THALWEG_LAYERS(V)                                                                                             \
  V(kDense)                                                                                                           \
  V(kIdentity) V(kRelu) V(kRelu6) V(kLeakyRelu) V(kElu) V(kSelu) V(kGelu) V(kGeluApproximate) V(kSwish) V(kSigmoid) V(kTanh) V(kSoftplus) \
      V(kSoftsign) V(kDropout) V(kBatchNorm)

#define THALWEG_DECLARE(kind) extern const LayerKind kind;
THALWEG_LAYERS(THALWEG_DECLARE)
#undef THALWEG_DECLARE

namespace {

struct Entry {
  const KindInfo& info;
  const LayerKind& kind;
};

#define THALWEG_TABULATE(kind) {kind.info, kind},
const Entry kEntries[] = {THALWEG_LAYERS(THALWEG_TABULATE)};
#undef THALWEG_TABULATE

}  // namespace

FamilyInfo LayerKinds() {
  return FamilyOf("layers", "What the deep part is stacked of; deep.activation names one.",
                  std::span<const Entry>(kEntries));
}

Result<std::unique_ptr<Layer>> MakeLayer(const PartSpec& spec, const LayerScope& scope, std::string_view where,
                                         ParameterList* list) {
  const auto entry = FindKind(std::span<const Entry>(kEntries), spec.kind, "layer");
  if (!entry.ok()) return entry.status().At(std::string(where));
  Params params = spec.params;
  THALWEG_RETURN_IF_ERROR(CheckParams((*entry)->info, where, &params));
  return (*entry)->kind.make(params, scope, list);
}

Status CheckActivation(const std::string& kind, std::string_view where) {
  std::vector<std::string> known;
  for (const Entry& entry : kEntries) {
    if (!entry.kind.activation) continue;
    if (kind == entry.info.name) return Status::Ok();
    known.emplace_back(entry.info.name);
  }
  return Status::BadConfig(std::string(where) + ": " + UnknownName(kind, "activation", known));
}

}  // namespace thalweg
