#include <algorithm>
#include <new>

#include "bundle/bundle.h"

namespace thalweg {

Result<std::unique_ptr<WideDeepModel>> LoadModel(std::shared_ptr<const Bundle> bundle, bool copy, bool verify) {
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<WideDeepModel> model, bundle->NewModel());
  for (Parameter* parameter : model->parameters()) {
    // There, and of its shape: the bundle was checked when it was opened.
    const TensorView& tensor = *bundle->Find(parameter->name);
    if (verify || copy) THALWEG_RETURN_IF_ERROR(bundle->Verify(parameter->name));
    if (!copy) {
      parameter->value.data = tensor.data.data();
      parameter->packed = tensor.packed;
      continue;
    }
    try {
      parameter->storage.Resize(parameter->value.rows, parameter->value.cols);
    } catch (const std::bad_alloc&) {
      return Status::BadData("there is not enough memory for the model's parameters");
    }
    if (tensor.packed == nullptr) std::copy(tensor.data.begin(), tensor.data.end(), parameter->storage.data());
    for (std::size_t r = 0; tensor.packed != nullptr && r < parameter->storage.rows(); ++r) {
      tensor.packed->Read(r, 0, parameter->storage.cols(), parameter->storage.row(r));
    }
    parameter->value = parameter->storage.view();
  }
  return model;
}

}  // namespace thalweg
