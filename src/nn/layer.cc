#include "nn/layer.h"

#include <utility>

namespace thalweg {

void StaggeredRows::Resize(std::size_t rows, std::size_t width) {
  constexpr std::size_t kLine = 16;  // floats
  std::size_t stride = (width + kLine - 1) / kLine * kLine;
  if (stride % 256 == 0) stride += kLine;
  memory_.Resize(rows, width < kLine ? width : stride);
  width_ = width;
}

Status Layer::Own(ParameterList* list, Parameter parameter, const char* initializer) {
  THALWEG_ASSIGN_OR_RETURN(Parameter * added, list->Add(std::move(parameter), {initializer, {}}));
  parameters_.push_back(added);
  return Status::Ok();
}

}  // namespace thalweg
