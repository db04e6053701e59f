// The few functions of the plain data in include/.
#include <algorithm>

#include "thalweg/model_spec.h"
#include "thalweg/schema.h"

namespace thalweg {

const char* DTypeName(DType dtype) {
  switch (dtype) {
    case DType::kNumber:
      return "number";
    case DType::kInteger:
      return "integer";
    case DType::kText:
      return "text";
  }
  return "unknown";
}

const FieldSpec* Schema::Find(std::string_view name) const {
  const auto it =
      std::find_if(fields.begin(), fields.end(), [&](const FieldSpec& field) { return field.name == name; });
  return it == fields.end() ? nullptr : &*it;
}

bool HasNumberLabels(std::string_view task) {
  return task == "regression" || task == "logistic_regression" || task == "poisson";
}
bool HasVersion1Head(const ModelSpec& spec) {
  return spec.profile == "tf_v1" && (spec.task == "binary" || spec.task == "multiclass" || spec.task == "regression");
}

std::size_t ModelSpec::LabelWidth() const {
  if (task == "multilabel") return label.classes.size();
  if (!HasNumberLabels(task)) return 1;
  const std::int64_t dimension = GetInteger(head.params, "label_dimension", 1);
  return static_cast<std::size_t>(std::max<std::int64_t>(dimension, 1));
}

const ColumnSpec* ModelSpec::FindColumn(std::string_view name) const {
  const auto sorted =
      std::lower_bound(columns.begin(), columns.end(), name,
                       [](const ColumnSpec& column, std::string_view wanted) { return column.name < wanted; });
  if (sorted != columns.end() && sorted->name == name) return &*sorted;
  // Specs made by hand may not be sorted yet.
  const auto it =
      std::find_if(columns.begin(), columns.end(), [&](const ColumnSpec& column) { return column.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

}  // namespace thalweg
