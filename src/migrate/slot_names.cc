#include "migrate/slot_names.h"

#include <fmt/format.h>

namespace thalweg {

std::string TfOptimizerName(const PartSpec& optimizer, bool version1) {
  const std::string& kind = optimizer.kind;
  if (kind == "ftrl") return "Ftrl";
  if (kind == "adagrad") return "Adagrad";
  if (kind == "adam" || kind == "lazy_adam") return "Adam";
  if (kind == "rmsprop" || kind == "lazy_rmsprop") return version1 ? "RMSProp" : "RMSprop";
  if (kind == "sgd") return version1 ? "Momentum" : "SGD";
  return "";
}

std::string TfSlotName(std::string_view optimizer, std::string_view variable, std::string_view slot, std::size_t index, bool version1) {
  if (!version1) return fmt::format("training/{}/{}/{}", optimizer, variable, slot);
  return index == 0 ? fmt::format("{}/{}", variable, optimizer) : fmt::format("{}/{}_{}", variable, optimizer, index);
}

}  // namespace thalweg
