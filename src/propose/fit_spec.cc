#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"
#include "columns/fit.h"
#include "propose/choose_label.h"
#include "propose/propose.h"

namespace thalweg {
namespace {

// Names of hashed ids are for people who look at weights; the first rows tell the common ones.
constexpr std::uint64_t kNamingRows = 100000;

std::map<std::string, std::string> ListSeparators(const ModelSpec& spec) {
  std::map<std::string, std::string> separators;
  for (const FieldSpec& field : spec.fields) {
    if (!field.list_separator.empty()) separators[field.name] = field.list_separator;
  }
  return separators;
}

std::map<std::string, FieldStatistics> Take(Profile profile) {
  std::map<std::string, FieldStatistics> statistics;
  for (auto& [name, field] : profile.fields) statistics.emplace(name, std::move(field.statistics));
  return statistics;
}

}  // namespace

Status FitSpec(RawSource& raw, const Profile* profile, ThreadPool* pool, ModelSpec* spec) {
  const std::string& label = spec->label.name;
  const std::vector<std::string> names = raw.column_names();
  if (label.empty()) return Status::BadConfig("label: no field is named; say [label] name = \"…\" or --label");
  if (!raw.more_names_may_come() && std::find(names.begin(), names.end(), label) == names.end()) {
    return UnknownLabel(label, names);
  }
  THALWEG_RETURN_IF_ERROR(SettleColumns(spec));

  ProfileOptions options;
  options.fields = FieldsToFit(*spec);
  options.list_separators = ListSeparators(*spec);
  if (spec->task == "multilabel") options.list_separators.try_emplace(label, "|");   // as labels are read
  const bool find_classes = spec->task.empty() || (!HasNumberLabels(spec->task) && spec->label.classes.empty());
  if (find_classes) options.fields.insert(label);
  Profile own;
  if (profile == nullptr && !options.fields.empty()) {
    THALWEG_ASSIGN_OR_RETURN(own, ProfileRows(raw, options, pool));
    profile = &own;
  }
  if (find_classes) {
    std::vector<std::string> notes;
    THALWEG_RETURN_IF_ERROR(ChooseLabel(*profile, spec, &notes));
  }
  ProfileOptions naming = options;
  naming.fields = FieldsToName(*spec);
  naming.max_rows = kNamingRows;
  naming.only_distinct = true;
  std::map<std::string, FieldStatistics> seen;
  if (!naming.fields.empty()) {
    THALWEG_ASSIGN_OR_RETURN(Profile first_rows, ProfileRows(raw, naming, pool));
    seen = Take(std::move(first_rows));
  }
  static const std::map<std::string, FieldStatistics> none;
  std::map<std::string, const FieldStatistics*> fit;
  if (profile != nullptr) {
    for (const auto& [name, field] : profile->fields) fit[name] = &field.statistics;
  }
  return FitColumns(fit, seen, spec);
}

}  // namespace thalweg
