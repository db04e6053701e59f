#include "migrate/tensor_bundle_writer.h"

#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "migrate/sorted_table.h"
#include "migrate/tensor_bundle.h"
#include "migrate/wire_writer.h"

namespace thalweg {

void TensorBundleWriter::AddFloats(const std::string& name, std::vector<std::int64_t> shape, std::span<const float> values) {
  Tensor& tensor = tensors_[name];
  tensor.shape = std::move(shape);
  tensor.values = values;
}
void TensorBundleWriter::AddMade(const std::string& name, std::vector<std::int64_t> shape, std::function<std::vector<float>()> make) {
  Tensor& tensor = tensors_[name];
  tensor.shape = std::move(shape);
  tensor.make = std::move(make);
}
void TensorBundleWriter::AddScalar(const std::string& name, float value) {
  AddMade(name, {}, [value] { return std::vector<float>{value}; });
}
void TensorBundleWriter::AddInteger(const std::string& name, std::int64_t value) {
  Tensor& tensor = tensors_[name];
  tensor.type = TfType::kInt64;
  tensor.integer = value;
}

Status TensorBundleWriter::Write(const std::string& prefix) const {
  std::vector<std::pair<std::string, std::string>> entries;
  // BundleHeaderProto {num_shards=1, version=3 {producer=1}}
  entries.emplace_back("", WireWriter().Varint(1, 1).Bytes(3, WireWriter().Varint(1, 1).text()).text());
  THALWEG_ASSIGN_OR_RETURN(AtomicFile data, AtomicFile::Create(prefix + ".data-00000-of-00001"));
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors_) {
    std::vector<float> made;
    const void* bytes = tensor.values.data();
    std::uint64_t size = tensor.values.size_bytes();
    if (tensor.make != nullptr) {
      made = tensor.make();
      bytes = made.data();
      size = made.size() * sizeof(float);
    } else if (tensor.type == TfType::kInt64) {
      bytes = &tensor.integer;
      size = sizeof(tensor.integer);
    }
    THALWEG_RETURN_IF_ERROR(data.Write(bytes, size));
    WireWriter shape;
    for (const std::int64_t extent : tensor.shape) {
      WireWriter dimension;
      if (extent != 0) dimension.Integer(1, extent);
      shape.Bytes(2, dimension.text());
    }
    // BundleEntryProto {dtype=1, shape=2, offset=4, size=5, crc32c=6}; what is zero is left out.
    WireWriter entry;
    entry.Varint(1, static_cast<std::uint64_t>(tensor.type)).Bytes(2, shape.text());
    if (offset != 0) entry.Varint(4, offset);
    if (size != 0) entry.Varint(5, size);
    entry.Fixed32(6, MaskedCrc32c(bytes, size));
    entries.emplace_back(name, entry.text());
    offset += size;
  }
  THALWEG_RETURN_IF_ERROR(data.Commit());
  THALWEG_ASSIGN_OR_RETURN(AtomicFile index, AtomicFile::Create(prefix + ".index"));
  THALWEG_RETURN_IF_ERROR(index.Write(FormatSortedTable(entries)));
  return index.Commit();
}

}  // namespace thalweg
