// Where TensorFlow's checkpoints keep what an optimizer remembers of a variable.
#ifndef THALWEG_MIGRATE_SLOT_NAMES_H_
#define THALWEG_MIGRATE_SLOT_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "thalweg/kinds.h"

namespace thalweg {

// The optimizer's name in names of variables: "Ftrl", "Adagrad", "Adam", "Adadelta", "Adamax", "Nadam", "RMSprop" ("RMSProp" in version 1),
// "SGD" ("Momentum"); "" : TensorFlow has none.
std::string TfOptimizerName(const PartSpec& optimizer, bool version1);

// "training/Ftrl/<variable>/accumulator", or "<variable>/Ftrl" in version 1. `slot`: ours ("accumulator"); `index`: its
// place among the optimizer's slots; `optimizer`: "Ftrl", or "SGD_1" where both parts have one of a class.
std::string TfSlotName(std::string_view optimizer, std::string_view variable, std::string_view slot, std::size_t index, bool version1);

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_SLOT_NAMES_H_
