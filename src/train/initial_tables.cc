#include "train/initial_tables.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/strings.h"
#include "bundle/bundle.h"
#include "migrate/tensor_bundle.h"

namespace thalweg {
namespace {

constexpr const char* kFile = "ckpt_to_load_from";
constexpr const char* kTensor = "tensor_name_in_ckpt";

std::string ShapeText(std::span<const std::int64_t> shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

// `shape`: of the tensor there, null: there is none.
Status CheckTable(const std::string& path, const std::string& tensor, const std::vector<std::int64_t>* shape, const std::vector<std::string>& names,
                  const Parameter& table) {
  if (shape == nullptr) return Status::BadConfig(path + ": " + UnknownName(tensor, "table", names));
  if (*shape == table.shape) return Status::Ok();
  return Status::BadConfig(fmt::format("{}: {} has the shape {}, and {} here [buckets, dimension]", path, Quote(tensor, 200), ShapeText(*shape),
                                       ShapeText(table.shape)));
}

Status FromCheckpoint(const std::string& prefix, const std::string& tensor, Parameter* table) {
  THALWEG_ASSIGN_OR_RETURN(const std::shared_ptr<const TensorBundle> file, TensorBundle::Open(prefix));
  const TensorBundle::Entry* entry = file->Find(tensor);
  std::vector<std::string> names;
  for (const auto& [name, other] : file->entries()) {
    if (other.shape.size() == 2) names.push_back(name);
  }
  THALWEG_RETURN_IF_ERROR(CheckTable(prefix, tensor, entry == nullptr ? nullptr : &entry->shape, names, *table));
  if (entry->given != entry->elements) return Status::BadData(prefix + ": " + Quote(tensor, 200) + " is not whole");
  return file->ReadFloats(tensor, table->storage.span());
}

Status FromModel(const std::string& path, const std::string& tensor, Parameter* table) {
  THALWEG_ASSIGN_OR_RETURN(const std::shared_ptr<const Bundle> file, Bundle::Open(path, false));
  const TensorView* view = file->Find(tensor);
  THALWEG_RETURN_IF_ERROR(CheckTable(path, tensor, view == nullptr ? nullptr : &view->shape, file->tensor_names(), *table));
  THALWEG_ASSIGN_OR_RETURN(view, file->FindFloats(tensor));
  std::copy(view->data.begin(), view->data.end(), table->storage.data());
  return Status::Ok();
}

Status FillTable(const std::string& path, const std::string& tensor, Parameter* table) {
  const Result<std::string> prefix = FindCheckpoint(path);
  if (prefix.ok()) return FromCheckpoint(*prefix, tensor, table);
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error)) return FromModel(path, tensor, table);
  return prefix.status();
}

}  // namespace

Result<std::vector<std::string>> TakeInitialTables(const WarmStart* warm_start, WideDeepModel* model) {
  std::vector<std::string> notes;
  const std::vector<Parameter*> parameters = model->parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    Parameter& table = *parameters[p];
    if (!table.table || table.rows_of.empty() || (warm_start != nullptr && warm_start->Takes(p))) continue;
    const ColumnSpec* from = nullptr;
    for (const std::string& name : table.rows_of.front().columns) {
      const ColumnSpec* column = model->spec().FindColumn(name);
      if (column == nullptr || GetText(column->params, kFile, "").empty()) continue;
      const bool same = from == nullptr || (GetText(from->params, kFile, "") == GetText(column->params, kFile, "") &&
                                            GetText(from->params, kTensor, "") == GetText(column->params, kTensor, ""));
      if (!same) {
        return Status::BadConfig(fmt::format("columns.{}.{}: it shares its table with {}, which begins from another", name, kFile, Quote(from->name)));
      }
      from = column;
    }
    if (from == nullptr) continue;
    const std::string path = GetText(from->params, kFile, ""), tensor = GetText(from->params, kTensor, "");
    const Status filled = FillTable(path, tensor, &table);
    if (!filled.ok()) return filled.At("columns." + from->name + "." + kFile);
    notes.push_back(fmt::format("column {} begins from {} of {}", Quote(from->name), Quote(tensor, 200), path));
  }
  return notes;
}

}  // namespace thalweg
