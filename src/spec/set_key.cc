#include "spec/set_key.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "spec/tree.h"

namespace thalweg {
namespace {

using Path = std::vector<std::string>;

// Whether `root` holds nothing but one value at `path`, which goes to *leaf.
bool TakeOnly(Node root, const Path& path, Node* leaf) {
  for (const std::string& step : path) {
    if (!root.is_table() || root.table().size() != 1 || root.table()[0].first != step) return false;
    Node inner = std::move(root.table()[0].second);
    root = std::move(inner);
  }
  *leaf = std::move(root);
  return true;
}

// The steps of a dotted key; none when it is no key.
Path PathOf(std::string_view key) {
  Path path;
  const Result<Node> tree = ReadToml(std::string(key) + " = 0", "");
  if (!tree.ok()) return path;
  const Node* node = &tree.value();
  for (; node->is_table(); node = &node->table()[0].second) {
    if (node->table().size() != 1) return {};
    path.push_back(node->table()[0].first);
  }
  // `key` may have held a value of its own.
  return node->value == decltype(node->value)(std::int64_t{0}) ? path : Path{};
}

}  // namespace

Status SetSpecKey(ModelSpec* spec, std::string_view key, std::string_view value) {
  const std::string name(key);
  const Path path = PathOf(key);
  if (path.empty()) return Status::BadConfig(Quote(key) + " is not the key of a value");
  Node leaf;
  const Result<Node> typed = ReadToml(name + " = " + std::string(value), "");
  // A value with a line's end in it may have brought keys of its own: then it is a text too.
  if (!typed.ok() || !TakeOnly(typed.value(), path, &leaf)) leaf = Node{std::string(value)};

  Node root = TreeOf(*spec, Detail::kWhole);
  Node* at = &root;
  for (const std::string& step : path) {
    if (!at->is_table()) at->value = NodeTable{};
    NodeTable& table = at->table();
    const auto it = std::find_if(table.begin(), table.end(), [&](const auto& member) { return member.first == step; });
    at = it != table.end() ? &it->second : &table.emplace_back(step, Node{}).second;
  }
  at->value = std::move(leaf.value);
  Result<ModelSpec> changed = SpecOf(root, "");
  if (!changed.ok()) {
    const std::string& message = changed.status().message();
    return message.starts_with(name + ":") ? changed.status() : changed.status().At(name);
  }
  *spec = std::move(changed).value();
  return Status::Ok();
}

}  // namespace thalweg
