// Everything that columns learn from rows before training: vocabularies, quantiles, means. One streaming pass makes
// FieldStatistics (data/statistics.h); from them each column's fitted parameters follow.
#ifndef THALWEG_COLUMNS_FIT_H_
#define THALWEG_COLUMNS_FIT_H_

#include <map>
#include <set>
#include <string>

#include "data/statistics.h"
#include "thalweg/model_spec.h"

namespace thalweg {

// The columns known: kinds, parameters. In the order of the registry.
FamilyInfo ColumnKinds();

// Parameters have their types and ranges, inputs exist and are of a fitting kind, no column uses itself, towers name
// columns (or fields: a number field becomes a numeric column of that name, a text field a column with a fitted
// vocabulary) that exist; fields get the type their columns need. Fills in what follows from the spec alone.
Status SettleColumns(ModelSpec* spec);

// Fields whose statistics over all rows FitColumns must have (those of columns with something to fit and no value in
// spec.fitted).
std::set<std::string> FieldsToFit(const ModelSpec& spec);
// Fields whose common values name hashed ids for people (Describe): the text and integer fields of hash columns and cross
// keys. The first 100,000 rows are enough, so that a spec with nothing to fit needs no pass over all rows.
std::set<std::string> FieldsToName(const ModelSpec& spec);
// Adds spec->fitted: from `fit` (whole pass; fields beyond FieldsToFit are left alone) and `seen` (of the first rows; may
// lack any). Errors: a field without any value, or with fewer values than the rule needs, by name.
Status FitColumns(const std::map<std::string, const FieldStatistics*>& fit,
                  const std::map<std::string, FieldStatistics>& seen, ModelSpec* spec);

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_FIT_H_
