// Variables as TensorFlow keeps them in a checkpoint (model.ckpt-N.index, .data-…) or in a SavedModel's variables/ folder:
// docs/formats/tensorflow.md. Read-only; tensors are read and their checksums verified one by one.
#ifndef THALWEG_MIGRATE_TENSOR_BUNDLE_H_
#define THALWEG_MIGRATE_TENSOR_BUNDLE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/status.h"

namespace thalweg {

// TensorFlow's DataType, those that occur.
enum class TfType : int { kFloat = 1, kDouble = 2, kInt32 = 3, kUint8 = 4, kString = 7, kInt64 = 9, kBool = 10 };
std::string TfTypeName(TfType type);   // "float32", or "type 19"

class TensorBundle {
 public:
  struct Slice {   // of a partitioned variable
    std::vector<std::int64_t> begin, extent;
    std::string key;
  };
  struct Entry {
    TfType type = TfType::kFloat;
    std::vector<std::int64_t> shape;
    std::uint32_t shard = 0;
    std::uint64_t offset = 0, size = 0;
    std::uint32_t crc = 0;      // masked
    std::vector<Slice> slices;  // of a partitioned variable, whose data are those of its slices
    std::int64_t elements = 1;
    std::int64_t given = 1;     // elements that are there: fewer where the slot of a variable's part holds that part alone
  };

  // `prefix`: "…/model.ckpt-10". Errors: kNotFound (no index or data file), kBadData: an index that is cut, changed,
  // or lies about sizes, offsets, shapes.
  static Result<std::shared_ptr<const TensorBundle>> Open(const std::string& prefix);
  virtual ~TensorBundle() = default;

  // Variables by name; the slices of partitioned ones are not among them.
  virtual const std::map<std::string, Entry, std::less<>>& entries() const = 0;
  const Entry* Find(std::string_view name) const;

  // float32 (from float64 too, rounded) in row-major order; `out` has the entry's elements, and those that are not given
  // stay as they are. kBadData: another type, a checksum that is not the data's.
  virtual Status ReadFloats(std::string_view name, std::span<float> out) const = 0;
  // A scalar int64, int32 or bool.
  virtual Result<std::int64_t> ReadInteger(std::string_view name) const = 0;
};

// The newest checkpoint of a model_dir, as its `checkpoint` file says; or `path` itself where it is the prefix of one, or
// one of its files. kNotFound tells what was looked for.
Result<std::string> FindCheckpoint(const std::string& path);

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_TENSOR_BUNDLE_H_
