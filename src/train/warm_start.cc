#include "train/warm_start.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "bundle/bundle.h"

namespace thalweg {

Result<std::string> WarmStart(const std::string& path, WideDeepModel* model) {
  THALWEG_ASSIGN_OR_RETURN(const std::shared_ptr<const Bundle> bundle, Bundle::Open(path, true));
  const std::vector<Parameter*> parameters = model->parameters();
  std::vector<std::string> left;   // ours that begin anew
  for (Parameter* parameter : parameters) {
    const TensorView* view = bundle->Find(parameter->name);
    if (view == nullptr || view->shape != parameter->shape) {
      left.push_back(parameter->name + (view == nullptr ? "" : " (of another shape there)"));
      continue;
    }
    std::copy(view->data.begin(), view->data.end(), parameter->storage.data());
  }
  if (left.size() == parameters.size()) {
    const std::vector<std::string> theirs = bundle->tensor_names();
    return Status::Usage(path + ": no parameter of it has the name and shape of one of this model. There: " +
                         Join(std::span(theirs).first(std::min<std::size_t>(theirs.size(), 10)), ", ") +
                         "; here: " + Join(std::span(left).first(std::min<std::size_t>(left.size(), 10)), ", "));
  }
  std::string text = "warm start: " + std::to_string(parameters.size() - left.size()) + " of " +
                     std::to_string(parameters.size()) + " parameters from " + path;
  if (left.empty()) return text;
  return text + "; anew: " + Join(std::span(left).first(std::min<std::size_t>(left.size(), 10)), ", ") +
         (left.size() > 10 ? ", …" : "");
}

}  // namespace thalweg
