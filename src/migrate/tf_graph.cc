#include "migrate/tf_graph.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/strings.h"
#include "base/wire_reader.h"

namespace thalweg {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kMaxNodes = 1'000'000, kMaxInputs = 100'000;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{2} << 30;   // protobuf's own limit

std::string Text(const WireReader& reader) { return std::string(reader.text()); }

// The key and the value of an entry of a map.
struct MapEntry {
  std::string_view key;
  Bytes value;
  bool ok = false;
};
MapEntry ParseEntry(Bytes bytes) {
  MapEntry entry;
  WireReader message(bytes);
  while (message.Next()) {
    if (message.IsBytes() && message.field() == 1) entry.key = message.text();
    if (message.IsBytes() && message.field() == 2) entry.value = message.bytes();
  }
  entry.ok = message.ok();
  return entry;
}

// TensorShapeProto; nullopt: rank not known, or broken.
std::optional<std::vector<std::int64_t>> ParseShape(Bytes bytes) {
  std::vector<std::int64_t> shape;
  WireReader message(bytes);
  while (message.Next()) {
    if (message.field() == 3 && message.IsVarint() && message.varint() != 0) return std::nullopt;
    if (message.field() != 2 || !message.IsBytes()) continue;
    std::int64_t extent = 0;
    WireReader dimension(message.bytes());
    while (dimension.Next()) {
      if (dimension.field() == 1 && dimension.IsVarint()) extent = dimension.integer();
    }
    if (!dimension.ok() || shape.size() == 16) return std::nullopt;
    shape.push_back(extent);
  }
  return message.ok() ? std::optional(shape) : std::nullopt;
}

template <class T>
void AppendRaw(Bytes bytes, std::vector<double>* out) {
  for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + i, sizeof(T));
    out->push_back(static_cast<double>(value));
  }
}

// A repeated number: packed, or one by one.
template <class Take>
void TakeVarints(const WireReader& field, const Take& take) {
  if (field.IsVarint()) return take(field.integer());
  Bytes bytes = field.bytes();
  std::uint64_t value;
  while (field.IsBytes() && TakeVarint(&bytes, &value)) take(static_cast<std::int64_t>(value));
}

// TensorProto {dtype=1, shape=2, content=4, float=5, double=6, int=7, string=8, int64=10, bool=11}
Result<TfTensor> ParseTensor(Bytes bytes) {
  TfTensor tensor;
  Bytes content;
  WireReader message(bytes);
  while (message.Next()) {
    switch (message.field()) {
      case 1:
        tensor.type = static_cast<TfType>(message.varint());
        break;
      case 2:
        if (const auto shape = ParseShape(message.bytes())) tensor.shape = *shape;
        break;
      case 4:
        content = message.bytes();
        break;
      case 5:
        if (message.IsFixed32()) tensor.numbers.push_back(message.real());
        if (message.IsBytes()) AppendRaw<float>(message.bytes(), &tensor.numbers);
        break;
      case 6:
        if (message.IsFixed64()) tensor.numbers.push_back(std::bit_cast<double>(message.fixed64()));
        if (message.IsBytes()) AppendRaw<double>(message.bytes(), &tensor.numbers);
        break;
      case 7:
      case 11:
        TakeVarints(message, [&](std::int64_t value) { tensor.numbers.push_back(static_cast<double>(value)); });
        break;
      case 8:
        tensor.texts.push_back(Text(message));
        break;
      case 10:
        TakeVarints(message, [&](std::int64_t value) { tensor.integers.push_back(value); });
        break;
      default:
        break;
    }
  }
  if (!message.ok()) return Status::BadData("a broken constant");
  std::uint64_t elements = 1;
  for (const std::int64_t extent : tensor.shape) {
    if (extent < 0 || (extent > 0 && elements > (std::uint64_t{1} << 31) / static_cast<std::uint64_t>(extent))) return Status::BadData("a constant of an impossible shape");
    elements *= static_cast<std::uint64_t>(extent);
  }
  switch (tensor.type) {
    case TfType::kFloat: AppendRaw<float>(content, &tensor.numbers); break;
    case TfType::kDouble: AppendRaw<double>(content, &tensor.numbers); break;
    case TfType::kInt32: AppendRaw<std::int32_t>(content, &tensor.numbers); break;
    case TfType::kBool:
    case TfType::kUint8: AppendRaw<std::uint8_t>(content, &tensor.numbers); break;
    case TfType::kInt64:
      for (std::size_t i = 0; i + 8 <= content.size(); i += 8) {
        std::int64_t value;
        std::memcpy(&value, content.data() + i, 8);
        tensor.integers.push_back(value);
      }
      break;
    case TfType::kString: break;
  }
  // One value stands for all, as the last does for those that follow it; what is longer than the file is not made.
  const auto fill = [&](auto* list) {
    if (list->empty() || list->size() >= elements) return list->size() == elements || list->empty();
    if (elements > bytes.size() + 1024) return false;
    list->resize(elements, list->back());
    return true;
  };
  if (!fill(&tensor.numbers) || !fill(&tensor.integers) || !fill(&tensor.texts)) return Status::BadData("a constant whose values do not fit its shape");
  return tensor;
}

