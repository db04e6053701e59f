// The families of parts, for `kinds`.
#ifndef THALWEG_CLI_FAMILIES_H_
#define THALWEG_CLI_FAMILIES_H_

#include <vector>

#include "thalweg/kinds.h"

namespace thalweg::cli {

std::vector<FamilyInfo> AllFamilies();

}  // namespace thalweg::cli

#endif  // THALWEG_CLI_FAMILIES_H_
