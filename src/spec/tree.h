// Specs to trees and back.
#ifndef THALWEG_SPEC_TREE_H_
#define THALWEG_SPEC_TREE_H_

#include <string>
#include <string_view>

#include "spec/node.h"
#include "thalweg/model_spec.h"

namespace thalweg {

// kBadConfig, "origin line 7: …".
Result<ModelSpec> SpecOf(const Node& root, std::string_view origin);

enum class Detail {
  kShort,  // for people: no key at its default, parts without parameters by their kind alone, nothing fitted
  kWhole,  // every key that has a value, and the fitted parameters
};
Node TreeOf(const ModelSpec& spec, Detail detail);

// Parameters are flat: key k of a table t is "t.k" (a learning rate's schedule). `skip_kind`: "kind" is no parameter.
// `path` begins messages.
Result<Params> ParamsOf(const NodeTable& table, const std::string& path, bool skip_kind, std::string_view origin);
// Appends them, as tables again.
void AppendParams(const Params& params, NodeTable* out);

}  // namespace thalweg

#endif  // THALWEG_SPEC_TREE_H_
