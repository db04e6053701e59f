// Which tensor lies where.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "bundle/checks.h"
#include "bundle/format.h"

namespace thalweg {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 62;

const char* NameOf(TensorType type) {
  switch (type) {
    case TensorType::kU8:
      return "U8";
    case TensorType::kF32:
      return "F32";
    case TensorType::kBF16:
      return "BF16";
    case TensorType::kI8:
      return "I8";
    case TensorType::kU32:
      return "U32";
    case TensorType::kU64:
      return "U64";
  }
  return "";
}

Result<std::uint64_t> BytesOf(const TensorEntry& tensor) {
  if (tensor.shape.size() > kMaxRank) {
    return Status::BadData(fmt::format("tensor {} has {} dimensions, expected at most {}", Quote(tensor.name, 200),
                                       tensor.shape.size(), kMaxRank));
  }
  std::uint64_t bytes = SizeOf(tensor.type);
  for (const std::int64_t extent : tensor.shape) {
    if (extent < 0 || (extent > 0 && bytes > kMaxBytes / static_cast<std::uint64_t>(extent))) {
      return Status::BadData(fmt::format("tensor {} has the shape [{}], more than can be", Quote(tensor.name, 200),
                                         fmt::join(tensor.shape, ",")));
    }
    bytes *= static_cast<std::uint64_t>(extent);
  }
  return bytes;
}

class Placing {
 public:
  Status Add(TensorEntry tensor) {
    if (at_ % kAlignment != 0) {
      const std::uint64_t gap = kAlignment - at_ % kAlignment;
      TensorEntry padding{
          fmt::format("{}{}", kPaddingPrefix, paddings_++), TensorType::kU8, {static_cast<std::int64_t>(gap)}};
      THALWEG_RETURN_IF_ERROR(Put(std::move(padding)));
    }
    return Put(std::move(tensor));
  }
  // Adds the table of checksums of all that is before it.
  Result<std::vector<TensorEntry>> Finish() {
    const std::uint64_t covered = (at_ + kAlignment - 1) / kAlignment * kAlignment;
    THALWEG_RETURN_IF_ERROR(
        Add({std::string(kChecksumsName), TensorType::kU32, {static_cast<std::int64_t>(NumBlocks(covered))}}));
    return std::move(placed_);
  }

 private:
  Status Put(TensorEntry tensor) {
    THALWEG_ASSIGN_OR_RETURN(const std::uint64_t bytes, BytesOf(tensor));
    if (placed_.size() >= kMaxTensors) return Status::BadData(fmt::format("more than {} tensors", kMaxTensors));
    if (bytes > kMaxBytes - at_) return Status::BadData("the tensors have more bytes than a file can");
    tensor.begin = at_;
    at_ += bytes;
    tensor.end = at_;
    placed_.push_back(std::move(tensor));
    return Status::Ok();
  }

  std::vector<TensorEntry> placed_;
  std::uint64_t at_ = 0;
  std::size_t paddings_ = 0;
};

}  // namespace

std::uint64_t SizeOf(TensorType type) {
  switch (type) {
    case TensorType::kU8:
    case TensorType::kI8:
      return 1;
    case TensorType::kBF16:
      return 2;
    case TensorType::kF32:
    case TensorType::kU32:
      return 4;
    case TensorType::kU64:
      return 8;
  }
  return 1;
}

std::string Describe(const TensorEntry& tensor) {
  return fmt::format("{} {} [{}] at {}–{}", Quote(tensor.name, 200), NameOf(tensor.type), fmt::join(tensor.shape, ","),
                     tensor.begin, tensor.end);
}

bool IsPadding(const TensorEntry& tensor) { return tensor.name.starts_with(kPaddingPrefix); }

bool HasPackedTables(const std::vector<TensorEntry>& tensors) {
  return std::any_of(tensors.begin(), tensors.end(), [](const TensorEntry& tensor) {
    return tensor.type == TensorType::kBF16 || tensor.type == TensorType::kI8 || tensor.name.starts_with(kRowsPrefix);
  });
}

Result<std::vector<TensorEntry>> LayOut(std::vector<TensorEntry> tensors) {
  Placing placing;
  for (TensorEntry& tensor : tensors) THALWEG_RETURN_IF_ERROR(placing.Add(std::move(tensor)));
  return placing.Finish();
}

}  // namespace thalweg