// TensorInfo {name=1, dtype=2, shape=3, coo_sparse=4 {values=1}}
TfSignature::Info ParseInfo(Bytes bytes) {
  TfSignature::Info info;
  WireReader message(bytes);
  while (message.Next()) {
    if (message.IsBytes() && message.field() == 1) info.tensor = Text(message);
    if (message.IsVarint() && message.field() == 2) info.type = static_cast<TfType>(message.varint());
    if (message.IsBytes() && message.field() == 3) info.shape = ParseShape(message.bytes()).value_or(std::vector<std::int64_t>{});
    if (message.IsBytes() && message.field() == 4) {
      info.sparse = true;
      WireReader sparse(message.bytes());
      while (sparse.Next()) {
        if (sparse.IsBytes() && sparse.field() == 1) info.tensor = Text(sparse);
      }
    }
  }
  return info;
}

TfSignature ParseSignature(Bytes bytes) {
  TfSignature signature;
  WireReader message(bytes);
  while (message.Next()) {
    if (!message.IsBytes()) continue;
    if (message.field() == 3) signature.method = Text(message);
    if (message.field() > 2) continue;
    const MapEntry entry = ParseEntry(message.bytes());
    (message.field() == 1 ? signature.inputs : signature.outputs)[std::string(entry.key)] = ParseInfo(entry.value);
  }
  return signature;
}

}  // namespace

Bytes TfNode::Attribute(std::string_view attr) const {
  for (const Bytes& bytes : attributes_) {
    const MapEntry entry = ParseEntry(bytes);
    if (entry.ok && entry.key == attr) return entry.value;
  }
  return {};
}

std::optional<std::int64_t> TfNode::Integer(std::string_view attr) const {
  WireReader value(Attribute(attr));
  while (value.Next()) {
    if (value.IsVarint() && (value.field() == 3 || value.field() == 5)) return value.integer();
  }
  return std::nullopt;
}
std::optional<double> TfNode::Number(std::string_view attr) const {
  WireReader value(Attribute(attr));
  while (value.Next()) {
    if (value.IsFixed32() && value.field() == 4) return value.real();
  }
  return std::nullopt;
}
std::optional<TfType> TfNode::Type(std::string_view attr) const {
  WireReader value(Attribute(attr));
  while (value.Next()) {
    if (value.IsVarint() && value.field() == 6) return static_cast<TfType>(value.varint());
  }
  return std::nullopt;
}
std::optional<std::vector<std::int64_t>> TfNode::Shape(std::string_view attr) const {
  WireReader value(Attribute(attr));
  while (value.Next()) {
    if (value.IsBytes() && value.field() == 7) return ParseShape(value.bytes());
  }
  return std::nullopt;
}
std::vector<double> TfNode::Numbers(std::string_view attr) const {
  std::vector<double> numbers;
  WireReader value(Attribute(attr));
  while (value.Next()) {
    if (!value.IsBytes() || value.field() != 1) continue;
    WireReader list(value.bytes());
    while (list.Next()) {
      if (list.field() == 4 && list.IsFixed32()) numbers.push_back(list.real());
      if (list.field() == 4 && list.IsBytes()) AppendRaw<float>(list.bytes(), &numbers);
    }
  }
  return numbers;
}
std::vector<TfType> TfNode::Types(std::string_view attr) const {
  std::vector<TfType> types;
  WireReader value(Attribute(attr));
  while (value.Next()) {
    if (!value.IsBytes() || value.field() != 1) continue;
    WireReader list(value.bytes());
    while (list.Next()) {
      if (list.field() == 6) TakeVarints(list, [&](std::int64_t type) { types.push_back(static_cast<TfType>(type)); });
    }
  }
  return types;
}
std::size_t TfNode::NumTypes(std::string_view attr) const { return Types(attr).size(); }

