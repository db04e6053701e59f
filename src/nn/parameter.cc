#include "nn/parameter.h"

#include <algorithm>

namespace thalweg {

void Parameter::Read(std::size_t row, std::size_t first, std::size_t count, float* to) const {
  if (packed != nullptr) return packed->Read(row, first, count, to);
  std::copy_n(value.row(row) + first, count, to);
}

}  // namespace thalweg
