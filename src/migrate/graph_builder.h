// A graph of TensorFlow's operations, built node by node, and the SavedModel that holds it (docs/formats/tensorflow.md).
#ifndef THALWEG_MIGRATE_GRAPH_BUILDER_H_
#define THALWEG_MIGRATE_GRAPH_BUILDER_H_

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migrate/tensor_bundle.h"

namespace thalweg {

inline constexpr TfType kTfFloat = TfType::kFloat, kTfInt32 = TfType::kInt32, kTfInt64 = TfType::kInt64, kTfString = TfType::kString,
                        kTfBool = TfType::kBool;

// AttrValue messages.
std::string AttrType(TfType type);
std::string AttrInteger(std::int64_t value);
std::string AttrBool(bool value);
std::string AttrReal(float value);
std::string AttrText(std::string_view value);
std::string AttrShape(std::span<const std::int64_t> shape);   // -1: any extent
std::string AttrTypes(std::span<const TfType> types);
std::string AttrReals(std::span<const float> values);
std::string AttrShapes(std::span<const std::vector<std::int64_t>> shapes);

class GraphBuilder {
 public:
  using Attrs = std::vector<std::pair<std::string, std::string>>;

  // Adds a node; a name that is taken gets a number. Returns the name; output 0 is called by it, others "name:1".
  std::string Add(const std::string& op, const std::string& name, const std::vector<std::string>& inputs, const Attrs& attrs = {});

  std::string Floats(const std::string& name, std::span<const float> values, std::span<const std::int64_t> shape);
  std::string Float(const std::string& name, float value) { return Floats(name, {&value, 1}, {}); }
  std::string Int32s(const std::string& name, std::span<const std::int32_t> values, bool scalar = false);
  std::string Int32(const std::string& name, std::int32_t value) { return Int32s(name, {&value, 1}, true); }
  std::string Int64s(const std::string& name, std::span<const std::int64_t> values, bool scalar = false);
  std::string Int64(const std::string& name, std::int64_t value) { return Int64s(name, {&value, 1}, true); }
  std::string Texts(const std::string& name, std::span<const std::string> values, std::span<const std::int64_t> shape);

  // A variable with what savers and loaders want of it. Returns its handle.
  std::string Variable(const std::string& name, TfType type, std::span<const std::int64_t> shape, bool trainable);
  // Its value, to be read at `name`.
  std::string Read(const std::string& name, const std::string& variable, TfType type = TfType::kFloat);
  // A table's initialisation, run when the model is loaded; `asset`: the constant of its file, or "".
  void Initialise(const std::string& node) { initialisers_.push_back(node); }
  void Asset(const std::string& tensor, const std::string& file) { assets_.emplace_back(tensor, file); }

  struct Output {
    std::string tensor;
    TfType type;
    std::vector<std::int64_t> shape;
  };
  void Signature(const std::string& key, const std::string& method, const std::map<std::string, Output>& inputs,
                 const std::map<std::string, Output>& outputs);

  // The bytes of saved_model.pb. The last call: adds the saver and the initialisation.
  std::string SavedModel();

 private:
  void AddSaver();
  struct VariableOf {
    std::string name, handle;
    TfType type;
    bool trainable;
  };
  std::string nodes_;        // of GraphDef
  std::set<std::string> names_;
  std::vector<VariableOf> variables_;
  std::vector<std::string> initialisers_;
  std::vector<std::pair<std::string, std::string>> assets_;
  std::string signatures_;   // entries of MetaGraphDef
};

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_GRAPH_BUILDER_H_