Result<TfTensor> TfNode::Value() const {
  WireReader value(Attribute("value"));
  while (value.Next()) {
    if (!value.IsBytes() || value.field() != 8) continue;
    Result<TfTensor> tensor = ParseTensor(value.bytes());
    if (!tensor.ok()) return Status::BadData("node " + Quote(name, 200) + ": " + tensor.status().message());
    return tensor;
  }
  return Status::BadData("node " + Quote(name, 200) + " has no value");
}

Result<std::unique_ptr<TfGraph>> TfGraph::Open(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / "saved_model.pb").string();
  THALWEG_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, kMaxFileBytes));
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  Result<std::unique_ptr<TfGraph>> graph = FromBytes({reinterpret_cast<const std::uint8_t*>(owner->data()), owner->size()}, owner);
  if (!graph.ok()) return graph.status().At(path);
  return graph;
}

Result<std::unique_ptr<TfGraph>> TfGraph::FromBytes(Bytes bytes, std::shared_ptr<const void> owner) {
  std::unique_ptr<TfGraph> graph(new TfGraph());
  graph->owner_ = std::move(owner);
  THALWEG_RETURN_IF_ERROR(graph->Parse(bytes));
  return graph;
}

// SavedModel {schema_version=1, meta_graphs=2}
Status TfGraph::Parse(Bytes bytes) {
  std::vector<Bytes> serving;
  std::size_t graphs = 0;
  WireReader message(bytes);
  while (message.Next()) {
    if (!message.IsBytes() || message.field() != 2) continue;
    ++graphs;
    WireReader meta(message.bytes());
    bool serve = false;
    while (meta.Next()) {
      if (!meta.IsBytes() || meta.field() != 1) continue;
      WireReader info(meta.bytes());   // MetaInfoDef {tags=4, tensorflow_version=5}
      while (info.Next()) {
        if (info.IsBytes() && info.field() == 4 && info.text() == "serve") serve = true;
      }
      if (!info.ok()) return Status::BadData("is cut, or no SavedModel: its description is broken");
    }
    if (!meta.ok()) return Status::BadData("is cut, or no SavedModel: its graph is broken");
    if (serve) serving.push_back(message.bytes());
  }
  if (!message.ok()) return Status::BadData("is cut, or no SavedModel");
  if (serving.size() != 1) {
    return Status::BadData(fmt::format("found {} graphs, {} of them with the tag \"serve\"; expected one", graphs, serving.size()));
  }
  return ParseMetaGraph(serving[0]);
}

// MetaGraphDef {meta_info=1, graph=2, collections=4, signatures=5, object_graph=7}
Status TfGraph::ParseMetaGraph(Bytes bytes) {
  Bytes graph;
  bool has_graph = false, objects = false;
  WireReader message(bytes);
  while (message.Next()) {
    if (!message.IsBytes()) continue;
    if (message.field() == 1) {
      WireReader info(message.bytes());
      while (info.Next()) {
        if (info.IsBytes() && info.field() == 5) version_ = Text(info);
      }
    }
    if (message.field() == 2) graph = message.bytes(), has_graph = true;
    if (message.field() == 4) ParseCollection(message.bytes());
    if (message.field() == 5) {
      const MapEntry entry = ParseEntry(message.bytes());
      signatures_[std::string(entry.key)] = ParseSignature(entry.value);
    }
    if (message.field() == 7) objects = true;
  }
  if (!message.ok() || !has_graph) return Status::BadData("is cut, or no SavedModel: it has no graph");
  THALWEG_RETURN_IF_ERROR(ParseNodes(graph));
  if (objects && signatures_.count("predict") == 0) {
    return Status::BadData("is a SavedModel of TensorFlow 2's own kind (tf.saved_model.save, Keras), expected one that an estimator exported");
  }
  return Status::Ok();
}

