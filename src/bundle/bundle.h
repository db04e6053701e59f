// Model files and checkpoints: one format (docs/formats/model_bundle.md), the safetensors layout.
#ifndef THALWEG_BUNDLE_BUNDLE_H_
#define THALWEG_BUNDLE_BUNDLE_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/wide_deep_model.h"
#include "thalweg/model_spec.h"
#include "thalweg/status.h"

namespace thalweg {

struct TensorToWrite {
  std::string name;
  std::vector<std::int64_t> shape;
  std::span<const float> data;      // float32, row-major
};

struct BundleContents {
  const ModelSpec* spec = nullptr;
  std::map<std::string, std::string> provenance;   // version, seed, rows, data fingerprint, … : no clock, host, path, threads
  std::map<std::string, std::string> position;     // checkpoints only: step, pass, best so far, …
  std::vector<TensorToWrite> tensors;              // parameters by name; slots as "slots/<parameter>/<slot>"
};

// Streams to a file beside `path`, fsync, rename. Equal contents give equal bytes.
Status WriteBundle(const std::string& path, const BundleContents& contents);

struct TensorView {
  std::vector<std::int64_t> shape;
  std::span<const float> data;
};

// A mapped, checked file. kNotFound; kBadData: anything not whole and true: cut, changed, of a later version, lying about
// sizes, offsets, names, shapes, counts, even with its checksums right. Memory ≤ twice the file.
class Bundle {
 public:
  static Result<std::shared_ptr<const Bundle>> Open(const std::string& path, bool verify);
  static Result<std::shared_ptr<const Bundle>> FromBytes(std::span<const std::uint8_t> bytes, const std::string& origin,
                                                         std::shared_ptr<const void> owner);
  virtual ~Bundle() = default;
  virtual const ModelSpec& spec() const = 0;
  virtual const std::map<std::string, std::string>& provenance() const = 0;
  virtual const std::map<std::string, std::string>& position() const = 0;
  virtual std::vector<std::string> tensor_names() const = 0;
  virtual const TensorView* Find(const std::string& name) const = 0;   // null: none
  virtual Status Verify(const std::string& tensor) const = 0;   // its blocks' checksums, once; thread-safe
};

// The model of a bundle, its parameters pointing into the mapping (`copy`: into memory of their own, for training on).
// Every parameter is there with its shape; no tensor is left over (slots aside); numbers are finite.
Result<std::unique_ptr<WideDeepModel>> LoadModel(std::shared_ptr<const Bundle> bundle, bool copy);

}  // namespace thalweg

#endif  // THALWEG_BUNDLE_BUNDLE_H_
