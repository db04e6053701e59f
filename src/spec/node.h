// A spec as a tree, whatever it was written in: TOML and JSON are read into it and printed from it.
#ifndef THALWEG_SPEC_NODE_H_
#define THALWEG_SPEC_NODE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "thalweg/status.h"

namespace thalweg {

struct Node;
using NodeList = std::vector<Node>;
using NodeTable = std::vector<std::pair<std::string, Node>>;  // in the order of the text; each key once

struct Node {
  std::variant<bool, std::int64_t, double, std::string, NodeList, NodeTable> value = NodeTable{};
  int line = 0;  // of the key, or of the value in a list; 0: not known
  bool operator==(const Node&) const = default;

  bool is_list() const { return std::holds_alternative<NodeList>(value); }
  bool is_table() const { return std::holds_alternative<NodeTable>(value); }
  bool is_text() const { return std::holds_alternative<std::string>(value); }
  const NodeTable& table() const { return std::get<NodeTable>(value); }
  NodeTable& table() { return std::get<NodeTable>(value); }
};

inline constexpr std::size_t kMaxSpecBytes = std::size_t{64} << 20;
inline constexpr int kMaxSpecDepth = 32;
// A value of two bytes takes sixty in memory: this, not the bytes, bounds what a spec may cost.
inline constexpr std::size_t kMaxSpecValues = 4'000'000;

// The tree of `text`, which is a table; kBadConfig, "origin line 7: …", for what is not the language or too large.
// Numbers that are not finite, dates and null are errors.
Result<Node> ReadToml(std::string_view text, std::string_view origin);
Result<Node> ReadJson(std::string_view text, std::string_view origin);

// "origin line 7: ", or without a line where it is not known.
std::string Where(std::string_view origin, int line);

// `fields`, `columns` and `fitted` get a [section] for each key, other tables one section; lists break at 100 columns.
std::string WriteToml(const Node& root);
std::string WriteJson(const Node& root);  // on one line

}  // namespace thalweg

#endif  // THALWEG_SPEC_NODE_H_