// GraphDef {node=1}; NodeDef {name=1, op=2, input=3, attr=5}
Status TfGraph::ParseNodes(Bytes graph) {
  std::vector<std::vector<std::string_view>> inputs;
  std::size_t num_inputs = 0;
  WireReader message(graph);
  while (message.Next()) {
    if (!message.IsBytes() || message.field() != 1) continue;
    if (nodes_.size() == kMaxNodes) return Status::BadData(fmt::format("has more than {} nodes; no canned estimator makes so many", kMaxNodes));
    auto node = std::make_unique<TfNode>();
    std::vector<std::string_view>& of_node = inputs.emplace_back();
    WireReader fields(message.bytes());
    while (fields.Next()) {
      if (!fields.IsBytes()) continue;
      if (fields.field() == 1) node->name = fields.text();
      if (fields.field() == 2) node->op = fields.text();
      if (fields.field() == 3 && !fields.text().starts_with('^')) of_node.push_back(fields.text());
      if (fields.field() == 5) node->attributes_.push_back(fields.bytes());
    }
    num_inputs += of_node.size();
    if (!fields.ok() || node->name.empty() || of_node.size() > kMaxInputs || num_inputs > 16 * kMaxNodes) {
      return Status::BadData(fmt::format("node {} ({}) is broken", nodes_.size() + 1, Quote(node->name, 200)));
    }
    if (!by_name_.emplace(node->name, node.get()).second) return Status::BadData("two nodes have the name " + Quote(node->name, 200));
    nodes_.push_back(std::move(node));
  }
  if (!message.ok()) return Status::BadData("is cut: its list of nodes is broken");
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    for (const std::string_view input : inputs[n]) {
      Result<TfOutput> output = Output(input);
      if (!output.ok()) return Status::BadData("node " + Quote(nodes_[n]->name, 200) + " takes " + Quote(input, 200) + ", which is not there");
      nodes_[n]->inputs.push_back(*output);
      users_[output->node].push_back(nodes_[n].get());
    }
  }
  return CheckCircles();
}

Status TfGraph::CheckCircles() const {
  std::unordered_map<const TfNode*, std::size_t> left;   // inputs not yet done
  std::vector<const TfNode*> ready;
  for (const auto& node : nodes_) {
    left[node.get()] = node->inputs.size();
    if (node->inputs.empty()) ready.push_back(node.get());
  }
  std::size_t done = 0;
  while (!ready.empty()) {
    const TfNode* node = ready.back();
    ready.pop_back();
    ++done;
    for (const TfNode* user : Users(node)) {
      if (--left[user] == 0) ready.push_back(user);
    }
  }
  if (done == nodes_.size()) return Status::Ok();
  for (const auto& node : nodes_) {
    if (left[node.get()] > 0) return Status::BadData("node " + Quote(node->name, 200) + " is in a circle or after one; no canned estimator makes one");
  }
  return Status::Ok();
}

// collection_def: CollectionDef {bytes_list=2 {value=1}, any_list=5 {value=1}}
void TfGraph::ParseCollection(Bytes bytes) {
  const MapEntry entry = ParseEntry(bytes);
  const bool variables = entry.key == "trainable_variables", assets = entry.key == "saved_model_assets";
  if (!variables && !assets) return;
  WireReader collection(entry.value);
  while (collection.Next()) {
    if (!collection.IsBytes() || collection.field() != (variables ? 2u : 5u)) continue;
    WireReader list(collection.bytes());
    while (list.Next()) {
      if (!list.IsBytes() || list.field() != 1) continue;
      WireReader item(list.bytes());
      while (item.Next()) {
        if (!item.IsBytes()) continue;
        if (variables && item.field() == 1) {   // VariableDef {variable_name=1}
          const std::string_view name = item.text();
          trainable_.emplace_back(name.substr(0, name.rfind(':')));
        }
        if (assets && item.field() == 2) {   // Any {value=2}: AssetFileDef {tensor_info=1, filename=2}
          std::string tensor, file;
          WireReader asset(item.bytes());
          while (asset.Next()) {
            if (asset.IsBytes() && asset.field() == 1) tensor = ParseInfo(asset.bytes()).tensor;
            if (asset.IsBytes() && asset.field() == 2) file = Text(asset);
          }
          assets_[tensor] = file;
        }
      }
    }
  }
}

const TfNode* TfGraph::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

Result<TfOutput> TfGraph::Output(std::string_view tensor) const {
  const std::size_t colon = tensor.rfind(':');
  TfOutput output;
  output.node = Find(tensor.substr(0, colon));
  if (colon != std::string_view::npos) {
    const std::optional<std::int64_t> index = ParseInteger(tensor.substr(colon + 1));
    if (!index || *index < 0 || *index > 1 << 20) output.node = nullptr;
    else output.index = static_cast<int>(*index);
  }
  if (output.node == nullptr) return Status::BadData("there is no node for " + Quote(tensor, 200));
  return output;
}

const std::vector<const TfNode*>& TfGraph::Users(const TfNode* node) const {
  static const std::vector<const TfNode*> kNone;
  const auto found = users_.find(node);
  return found == users_.end() ? kNone : found->second;
}

std::string TfGraph::AssetOf(std::string_view tensor) const {
  const auto found = assets_.find(tensor);
  return found == assets_.end() ? "" : found->second;
}

}  // namespace thalweg
