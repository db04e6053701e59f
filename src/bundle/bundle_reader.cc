#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/strings.h"
#include "bundle/bundle.h"
#include "bundle/checks.h"
#include "bundle/format.h"
#include "bundle/spec_texts.h"
#include "tensor/matrix.h"

namespace thalweg {
namespace {

using Bytes = std::span<const std::uint8_t>;

// A spec of many small values takes many times its text in memory. A file whose spec would take more than the file and
// this lies about itself: each column of a model has parameters.
constexpr std::uint64_t kSpecMemory = std::uint64_t{16} << 20;
constexpr std::uint64_t kBytesAValue = 80;

// Values of a JSON text, about.
std::uint64_t CountValues(std::string_view json) {
  std::uint64_t count = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',' || c == '[' || c == '{') {
      ++count;
    }
  }
  return count;
}

Result<std::map<std::string, std::string>> ParseTexts(const std::string& text, const char* what) {
  THALWEG_ASSIGN_OR_RETURN(const Json json, ParseJson(text, what, {.max_bytes = kMaxTextsBytes, .max_depth = 1}));
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : json.items()) {
    if (!json.is_object() || !value.is_string()) break;
    texts.emplace(key, value.get<std::string>());
  }
  if (FormatJson(Json(texts)) != text)
    return Status::BadData(std::string(what) + ": expected a JSON object of texts, by key");
  return texts;
}

class MappedBundle final : public Bundle {
 public:
  MappedBundle(Bytes file, ParsedHeader parsed, std::string origin, std::shared_ptr<const void> owner)
      : origin_(std::move(origin)),
        owner_(std::move(owner)),
        header_(std::move(parsed.header)),
        data_(file.subspan(parsed.data_begin)),
        blocks_(data_.first(header_.tensors.back().begin), BytesOf(header_.tensors.back())) {}

  Status Check(std::uint64_t file_bytes, bool verify) {
    const Bytes table = BytesOf(header_.tensors.back());
    const std::string checksum = FormatChecksum(Crc32c(table.data(), table.size()));
    if (checksum != header_.table_checksum) {
      return Bad(fmt::format("is damaged: its table of checksums has the checksum {}, expected {}; take another copy",
                             checksum, Quote(header_.table_checksum)));
    }
    THALWEG_RETURN_IF_ERROR(SortTensors());
    if (verify) THALWEG_RETURN_IF_ERROR(VerifyAll());
    if (const Status status = ReadSpec(file_bytes); !status.ok()) return Bad(status.message());
    return CheckModel();
  }

