#include "migrate/slot_names.h"

#include <fmt/format.h>

#include "optim/optimizer.h"

namespace thalweg {

std::string TfOptimizerName(const PartSpec& optimizer, bool version1) {
  const Result<TensorFlowNames> names = TensorFlowNamesOf(optimizer.kind);
  return !names.ok() ? "" : version1 ? names->v1 : names->v2;
}

std::string TfSlotName(std::string_view optimizer, std::string_view variable, std::string_view slot, std::size_t index, bool version1) {
  if (!version1) return fmt::format("training/{}/{}/{}", optimizer, variable, slot);
  return index == 0 ? fmt::format("{}/{}", variable, optimizer) : fmt::format("{}/{}_{}", variable, optimizer, index);
}

}  // namespace thalweg
