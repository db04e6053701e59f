#include "migrate/graph_builder.h"

#include <cstring>

#include <fmt/format.h>

#include "migrate/wire_writer.h"

namespace thalweg {
namespace {

std::uint64_t Number(TfType type) { return static_cast<std::uint64_t>(type); }

// TensorShapeProto {dim=2 {size=1}}
std::string Shape(std::span<const std::int64_t> shape) {
  WireWriter out;
  for (const std::int64_t extent : shape) out.Bytes(2, WireWriter().Integer(1, extent).text());
  return out.text();
}

// TensorProto {dtype=1, shape=2, content=4}
template <class T>
std::string Constant(TfType type, std::span<const T> values, std::span<const std::int64_t> shape) {
  return WireWriter()
      .Varint(1, Number(type))
      .Bytes(2, Shape(shape))
      .Bytes(4, {reinterpret_cast<const char*>(values.data()), values.size_bytes()})
      .text();
}

std::string AttrTensor(const std::string& tensor) { return WireWriter().Bytes(8, tensor).text(); }

}  // namespace

std::string AttrType(TfType type) { return WireWriter().Varint(6, Number(type)).text(); }
std::string AttrInteger(std::int64_t value) { return WireWriter().Integer(3, value).text(); }
std::string AttrBool(bool value) { return WireWriter().Varint(5, value).text(); }
std::string AttrReal(float value) { return WireWriter().Real(4, value).text(); }
std::string AttrText(std::string_view value) { return WireWriter().Bytes(2, value).text(); }
std::string AttrShape(std::span<const std::int64_t> shape) { return WireWriter().Bytes(7, Shape(shape)).text(); }
std::string AttrTypes(std::span<const TfType> types) {
  WireWriter list;
  for (const TfType type : types) list.Varint(6, Number(type));
  return WireWriter().Bytes(1, list.text()).text();
}
std::string AttrReals(std::span<const float> values) {
  WireWriter list;
  for (const float value : values) list.Real(4, value);
  return WireWriter().Bytes(1, list.text()).text();
}
std::string AttrShapes(std::span<const std::vector<std::int64_t>> shapes) {
  WireWriter list;
  for (const std::vector<std::int64_t>& shape : shapes) list.Bytes(7, Shape(shape));
  return WireWriter().Bytes(1, list.text()).text();
}

std::string GraphBuilder::Add(const std::string& op, const std::string& wanted, const std::vector<std::string>& inputs, const Attrs& attrs) {
  std::string name = wanted;
  for (int n = 1; !names_.insert(name).second; ++n) name = fmt::format("{}_{}", wanted, n);
  WireWriter node;   // NodeDef {name=1, op=2, input=3, attr=5}
  node.Bytes(1, name).Bytes(2, op);
  for (const std::string& input : inputs) node.Bytes(3, input);
  for (const auto& [key, value] : attrs) node.Entry(5, key, value);
  nodes_ += WireWriter().Bytes(1, node.text()).text();
  return name;
}

std::string GraphBuilder::Floats(const std::string& name, std::span<const float> values, std::span<const std::int64_t> shape) {
  return Add("Const", name, {}, {{"dtype", AttrType(TfType::kFloat)}, {"value", AttrTensor(Constant(TfType::kFloat, values, shape))}});
}
std::string GraphBuilder::Int32s(const std::string& name, std::span<const std::int32_t> values, bool scalar) {
  const std::int64_t count = static_cast<std::int64_t>(values.size());
  const std::span<const std::int64_t> shape(&count, scalar ? 0 : 1);
  return Add("Const", name, {}, {{"dtype", AttrType(TfType::kInt32)}, {"value", AttrTensor(Constant(TfType::kInt32, values, shape))}});
}
std::string GraphBuilder::Int64s(const std::string& name, std::span<const std::int64_t> values, bool scalar) {
  const std::int64_t count = static_cast<std::int64_t>(values.size());
  const std::span<const std::int64_t> shape(&count, scalar ? 0 : 1);
  return Add("Const", name, {}, {{"dtype", AttrType(TfType::kInt64)}, {"value", AttrTensor(Constant(TfType::kInt64, values, shape))}});
}
std::string GraphBuilder::Texts(const std::string& name, std::span<const std::string> values, std::span<const std::int64_t> shape) {
  WireWriter tensor;   // TensorProto {dtype=1, shape=2, string=8}
  tensor.Varint(1, Number(TfType::kString)).Bytes(2, Shape(shape));
  for (const std::string& value : values) tensor.Bytes(8, value);
  return Add("Const", name, {}, {{"dtype", AttrType(TfType::kString)}, {"value", AttrTensor(tensor.text())}});
}

std::string GraphBuilder::Variable(const std::string& name, TfType type, std::span<const std::int64_t> shape, bool trainable) {
  const std::string handle = Add("VarHandleOp", name, {},
                                 {{"dtype", AttrType(type)}, {"shape", AttrShape(shape)}, {"shared_name", AttrText(name)}, {"container", AttrText("")}});
  const std::string extents = Int64s(name + "/Initializer/shape", shape);
  const std::string zero = type == TfType::kInt64 ? Int64(name + "/Initializer/zero", 0) : Float(name + "/Initializer/zero", 0);
  const std::string zeros = Add("Fill", name + "/Initializer/zeros", {extents, zero}, {{"T", AttrType(type)}, {"index_type", AttrType(TfType::kInt64)}});
  Add("VarIsInitializedOp", name + "/IsInitialized/VarIsInitializedOp", {handle});
  Add("AssignVariableOp", name + "/Assign", {handle, zeros}, {{"dtype", AttrType(type)}});
  Add("ReadVariableOp", name + "/Read/ReadVariableOp", {handle}, {{"dtype", AttrType(type)}});
  variables_.push_back({name, handle, type, trainable});
  return handle;
}

std::string GraphBuilder::Read(const std::string& name, const std::string& variable, TfType type) {
  return Add("ReadVariableOp", name, {variable}, {{"dtype", AttrType(type)}});
}

// SignatureDef {inputs=1, outputs=2, method_name=3}; TensorInfo {name=1, dtype=2, shape=3}
void GraphBuilder::Signature(const std::string& key, const std::string& method, const std::map<std::string, Output>& inputs,
                             const std::map<std::string, Output>& outputs) {
  WireWriter signature;
  for (const auto& [field, list] : {std::pair(1u, &inputs), std::pair(2u, &outputs)}) {
    for (const auto& [name, output] : *list) {
      const std::string tensor = output.tensor.find(':') == std::string::npos ? output.tensor + ":0" : output.tensor;
      signature.Entry(field, name, WireWriter().Bytes(1, tensor).Varint(2, Number(output.type)).Bytes(3, Shape(output.shape)).text());
    }
  }
  signature.Bytes(3, method);
  signatures_ += WireWriter().Entry(5, key, signature.text()).text();
}

void GraphBuilder::AddSaver() {
  const std::string model[] = {"model"};
  const std::string input = Texts("save/filename/input", model, {});
  const std::string file = Add("PlaceholderWithDefault", "save/filename", {input}, {{"dtype", AttrType(TfType::kString)}, {"shape", AttrShape({})}});
  Add("PlaceholderWithDefault", "save/Const", {file}, {{"dtype", AttrType(TfType::kString)}, {"shape", AttrShape({})}});
  std::vector<std::string> names, slices, values;
  std::vector<TfType> types;
  for (const VariableOf& variable : variables_) {
    names.push_back(variable.name);
    slices.emplace_back();
    types.push_back(variable.type);
    values.push_back(variable.name + "/Read/ReadVariableOp");
  }
  const std::int64_t count = static_cast<std::int64_t>(names.size());
  const std::string save_names = Texts("save/SaveV2/tensor_names", names, {&count, 1}), save_slices = Texts("save/SaveV2/shape_and_slices", slices, {&count, 1});
  std::vector<std::string> save = {"save/Const", save_names, save_slices};
  save.insert(save.end(), values.begin(), values.end());
  Add("SaveV2", "save/SaveV2", save, {{"dtypes", AttrTypes(types)}});
  Add("Identity", "save/control_dependency", {"save/Const", "^save/SaveV2"}, {{"T", AttrType(TfType::kString)}});
  const std::string restore_names = Texts("save/RestoreV2/tensor_names", names, {&count, 1}), restore_slices = Texts("save/RestoreV2/shape_and_slices", slices, {&count, 1});
  Add("RestoreV2", "save/RestoreV2", {"save/Const", restore_names, restore_slices}, {{"dtypes", AttrTypes(types)}});
  std::vector<std::string> done;
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const std::string value = Add("Identity", "save/Identity", {fmt::format("save/RestoreV2:{}", i)}, {{"T", AttrType(types[i])}});
    done.push_back(fmt::format("^{}", Add("AssignVariableOp", "save/AssignVariableOp", {variables_[i].handle, value}, {{"dtype", AttrType(types[i])}})));
  }
  Add("NoOp", "save/restore_all", done);
}

