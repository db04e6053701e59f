#include "migrate/tf_names.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/strings.h"
#include "nn/parameter_list.h"

namespace thalweg {
namespace {

constexpr int kMaxColumnDepth = 16;   // of columns of columns; a settled spec has no circles

const ColumnSpec* InnerColumn(const ModelSpec& spec, const ColumnSpec& column, const char* param) {
  return spec.FindColumn(GetText(column.params, param, ""));
}

void AddLeafNames(const ModelSpec& spec, const ColumnSpec& cross, int depth, std::vector<std::string>* names);

std::string StructuralName(const ModelSpec& spec, const ColumnSpec& column, int depth) {
  const auto of = [&](const char* param) {
    const ColumnSpec* inner = InnerColumn(spec, column, param);
    return inner == nullptr || depth > kMaxColumnDepth ? GetText(column.params, param, "") : StructuralName(spec, *inner, depth + 1);
  };
  if (column.kind == "bucketized") return of("source") + "_bucketized";
  if (column.kind == "weighted") return of("column") + "_weighted_by_" + GetText(column.params, "weight", "");
  if (column.kind == "indicator") return of("column") + "_indicator";
  if (column.kind == "embedding") return of("column") + (column.params.count("shared") != 0 ? "_shared_embedding" : "_embedding");
  if (column.kind == "crossed") {
    std::vector<std::string> names;
    AddLeafNames(spec, column, depth, &names);
    std::sort(names.begin(), names.end());
    return Join(names, "_X_");
  }
  return GetText(column.params, "field", column.name);
}

// A cross in a cross stands for its own keys.
void AddLeafNames(const ModelSpec& spec, const ColumnSpec& cross, int depth, std::vector<std::string>* names) {
  for (std::string key : GetTexts(cross.params, "keys")) {
    constexpr std::string_view kColumn = "column:";
    if (key.starts_with(kColumn)) key.erase(0, kColumn.size());
    const ColumnSpec* column = spec.FindColumn(key);
    if (column == nullptr || depth > kMaxColumnDepth) names->push_back(std::move(key));
    else if (column->kind == "crossed") AddLeafNames(spec, *column, depth + 1, names);
    else names->push_back(StructuralName(spec, *column, depth + 1));
  }
}

}  // namespace

std::string TfColumnName(const ModelSpec& spec, const ColumnSpec& column) { return StructuralName(spec, column, 0); }

std::string TfScope(std::string_view name, bool path) {
  std::string characters(name);
  std::erase_if(characters, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; });   // bytes that go on in UTF-8
  return VariableScope(characters, path);
}

std::map<std::string, std::string> TfVariables(const ModelSpec& spec) {
  std::map<std::string, std::string> variables;
  std::map<std::string, int> taken;
  const bool keras = spec.profile != "tf_v1";   // its networks keep slashes
  const auto add = [&](const std::string& tower, const std::string& name, const char* variable, bool path = false) {
    const ColumnSpec* column = spec.FindColumn(name);
    if (column == nullptr) return;
    const std::string ours = tower + VariableScope(name) + variable, theirs = tower + TfScope(TfColumnName(spec, *column), path) + variable;
    variables[ours] = theirs;
    ++taken[theirs];
  };
  for (const std::string& name : spec.wide.columns) {
    for (const char* variable : {"/weights", "/embedding_weights"}) add("linear/linear_model/", name, variable);
  }
  for (const std::string& name : spec.deep.columns) add("dnn/input_from_feature_columns/input_layer/", name, "/embedding_weights", keras);
  std::erase_if(variables, [&](const auto& entry) { return entry.first == entry.second || taken[entry.second] > 1; });
  return variables;
}

std::vector<std::string> TfDeepOrder(const ModelSpec& spec) {
  std::vector<std::pair<std::string, std::string>> names;   // theirs, ours
  for (const std::string& name : spec.deep.columns) {
    const ColumnSpec* column = spec.FindColumn(name);
    names.emplace_back(column == nullptr ? name : TfColumnName(spec, *column), name);
  }
  std::sort(names.begin(), names.end());
  std::vector<std::string> order;
  for (auto& [theirs, ours] : names) order.push_back(std::move(ours));
  return order;
}

std::string TfOrderDiffers(const ModelSpec& spec) {
  std::vector<std::string> deep = spec.deep.columns;
  std::sort(deep.begin(), deep.end());
  for (std::size_t i = 1; i < deep.size(); ++i) {
    const ColumnSpec *a = spec.FindColumn(deep[i - 1]), *b = spec.FindColumn(deep[i]);
    if (a == nullptr || b == nullptr) continue;
    const std::string before = TfColumnName(spec, *a), after = TfColumnName(spec, *b);
    if (before > after) return fmt::format("columns {} and {} change places; call them {} and {}", Quote(deep[i - 1]), Quote(deep[i]), Quote(before), Quote(after));
  }
  return "";
}

}  // namespace thalweg
