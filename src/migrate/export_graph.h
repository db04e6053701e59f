// The graph of a whole model, as estimators export it: towers, head, signatures.
#ifndef THALWEG_MIGRATE_EXPORT_GRAPH_H_
#define THALWEG_MIGRATE_EXPORT_GRAPH_H_

#include <map>
#include <string>
#include <vector>

#include "model/wide_deep_model.h"

namespace thalweg {

struct ExportedGraph {
  std::string saved_model;                                 // bytes of saved_model.pb
  std::map<std::string, std::vector<std::string>> assets;  // files of words
};

// Variables have the names of the model's parameters. kBadConfig: what TensorFlow's operations cannot say, by name.
Result<ExportedGraph> BuildGraph(const WideDeepModel& model);

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_EXPORT_GRAPH_H_
