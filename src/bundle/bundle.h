// Model files and checkpoints: one format (docs/formats/model_bundle.md), the safetensors layout.
#ifndef THALWEG_BUNDLE_BUNDLE_H_
#define THALWEG_BUNDLE_BUNDLE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/wide_deep_model.h"
#include "tensor/packed_table.h"
#include "thalweg/model_spec.h"
#include "thalweg/status.h"

namespace thalweg {

struct TensorToWrite {
  std::string name;
  std::vector<std::int64_t> shape;
  std::span<const float> data = {};  // float32, row-major
  // In place of data, for what need not be in memory at once: fills the numbers in; called twice.
  std::function<Status(std::span<float>)> load = nullptr;
  // Of tables, with `data`: their numbers in this form, rows of zeros left out where that is smaller (pack_table.h).
  // Unset: float32, all rows. Not in files that keep slots.
  std::optional<NumberForm> pack = std::nullopt;
};

// Of models whose position says how many steps there were, so that a training can go on: they keep slots.
inline constexpr std::string_view kGlobalStep = "global_step";

struct BundleContents {
  const ModelSpec* spec = nullptr;
  // Version, seed, rows, data fingerprint, …: no clock, host, path or number of threads.
  std::map<std::string, std::string> provenance;
  std::map<std::string, std::string> position;  // of checkpoints: step, pass, best so far, …; of models with slots: kGlobalStep
  std::vector<TensorToWrite> tensors;           // parameters by name; slots as "slots/<parameter>/<slot>"
};

// Streams to a file beside `path`, fsync, rename. Equal contents give equal bytes, in whatever order the tensors come.
// At any error the old file stays: kBadData: a weight that is not finite (slots may be); kUsage: more than 1 MiB of
// provenance; kCannotWrite, kIoError.
Status WriteBundle(const std::string& path, const BundleContents& contents);

struct TensorView {
  std::vector<std::int64_t> shape;      // of the parameter, however it is kept
  std::span<const float> data;          // empty where it is packed
  const PackedTable* packed = nullptr;  // a table that is not kept as float32, or not whole
  std::uint64_t bytes = 0;              // in the file, with its scales and row numbers
};

// A mapped, checked file. Immutable; may be used from many threads. Its tensors are exactly those of its spec's model
// (and, in a checkpoint, slots and best weights). kNotFound; kBadData: anything not whole and true: cut, changed, of a
// later version, lying about sizes, offsets, names, shapes, counts, even with its checksums right. Memory ≤ twice the
// file. The file must not be changed in place meanwhile.
//
// `verify`: all blocks and numbers are looked at; otherwise those of a tensor by Verify(), or of a table by VerifyRows(),
// before its first use.
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
  virtual const TensorView* Find(const std::string& name) const = 0;  // null: none
  // The same as float32 numbers: what is packed is decoded, and kept decoded as long as the bundle. Null: none. kBadData:
  // as Verify, which it needs, or no memory. Thread-safe.
  virtual Result<const TensorView*> FindFloats(const std::string& name) const = 0;
  // The checksums of its blocks, and that its numbers are finite (but for slots); once. Thread-safe.
  virtual Status Verify(const std::string& tensor) const = 0;
  // The same, of the blocks that have these rows of a table (one that Find gave; rows below 0 are left out), and of its
  // row numbers. Thread-safe; of what was seen before it costs a look at a byte a row.
  virtual Status VerifyRows(const TensorView& table, std::span<const std::int32_t> rows) const = 0;
  // The spec's model, its parameters without memory.
  virtual Result<std::unique_ptr<WideDeepModel>> NewModel() const = 0;
};

// The model of a bundle, its parameters pointing into the mapping, which must outlive it (`copy`: into memory of their
// own as float32, for training on). Without `verify` the caller calls Bundle::Verify for each parameter before its first
// use, or Bundle::VerifyRows for the rows of a table.
Result<std::unique_ptr<WideDeepModel>> LoadModel(std::shared_ptr<const Bundle> bundle, bool copy, bool verify = true);

}  // namespace thalweg

#endif  // THALWEG_BUNDLE_BUNDLE_H_