std::string GraphBuilder::SavedModel() {
  AddSaver();
  std::vector<std::string> initialisers;
  for (const std::string& node : initialisers_) initialisers.push_back("^" + node);
  Add("NoOp", "init_all_tables", initialisers);
  Add("NoOp", "group_deps", {"^init_all_tables"});

  WireWriter meta;   // MetaGraphDef
  meta.Bytes(1, WireWriter().Bytes(4, "serve").Bytes(5, "2.15.0").text());
  meta.Bytes(2, nodes_ + WireWriter().Bytes(4, WireWriter().Varint(1, 1645).text()).text());   // versions {producer}: that of TensorFlow 2.15
  // SaverDef {filename=1, save=2, restore=3, max_to_keep=4, keep_checkpoint_every_n_hours=6, version=7}
  meta.Bytes(3, WireWriter().Bytes(1, "save/Const:0").Bytes(2, "save/control_dependency:0").Bytes(3, "save/restore_all").Varint(4, 5).Real(6, 10000).Varint(7, 2).text());
  WireWriter all, trained;   // VariableDef {name=1, initializer=2, snapshot=3, is_resource=5, initial_value=6, trainable=7}
  for (const VariableOf& variable : variables_) {
    WireWriter def;
    def.Bytes(1, variable.name + ":0").Bytes(2, variable.name + "/Assign").Bytes(3, variable.name + "/Read/ReadVariableOp:0").Varint(5, 1);
    def.Bytes(6, variable.name + "/Initializer/zeros:0");
    if (variable.trainable) def.Varint(7, 1);
    all.Bytes(1, def.text());
    if (variable.trainable) trained.Bytes(1, def.text());
  }
  const auto collection = [&](const std::string& name, std::uint32_t kind, const std::string& list) { meta.Entry(4, name, WireWriter().Bytes(kind, list).text()); };
  collection("variables", 2, all.text());
  collection("trainable_variables", 2, trained.text());
  collection("saved_model_main_op", 1, WireWriter().Bytes(1, "group_deps").text());
  if (!initialisers_.empty()) {
    WireWriter list;
    for (const std::string& node : initialisers_) list.Bytes(1, node);
    collection("table_initializer", 1, list.text());
  }
  if (!assets_.empty()) {
    WireWriter files, paths;   // AssetFileDef {tensor_info=1 {name=1}, filename=2} in an Any
    for (const auto& [tensor, file] : assets_) {
      const std::string def = WireWriter().Bytes(1, WireWriter().Bytes(1, tensor + ":0").text()).Bytes(2, file).text();
      files.Bytes(1, WireWriter().Bytes(1, "type.googleapis.com/tensorflow.AssetFileDef").Bytes(2, def).text());
      paths.Bytes(1, tensor + ":0");
    }
    collection("saved_model_assets", 5, files.text());
    collection("asset_filepaths", 1, paths.text());
  }
  return WireWriter().Varint(1, 1).Bytes(2, meta.text() + signatures_).text();
}

}  // namespace thalweg