  const ModelSpec& spec() const override { return spec_; }
  const std::map<std::string, std::string>& provenance() const override { return provenance_; }
  const std::map<std::string, std::string>& position() const override { return position_; }
  std::vector<std::string> tensor_names() const override {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : tensors_) names.push_back(name);
    return names;
  }
  const TensorView* Find(const std::string& name) const override {
    const auto it = tensors_.find(name);
    return it == tensors_.end() ? nullptr : &it->second.view;
  }
  Status Verify(const std::string& name) const override {
    const auto it = tensors_.find(name);
    if (it == tensors_.end()) return Status::Internal(origin_ + ": no tensor " + Quote(name, 200));
    const Tensor& tensor = it->second;
    if (tensor.verified.load(std::memory_order_relaxed)) return Status::Ok();
    THALWEG_RETURN_IF_ERROR(VerifyBlocks(*tensor.entry));
    if (!name.starts_with(kSlotsPrefix)) {
      if (const auto at = FirstNotFinite(tensor.view.data)) {
        return Bad(fmt::format("tensor {}: number {} of {} is {}, expected finite ones", Quote(name, 200), *at + 1,
                               tensor.view.data.size(), FormatNumber(tensor.view.data[*at])));
      }
    }
    tensor.verified.store(true, std::memory_order_relaxed);
    return Status::Ok();
  }
  Result<std::unique_ptr<WideDeepModel>> NewModel() const override {
    {
      const std::lock_guard lock(model_mutex_);
      if (model_ != nullptr) return std::move(model_);
    }
    return WideDeepModel::Create(spec_, false);
  }

 private:
  struct Tensor {
    const TensorEntry* entry = nullptr;
    TensorView view;
    mutable std::atomic<bool> verified = false;
  };

  Status Bad(const std::string& why) const { return Status::BadData(origin_ + ": " + why); }
  Bytes BytesOf(const TensorEntry& tensor) const { return data_.subspan(tensor.begin, tensor.size()); }

  // Parameters by name, texts apart; paddings are zero.
  Status SortTensors() {
    const std::string* last = nullptr;
    for (const TensorEntry& entry : header_.tensors) {
      const Bytes bytes = BytesOf(entry);
      if (IsPadding(entry)) {
        if (std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte != 0; })) {
          return Bad("tensor " + Describe(entry) + " is a padding, and not zero");
        }
      } else if (entry.name.starts_with(kTextsPrefix)) {
        texts_.push_back(&entry);
      } else if (entry.name != kChecksumsName) {
        if (entry.name.starts_with(kReserved) || entry.type != TensorType::kF32 || !texts_.empty()) {
          return Bad("tensor " + Describe(entry) + " is not one that a model of this version has");
        }
        if (last != nullptr && *last >= entry.name) {
          return Bad("tensor " + Describe(entry) + " is after " + Quote(*last, 200) + ", expected ascending names");
        }
        last = &entry.name;
        Tensor& tensor = tensors_[entry.name];
        tensor.entry = &entry;
        tensor.view = {entry.shape, {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)}};
      }
    }
    return Status::Ok();
  }

  Status VerifyBlocks(const TensorEntry& entry) const {
    if (entry.size() == 0) return Status::Ok();
    for (std::size_t block = entry.begin / kBlockBytes; block <= (entry.end - 1) / kBlockBytes; ++block) {
      if (blocks_.IsWhole(block)) continue;
      return Bad(fmt::format(
          "is damaged: bytes {}–{} of its tensors ({}) are not those that were written; take another copy",
          block * kBlockBytes, std::min<std::uint64_t>((block + 1) * kBlockBytes, header_.tensors.back().begin),
          Quote(entry.name, 200)));
    }
    return Status::Ok();
  }

  Status VerifyAll() const {
    for (const auto& [name, tensor] : tensors_) THALWEG_RETURN_IF_ERROR(Verify(name));
    for (const TensorEntry& entry : header_.tensors) {
      if (entry.name != kChecksumsName) THALWEG_RETURN_IF_ERROR(VerifyBlocks(entry));
    }
    return Status::Ok();
  }

  Status ReadSpec(std::uint64_t file_bytes) {
    if (CountValues(header_.spec) * kBytesAValue > file_bytes + kSpecMemory) {
      return Status::BadData("its spec has more values than the model of a file of its size can");
    }
    Result<ModelSpec> spec = ParseModelSpec(header_.spec, "spec");
    if (!spec.ok()) return Status::BadData("its spec cannot be read: " + spec.status().message());
    spec_ = std::move(spec).value();
    THALWEG_ASSIGN_OR_RETURN(const std::vector<TextsKey> keys, ParseTextsKeys(header_.texts));
    if (texts_.size() != 2 * keys.size()) {
      return Status::BadData(fmt::format("found {} tensors of texts, expected {}", texts_.size(), 2 * keys.size()));
    }
    for (std::size_t k = 0; k < keys.size(); ++k) {
      const TensorEntry &bytes = *texts_[2 * k], &offsets = *texts_[2 * k + 1];
      const auto is = [&](const TensorEntry& entry, const char* part, TensorType type) {
        return entry.name == fmt::format("{}{}/{}", kTextsPrefix, k, part) && entry.type == type &&
               entry.shape.size() == 1;
      };
      if (!is(bytes, "bytes", TensorType::kU8) || !is(offsets, "offsets", TensorType::kU64)) {
        return Status::BadData(fmt::format("found tensors {} and {}, expected the bytes and offsets of texts {}",
                                           Describe(bytes), Describe(offsets), k));
      }
      THALWEG_RETURN_IF_ERROR(VerifyBlocks(bytes));
      THALWEG_RETURN_IF_ERROR(VerifyBlocks(offsets));
      Result<std::vector<std::string>> texts = Unpack(BytesOf(bytes), BytesOf(offsets));
      if (!texts.ok()) return Status::BadData("tensor " + Describe(offsets) + ": " + texts.status().message());
      THALWEG_RETURN_IF_ERROR(PutBack({keys[k], std::move(texts).value()}, &spec_));
    }
    if (FindLongTexts(spec_) != keys) {
      return Status::BadData("texts: expected the long lists of the spec, all of them, in its order");
    }
    THALWEG_ASSIGN_OR_RETURN(provenance_, ParseTexts(header_.provenance, "provenance"));
    if (!header_.position.empty()) {
      THALWEG_ASSIGN_OR_RETURN(position_, ParseTexts(header_.position, "position"));
      if (position_.empty()) return Status::BadData("position: expected at least one text");
    }
    // They can be large, and are no longer needed.
    header_.spec = header_.texts = header_.provenance = header_.position = std::string();
    return Status::Ok();
  }

  // That the tensors are those of the spec's model, before any memory is taken by what the spec says.
  Status CheckModel() {
    Result<std::unique_ptr<WideDeepModel>> model = WideDeepModel::Create(spec_, false);
    if (!model.ok()) return Bad("its spec is not that of a model: " + model.status().message());
    model_ = std::move(model).value();
    std::map<std::string_view, const Parameter*> parameters;
    for (const Parameter* parameter : std::as_const(*model_).parameters())
      parameters.emplace(parameter->name, parameter);
    std::size_t own = 0, best = 0;
    for (const auto& [name, tensor] : tensors_) {
      std::string_view of = name;
      if (of.starts_with(kSlotsPrefix)) {
        of.remove_prefix(kSlotsPrefix.size());
        const std::size_t slash = of.rfind('/');
        of = slash == std::string_view::npos || slash + 1 == of.size() ? "" : of.substr(0, slash);
      } else if (of.starts_with(kBestPrefix)) {
        of.remove_prefix(kBestPrefix.size());
        ++best;
      } else {
        ++own;
      }
      const auto it = parameters.find(of);
      if (it == parameters.end() || (of.data() != name.data() && position_.empty())) {
        return Bad("tensor " + Describe(*tensor.entry) + " is not one of its spec's model");
      }
      if (it->second->shape != tensor.view.shape) {
        return Bad(fmt::format("tensor {} has another shape than its spec says: [{}]", Describe(*tensor.entry),
                               fmt::join(it->second->shape, ",")));
      }
    }
    if (own == parameters.size() && (best == 0 || best == own)) return Status::Ok();
    for (const auto& [name, parameter] : parameters) {
      const std::string wanted = std::string(own == parameters.size() ? kBestPrefix : "").append(name);
      if (tensors_.find(wanted) == tensors_.end()) return Bad("tensor " + Quote(wanted, 200) + " is missing");
    }
    return Status::Internal(origin_ + ": tensors were miscounted");
  }

  std::string origin_;
  std::shared_ptr<const void> owner_;
  BundleHeader header_;
  Bytes data_;
  BlockChecks blocks_;
  std::vector<const TensorEntry*> texts_;
  std::map<std::string, Tensor, std::less<>> tensors_;
  ModelSpec spec_;
  std::map<std::string, std::string> provenance_, position_;
  // Made for the check; the first who asks gets it.
  mutable std::mutex model_mutex_;
  mutable std::unique_ptr<WideDeepModel> model_;
};

