// The parameters of a model: made by its layers and towers, kept in order of name.
#ifndef THALWEG_NN_PARAMETER_LIST_H_
#define THALWEG_NN_PARAMETER_LIST_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_pool.h"
#include "nn/initializer.h"
#include "nn/parameter.h"
#include "thalweg/status.h"

namespace thalweg {

class ParameterList {
 public:
  struct Entry {
    Parameter parameter;
    std::unique_ptr<Initializer> initializer;
  };

  // A new parameter without memory: `value` has its shape and no data. name, part, shape, table and trainable are to be
  // set; the shape has one or two dimensions. The pointer stays good as long as the list. Errors: kBadConfig for an
  // initializer that cannot be made, or a size past 2^40 elements.
  Result<Parameter*> Add(Parameter parameter, const PartSpec& initializer);

  // Null: none has the name.
  Parameter* Find(std::string_view name) const;

  // In order of name from now on. kBadConfig when two have one name.
  Status Sort();
  // Memory and first values. kBadConfig when the machine has not enough memory.
  Status Allocate(std::uint64_t seed, ThreadPool* pool);

  const std::vector<std::unique_ptr<Entry>>& entries() const { return entries_; }

 private:
  std::vector<std::unique_ptr<Entry>> entries_;
};

// TensorFlow's name of a column in variable names: characters outside [A-Za-z0-9_.-] become _; / stays in a `path`.
std::string VariableScope(std::string_view column, bool path = false);

}  // namespace thalweg

#endif  // THALWEG_NN_PARAMETER_LIST_H_
