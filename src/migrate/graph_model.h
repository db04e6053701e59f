// The whole model of an exported graph: towers, hidden layers, head, classes, as a spec; and which variable each of our
// parameters is.
#ifndef THALWEG_MIGRATE_GRAPH_MODEL_H_
#define THALWEG_MIGRATE_GRAPH_MODEL_H_

#include <map>
#include <string>
#include <vector>

#include "migrate/tf_graph.h"
#include "thalweg/model_spec.h"

namespace thalweg {

struct GraphModel {
  ModelSpec spec;                                // label.name is "": a graph does not say it
  std::map<std::string, std::string> variables;  // parameter → variable, where the names differ
  std::vector<std::string> deep_order;           // the network's inputs, as the rows of its first kernel follow each other
  std::vector<std::string> notes;                // what TensorFlow would have got wrong, and what the graph does not say
};

// `folder`: of the SavedModel. kBadData names the node that no canned estimator makes.
Result<GraphModel> ReadGraphModel(const TfGraph& graph, const TensorBundle& variables, const std::string& folder);

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_GRAPH_MODEL_H_