Result<std::shared_ptr<const Bundle>> Make(Bytes file, const std::string& origin, std::shared_ptr<const void> owner,
                                           bool verify) {
  try {
    THALWEG_ASSIGN_OR_RETURN(ParsedHeader parsed, ParseHeader(file, origin));
    auto bundle = std::make_shared<MappedBundle>(file, std::move(parsed), origin, std::move(owner));
    THALWEG_RETURN_IF_ERROR(bundle->Check(file.size(), verify));
    return std::shared_ptr<const Bundle>(std::move(bundle));
  } catch (const std::bad_alloc&) {
    return Status::BadData(origin + ": there is not enough memory to read it");
  }
}

}  // namespace

Result<std::shared_ptr<const Bundle>> Bundle::Open(const std::string& path, bool verify) {
  THALWEG_ASSIGN_OR_RETURN(std::shared_ptr<const MappedFile> file, MappedFile::Open(path));
  const Bytes bytes = file->bytes();
  return Make(bytes, path, std::move(file), verify);
}

Result<std::shared_ptr<const Bundle>> Bundle::FromBytes(Bytes bytes, const std::string& origin,
                                                        std::shared_ptr<const void> owner) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % kAlignment == 0)
    return Make(bytes, origin, std::move(owner), true);
  auto aligned = std::make_shared<Matrix>(1, bytes.size() / sizeof(float) + 1);
  std::memcpy(aligned->data(), bytes.data(), bytes.size());
  const Bytes copied(reinterpret_cast<const std::uint8_t*>(aligned->data()), bytes.size());
  return Make(copied, origin, std::move(aligned), true);
}

}  // namespace thalweg
