// Variables into TensorFlow's files: prefix.index and prefix.data-00000-of-00001 (docs/formats/tensorflow.md).
#ifndef THALWEG_MIGRATE_TENSOR_BUNDLE_WRITER_H_
#define THALWEG_MIGRATE_TENSOR_BUNDLE_WRITER_H_

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "migrate/tensor_bundle.h"
#include "thalweg/status.h"

namespace thalweg {

class TensorBundleWriter {
 public:
  // float32 in row-major order, which stays alive until Write.
  void AddFloats(const std::string& name, std::vector<std::int64_t> shape, std::span<const float> values);
  // The same, made when it is written.
  void AddMade(const std::string& name, std::vector<std::int64_t> shape, std::function<std::vector<float>()> make);
  void AddScalar(const std::string& name, float value);
  void AddInteger(const std::string& name, std::int64_t value);   // int64 scalar

  // Both files, each written beside its name and renamed, the index last. kCannotWrite, kIoError.
  Status Write(const std::string& prefix) const;
  std::size_t size() const { return tensors_.size(); }

 private:
  struct Tensor {
    TfType type = TfType::kFloat;
    std::vector<std::int64_t> shape;
    std::span<const float> values;             // or
    std::function<std::vector<float>()> make;  // or
    std::int64_t integer = 0;
  };
  std::map<std::string, Tensor> tensors_;
};

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_TENSOR_BUNDLE_WRITER_H_
