// An exported SavedModel (saved_model.pb) as its graph of operations: docs/formats/tensorflow.md. Nothing is run: what
// reads it (graph_columns.h, graph_model.h) recognises what the canned estimators make, and refuses the rest by node.
#ifndef THALWEG_MIGRATE_TF_GRAPH_H_
#define THALWEG_MIGRATE_TF_GRAPH_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "migrate/tensor_bundle.h"
#include "thalweg/status.h"

namespace thalweg {

// A constant of the graph.
struct TfTensor {
  TfType type = TfType::kFloat;
  std::vector<std::int64_t> shape;
  std::vector<double> numbers;       // of any type of numbers but int64
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
};

class TfNode;

// What an operation takes: output `index` of a node.
struct TfOutput {
  const TfNode* node = nullptr;
  int index = 0;
  bool operator==(const TfOutput&) const = default;
};

class TfNode {
 public:
  std::string_view name, op;
  std::vector<TfOutput> inputs;   // control inputs are left out
  // Attributes, looked for when asked.
  std::optional<std::int64_t> Integer(std::string_view attr) const;
  std::optional<double> Number(std::string_view attr) const;
  std::optional<TfType> Type(std::string_view attr) const;
  std::vector<double> Numbers(std::string_view attr) const;    // a list of floats
  std::size_t NumTypes(std::string_view attr) const;           // length of a list of types
  std::vector<TfType> Types(std::string_view attr) const;
  std::optional<std::vector<std::int64_t>> Shape(std::string_view attr) const;   // -1: unknown extent
  Result<TfTensor> Value() const;   // of a Const
  std::span<const std::uint8_t> Attribute(std::string_view attr) const;   // AttrValue's bytes; empty: not there

 private:
  friend class TfGraph;
  std::vector<std::span<const std::uint8_t>> attributes_;   // entries of the map
};

struct TfSignature {
  struct Info {
    std::string tensor;          // "add:0"; of a sparse input that of its values
    TfType type = TfType::kFloat;
    bool sparse = false;
    std::vector<std::int64_t> shape;
  };
  std::string method;
  std::map<std::string, Info> inputs, outputs;
};

class TfGraph {
 public:
  // `folder`: of a SavedModel. kNotFound; kBadData: not one, cut, nodes that are not there or are in a circle, more than
  // 10^6 of them, not one graph with the tag "serve", a graph of functions (TensorFlow 2's own SavedModels).
  static Result<std::unique_ptr<TfGraph>> Open(const std::string& folder);
  static Result<std::unique_ptr<TfGraph>> FromBytes(std::span<const std::uint8_t> bytes, std::shared_ptr<const void> owner);

  const std::map<std::string, TfSignature>& signatures() const { return signatures_; }
  const std::string& version() const { return version_; }   // of TensorFlow
  const TfNode* Find(std::string_view name) const;
  // "add:0" → its node and output. kBadData when there is none.
  Result<TfOutput> Output(std::string_view tensor) const;
  // Operations that take any output of `node`.
  const std::vector<const TfNode*>& Users(const TfNode* node) const;
  // Names of variables in the collection of trainable ones; empty where the file has none.
  const std::vector<std::string>& trainable() const { return trainable_; }
  // The file in assets/ that a constant of a path stands for ("v.txt_1"); "" : none.
  std::string AssetOf(std::string_view tensor) const;
  const std::vector<std::unique_ptr<TfNode>>& nodes() const { return nodes_; }

 private:
  Status Parse(std::span<const std::uint8_t> bytes);
  Status ParseMetaGraph(std::span<const std::uint8_t> bytes);
  Status ParseNodes(std::span<const std::uint8_t> graph);
  Status CheckCircles() const;
  void ParseCollection(std::span<const std::uint8_t> entry);

  std::shared_ptr<const void> owner_;
  std::vector<std::unique_ptr<TfNode>> nodes_;
  std::unordered_map<std::string_view, const TfNode*> by_name_;
  std::unordered_map<const TfNode*, std::vector<const TfNode*>> users_;
  std::map<std::string, TfSignature> signatures_;
  std::map<std::string, std::string, std::less<>> assets_;
  std::vector<std::string> trainable_;
  std::string version_;
};

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_TF_GRAPH_H_
