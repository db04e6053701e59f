#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "spec/node.h"
#include "spec/tree.h"

namespace thalweg {
namespace {

Status Bad(std::string_view origin, int line, const std::string& path, const std::string& why) {
  return Status::BadConfig(Where(origin, line) + path + ": " + why);
}

// A list of one type; integers among numbers are numbers; an empty one is a list of numbers (kinds.cc does the same).
Result<ParamValue> ListOf(const NodeList& list, const std::string& path, int line, std::string_view origin) {
  const auto all = [&](auto is) { return std::all_of(list.begin(), list.end(), is); };
  const auto is_integer = [](const Node& node) { return std::holds_alternative<std::int64_t>(node.value); };
  const auto is_number = [&](const Node& node) {
    return is_integer(node) || std::holds_alternative<double>(node.value);
  };
  if (!list.empty() && all(is_integer)) {
    std::vector<std::int64_t> out;
    for (const Node& node : list) out.push_back(std::get<std::int64_t>(node.value));
    return ParamValue(std::move(out));
  }
  if (all(is_number)) {
    std::vector<double> out;
    for (const Node& node : list) {
      const auto* integer = std::get_if<std::int64_t>(&node.value);
      out.push_back(integer != nullptr ? static_cast<double>(*integer) : std::get<double>(node.value));
    }
    return ParamValue(std::move(out));
  }
  if (all([](const Node& node) { return node.is_text(); })) {
    std::vector<std::string> out;
    for (const Node& node : list) out.push_back(std::get<std::string>(node.value));
    return ParamValue(std::move(out));
  }
  return Bad(origin, line, path, "found a list of mixed values, expected all numbers or all texts");
}

Status Collect(const NodeTable& table, const std::string& path, const std::string& prefix, bool skip_kind,
               std::string_view origin, Params* params) {
  for (const auto& [key, node] : table) {
    if (skip_kind && key == "kind") continue;
    const std::string where = path + "." + key;
    if (key.empty()) return Bad(origin, node.line, path, "found a parameter without a name");
    if (node.is_table()) {
      if (node.table().empty()) return Bad(origin, node.line, where, "found an empty table, expected a value");
      THALWEG_RETURN_IF_ERROR(Collect(node.table(), where, prefix + key + ".", false, origin, params));
      continue;
    }
    ParamValue value;
    if (const auto* list = std::get_if<NodeList>(&node.value)) {
      THALWEG_ASSIGN_OR_RETURN(value, ListOf(*list, where, node.line, origin));
    } else if (const auto* boolean = std::get_if<bool>(&node.value)) {
      value = *boolean;
    } else if (const auto* integer = std::get_if<std::int64_t>(&node.value)) {
      value = *integer;
    } else if (const auto* number = std::get_if<double>(&node.value)) {
      value = *number;
    } else {
      value = std::get<std::string>(node.value);
    }
    if (!params->emplace(prefix + key, std::move(value)).second) {
      return Bad(origin, node.line, where, "is there twice");
    }
  }
  return Status::Ok();
}

Node NodeOf(const ParamValue& value) {
  return std::visit(
      [](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, bool> || std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
          return Node{v};
        } else {
          NodeList list;
          for (const auto& element : v) list.push_back(Node{element});
          return Node{std::move(list)};
        }
      },
      value);
}

// Puts "t.k" into table t; where t is a value too, or the name would not come back, the key stays as it is, dots and
// all. Names come sorted, so all keys of one table come one after the other: it is the last member, or not there yet.
void Insert(const Params& params, std::string_view name, std::size_t start, int depth, Node node, NodeTable* table) {
  constexpr int kMaxNested = 4;
  const std::size_t dot = name.find('.', start);
  const std::string_view head = name.substr(start, dot == std::string_view::npos ? dot : dot - start);
  const bool is_nested = dot != std::string_view::npos && dot > start && dot + 1 < name.size() && depth < kMaxNested &&
                         name.substr(0, dot) != "kind" && params.find(name.substr(0, dot)) == params.end();
  if (!is_nested) {
    table->emplace_back(std::string(name.substr(start)), std::move(node));
    return;
  }
  const bool is_there = !table->empty() && table->back().first == head && table->back().second.is_table();
  if (!is_there) table->emplace_back(std::string(head), Node{});
  Insert(params, name, dot + 1, depth + 1, std::move(node), &table->back().second.table());
}

}  // namespace

Result<Params> ParamsOf(const NodeTable& table, const std::string& path, bool skip_kind, std::string_view origin) {
  Params params;
  THALWEG_RETURN_IF_ERROR(Collect(table, path, "", skip_kind, origin, &params));
  return params;
}

void AppendParams(const Params& params, NodeTable* out) {
  for (const auto& [name, value] : params) Insert(params, name, 0, 0, NodeOf(value), out);
}

}  // namespace thalweg
