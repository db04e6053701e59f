#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/strings.h"
#include "bundle/bundle.h"
#include "bundle/checks.h"
#include "bundle/format.h"
#include "bundle/pack_table.h"
#include "bundle/spec_texts.h"

namespace thalweg {
namespace {

constexpr std::array<char, kAlignment> kZeros{};

// A tensor and where its bytes are now, or come from.
struct Source {
  TensorEntry entry;
  std::span<const std::byte> bytes;
  const TensorToWrite* lazy = nullptr;
  std::shared_ptr<const TablePacker> packer = nullptr;
};

// Optimizers' memory may hold an infinity that does no harm; a weight may not.
Status CheckFinite(const TensorToWrite& tensor, std::span<const float> data) {
  if (tensor.name.starts_with(kSlotsPrefix)) return Status::Ok();
  const auto at = FirstNotFinite(data);
  if (!at) return Status::Ok();
  return Status::BadData(
      fmt::format("{}: number {} of {} is {}: the training has diverged; try a smaller learning rate",
                  Quote(tensor.name, 200), *at + 1, data.size(), FormatNumber(data[*at])));
}

// Parameters by name.
Result<std::vector<Source>> SourcesOf(const std::vector<TensorToWrite>& tensors) {
  std::vector<Source> sources;
  for (const TensorToWrite& tensor : tensors) {
    std::uint64_t elements = 1;
    for (const std::int64_t extent : tensor.shape) elements *= static_cast<std::uint64_t>(extent);
    if (tensor.load == nullptr && elements != tensor.data.size()) {
      return Status::Internal(fmt::format("tensor {}: {} numbers for the shape [{}]", Quote(tensor.name, 200),
                                          tensor.data.size(), fmt::join(tensor.shape, ",")));
    }
    if (tensor.name.empty() || tensor.name.starts_with(kReserved)) {
      return Status::Internal("tensor " + Quote(tensor.name, 200) + ": the name is reserved");
    }
    sources.push_back({{tensor.name, TensorType::kF32, tensor.shape}, std::as_bytes(tensor.data), tensor.load == nullptr ? nullptr : &tensor});
  }
  const auto name = [](const Source& source) -> const std::string& { return source.entry.name; };
  std::ranges::sort(sources, {}, name);
  const auto twice = std::ranges::adjacent_find(sources, {}, name);
  if (twice != sources.end()) return Status::Internal("tensor " + Quote(twice->entry.name, 200) + " is given twice");
  return sources;
}

// Puts tables into the form that they are wanted in, their row numbers and scales after them.
std::vector<Source> Packed(std::vector<Source> sources, const std::vector<TensorToWrite>& tensors) {
  std::map<std::string_view, const TensorToWrite*> wanted;
  for (const TensorToWrite& tensor : tensors) {
    if (tensor.pack && !tensor.data.empty()) wanted.emplace(tensor.name, &tensor);
  }
  std::vector<Source> out;
  for (Source& source : sources) {
    const auto found = wanted.find(source.entry.name);
    out.push_back(std::move(source));
    if (found == wanted.end()) continue;
    const TensorToWrite& tensor = *found->second;
    auto packer = std::make_shared<const TablePacker>(tensor.data, static_cast<std::size_t>(tensor.shape.back()), *tensor.pack);
    if (packer->plain()) continue;
    Source& table = out.back();
    table.packer = packer;
    table.entry.shape.front() = static_cast<std::int64_t>(packer->kept());
    if (packer->form() == NumberForm::kBf16) table.entry.type = TensorType::kBF16;
    if (packer->form() == NumberForm::kInt8) table.entry.type = TensorType::kI8;
    const std::vector<std::int64_t> kept = {static_cast<std::int64_t>(packer->kept())};
    if (packer->sparse()) {
      out.push_back({{std::string(kRowsPrefix) + tensor.name, TensorType::kU32, kept}, std::as_bytes(std::span(packer->row_numbers()))});
    }
    if (packer->form() == NumberForm::kInt8) {
      out.push_back({{std::string(kScalesPrefix) + tensor.name, TensorType::kF32, kept}, std::as_bytes(std::span(packer->scales()))});
    }
    // The row numbers and scales belong to the packer, which the table's source keeps.
  }
  return out;
}

void AppendTexts(const std::vector<PackedTexts>& lists, std::vector<Source>* sources) {
  for (std::size_t k = 0; k < lists.size(); ++k) {
    const auto add = [&](const char* part, TensorType type, auto& values) {
      TensorEntry entry{
          fmt::format("{}{}/{}", kTextsPrefix, k, part), type, {static_cast<std::int64_t>(values.size())}};
      sources->push_back({std::move(entry), std::as_bytes(std::span(values))});
    };
    add("bytes", TensorType::kU8, lists[k].bytes);
    add("offsets", TensorType::kU64, lists[k].offsets);
  }
}

std::string FormatTexts(const std::map<std::string, std::string>& texts) { return FormatJson(Json(texts)); }

}  // namespace

Status WriteBundle(const std::string& path, const BundleContents& contents) {
  for (const TensorToWrite& tensor : contents.tensors) THALWEG_RETURN_IF_ERROR(CheckFinite(tensor, tensor.data).At(path));
  BundleHeader header;
  header.provenance = FormatTexts(contents.provenance);
  if (!contents.position.empty()) header.position = FormatTexts(contents.position);
  if (std::max(header.provenance.size(), header.position.size()) > kMaxTextsBytes) {
    return Status::Usage(path + ": the provenance has more than 1 MiB of text");
  }
  std::vector<PackedTexts> lists;
  {
    ModelSpec spec = *contents.spec;
    std::vector<TextsKey> keys;
    for (LongTexts& list : TakeLongTexts(&spec)) {
      keys.push_back(std::move(list.key));
      lists.push_back(Pack(list.texts));
    }
    header.spec = ToJson(spec);
    header.texts = FormatTextsKeys(keys);
  }
  THALWEG_ASSIGN_OR_RETURN(std::vector<Source> sources, SourcesOf(contents.tensors));
  sources = Packed(std::move(sources), contents.tensors);
  AppendTexts(lists, &sources);
  std::vector<TensorEntry> entries;
  for (const Source& source : sources) entries.push_back(source.entry);
  THALWEG_ASSIGN_OR_RETURN(header.tensors, LayOut(std::move(entries)));

  // The data area but for its last tensor, the checksums of the rest: twice, to sum it and to write it.
  const auto for_each_piece = [&](const auto& take) -> Status {
    auto source = sources.begin();
    for (auto entry = header.tensors.begin(); entry + 1 != header.tensors.end(); ++entry) {
      const bool padding = IsPadding(*entry);
      if (!padding && source->lazy != nullptr) {
        std::vector<float> data(entry->size() / sizeof(float));
        THALWEG_RETURN_IF_ERROR(source->lazy->load(data));
        THALWEG_RETURN_IF_ERROR(CheckFinite(*source->lazy, data).At(path));
        THALWEG_RETURN_IF_ERROR(take(static_cast<const void*>(data.data()), entry->size()));
        ++source;
        continue;
      }
      if (!padding && source->packer != nullptr) {
        THALWEG_RETURN_IF_ERROR(source->packer->ForEachPiece(take));
        ++source;
        continue;
      }
      THALWEG_RETURN_IF_ERROR(
          take(padding ? static_cast<const void*>(kZeros.data()) : source->bytes.data(), entry->size()));
      if (!padding) ++source;
    }
    return Status::Ok();
  };
  BlockSums blocks;
  THALWEG_RETURN_IF_ERROR(for_each_piece([&](const void* data, std::size_t size) {
    blocks.Add(data, size);
    return Status::Ok();
  }));
  const std::vector<std::uint32_t> sums = blocks.Finish();
  const std::size_t table_bytes = sums.size() * sizeof(sums[0]);
  header.table_checksum = FormatChecksum(Crc32c(sums.data(), table_bytes));
  const std::string head = FormatHeader(header);
  if (head.size() > kMaxHeaderBytes) {
    return Status::BadConfig(path + ": the spec and the list of parameters have more than 100 MB: use fewer columns");
  }

  THALWEG_ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
  THALWEG_RETURN_IF_ERROR(file.Write(head));
  THALWEG_RETURN_IF_ERROR(for_each_piece([&](const void* data, std::size_t size) { return file.Write(data, size); }));
  THALWEG_RETURN_IF_ERROR(file.Write(sums.data(), table_bytes));
  return file.Commit();
}

}  // namespace thalweg
