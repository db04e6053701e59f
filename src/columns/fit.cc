#include "columns/fit.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "columns/settle.h"

namespace thalweg {
namespace {

bool WantsFit(const ColumnKind& kind, const ColumnSpec& column, const ModelSpec& spec) {
  return kind.wants_fit != nullptr && kind.wants_fit(column) && spec.fitted.find(column.name) == spec.fitted.end();
}

// The field whose statistics fit `column`: its own, or that of the number it cuts.
Result<std::string> FittedField(const ColumnKind& kind, const ColumnSpec& column, const ModelSpec& spec) {
  THALWEG_ASSIGN_OR_RETURN(const ColumnLinks links, kind.links(column, spec));
  if (!links.fields.empty()) return links.fields[0];
  const ColumnSpec* source = FindSettledColumn(spec, links.columns[0]);
  if (source == nullptr) return Status::Internal("column " + column.name + ": the spec was not settled");
  return FieldOf(*source);
}

}  // namespace

std::set<std::string> FieldsToFit(const ModelSpec& spec) {
  std::set<std::string> fields;
  for (const ColumnSpec& column : spec.columns) {
    const Result<const ColumnKind*> kind = FindColumnKind(column);
    if (!kind.ok() || !WantsFit(**kind, column, spec)) continue;
    const Result<std::string> field = FittedField(**kind, column, spec);
    if (field.ok()) fields.insert(*field);
  }
  return fields;
}

std::set<std::string> FieldsToName(const ModelSpec& spec) {
  std::set<std::string> fields;
  for (const ColumnSpec& column : spec.columns) {
    const Result<const ColumnKind*> kind = FindColumnKind(column);
    if (!kind.ok() || (*kind)->name == nullptr || spec.fitted.find(column.name) != spec.fitted.end()) continue;
    const Result<ColumnLinks> links = (*kind)->links(column, spec);
    if (links.ok()) fields.insert(links->fields.begin(), links->fields.end());
  }
  return fields;
}

Status FitColumns(const std::map<std::string, const FieldStatistics*>& fit, const std::map<std::string, FieldStatistics>& seen,
                  ModelSpec* spec) {
  std::map<std::string, Params, std::less<>> fitted;
  for (const ColumnSpec& column : spec->columns) {
    THALWEG_ASSIGN_OR_RETURN(const ColumnKind* kind, FindColumnKind(column));
    Params params;
    if (WantsFit(*kind, column, *spec)) {
      THALWEG_ASSIGN_OR_RETURN(const std::string name, FittedField(*kind, column, *spec));
      const auto statistics = fit.find(name);
      if (statistics == fit.end()) {
        std::vector<std::string> known;
        for (const auto& [field, ignored] : fit) known.push_back(field);
        return Status::BadData(fmt::format("column {}: {}", column.name, UnknownName(name, "field of the rows", known)));
      }
      THALWEG_RETURN_IF_ERROR(kind->fit(column, FindSettledField(*spec, name), *statistics->second, &params));
    }
    if (kind->name != nullptr && spec->fitted.find(column.name) == spec->fitted.end()) {
      THALWEG_ASSIGN_OR_RETURN(const ColumnLinks links, kind->links(column, *spec));
      std::vector<const FieldSpec*> fields;
      std::vector<const FieldStatistics*> values;
      for (const std::string& name : links.fields) {
        const auto found = seen.find(name);
        fields.push_back(FindSettledField(*spec, name));
        values.push_back(found == seen.end() ? nullptr : &found->second);
      }
      THALWEG_RETURN_IF_ERROR(kind->name(column, fields, values, &params));
    }
    if (!params.empty()) fitted.emplace(column.name, std::move(params));
  }
  spec->fitted.merge(fitted);
  return Status::Ok();
}

}  // namespace thalweg
