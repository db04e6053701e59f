// What TensorFlow calls a model's columns and variables, whatever the spec calls its columns.
#ifndef THALWEG_MIGRATE_TF_NAMES_H_
#define THALWEG_MIGRATE_TF_NAMES_H_

#include <map>
#include <string>
#include <vector>

#include "thalweg/model_spec.h"

namespace thalweg {

// "age_bucketized_X_edu": made of the fields' names and the kinds of columns.
std::string TfColumnName(const ModelSpec& spec, const ColumnSpec& column);

// Parameter → variable, of those of columns whose names differ; those stay out that TensorFlow would call alike. `spec` is
// settled.
std::map<std::string, std::string> TfVariables(const ModelSpec& spec);

// The network's inputs in the order of TensorFlow's names, which that of the spec's need not be.
std::vector<std::string> TfDeepOrder(const ModelSpec& spec);
// Where it is another: says which two columns change places; "" where all are in order.
std::string TfOrderDiffers(const ModelSpec& spec);

// The name as it stands in names of variables: characters, not bytes, that cannot stand there are underscores.
std::string TfScope(std::string_view name, bool path = false);   // path: slashes stay

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_TF_NAMES_H_
