// Small questions about a node, for what recognises operations.
#ifndef THALWEG_MIGRATE_GRAPH_MATCH_H_
#define THALWEG_MIGRATE_GRAPH_MATCH_H_

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "migrate/tf_graph.h"

namespace thalweg {

inline bool IsOp(const TfOutput& x, std::string_view op) { return x.node != nullptr && x.node->op == op; }
inline bool IsOp(const TfOutput& x, std::initializer_list<std::string_view> ops) {
  return x.node != nullptr && std::find(ops.begin(), ops.end(), x.node->op) != ops.end();
}
inline bool HasInputs(const TfOutput& x, std::size_t inputs) { return x.node != nullptr && x.node->inputs.size() >= inputs; }
inline TfOutput InputOf(const TfOutput& x, std::size_t i) { return HasInputs(x, i + 1) ? x.node->inputs[i] : TfOutput{}; }

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_GRAPH_MATCH_H_
