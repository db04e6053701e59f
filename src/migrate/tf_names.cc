#include "migrate/tf_names.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "nn/parameter_list.h"

namespace thalweg {
namespace {

constexpr int kMaxDepth = 16;   // of columns of columns; a settled spec has no circles

const ColumnSpec* Of(const ModelSpec& spec, const ColumnSpec& column, const char* param) {
  return spec.FindColumn(GetText(column.params, param, ""));
}

void AddLeaves(const ModelSpec& spec, const ColumnSpec& cross, int depth, std::vector<std::string>* names);

std::string Name(const ModelSpec& spec, const ColumnSpec& column, int depth) {
  const auto of = [&](const char* param) {
    const ColumnSpec* inner = Of(spec, column, param);
    return inner == nullptr || depth > kMaxDepth ? GetText(column.params, param, "") : Name(spec, *inner, depth + 1);
  };
  if (column.kind == "bucketized") return of("source") + "_bucketized";
  if (column.kind == "weighted") return of("column") + "_weighted_by_" + GetText(column.params, "weight", "");
  if (column.kind == "indicator") return of("column") + "_indicator";
  if (column.kind == "embedding") return of("column") + (column.params.count("shared") != 0 ? "_shared_embedding" : "_embedding");
  if (column.kind == "crossed") {
    std::vector<std::string> names;
    AddLeaves(spec, column, depth, &names);
    std::sort(names.begin(), names.end());
    return Join(names, "_X_");
  }
  return GetText(column.params, "field", column.name);
}

// A cross in a cross stands for its own keys.
void AddLeaves(const ModelSpec& spec, const ColumnSpec& cross, int depth, std::vector<std::string>* names) {
  for (std::string key : GetTexts(cross.params, "keys")) {
    constexpr std::string_view kColumn = "column:";
    if (key.starts_with(kColumn)) key.erase(0, kColumn.size());
    const ColumnSpec* column = spec.FindColumn(key);
    if (column == nullptr || depth > kMaxDepth) names->push_back(std::move(key));
    else if (column->kind == "crossed") AddLeaves(spec, *column, depth + 1, names);
    else names->push_back(Name(spec, *column, depth + 1));
  }
}

}  // namespace

std::string TfColumnName(const ModelSpec& spec, const ColumnSpec& column) { return Name(spec, column, 0); }

std::string TfScope(std::string_view name) {
  std::string characters(name);
  std::erase_if(characters, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; });   // bytes that go on in UTF-8
  return VariableScope(characters);
}

std::map<std::string, std::string> TfVariables(const ModelSpec& spec) {
  std::map<std::string, std::string> variables;
  const auto add = [&](const std::string& tower, const std::string& name, const char* variable) {
    const ColumnSpec* column = spec.FindColumn(name);
    if (column == nullptr) return;
    const std::string ours = tower + VariableScope(name) + variable, theirs = tower + TfScope(TfColumnName(spec, *column)) + variable;
    if (ours != theirs) variables[ours] = theirs;
  };
  for (const std::string& name : spec.wide.columns) {
    for (const char* variable : {"/weights", "/embedding_weights"}) add("linear/linear_model/", name, variable);
  }
  for (const std::string& name : spec.deep.columns) add("dnn/input_from_feature_columns/input_layer/", name, "/embedding_weights");
  return variables;
}

}  // namespace thalweg
