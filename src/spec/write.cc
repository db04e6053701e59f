// Trees to TOML and JSON.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/json.h"
#include "base/strings.h"
#include "spec/node.h"

namespace thalweg {
namespace {

constexpr std::size_t kWidth = 100;

bool IsBareKey(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// JSON's escapes are TOML's, but for DEL, which TOML wants escaped.
std::string TomlText(std::string_view text) {
  const std::string json = FormatJsonText(text);
  std::string out;
  for (const char c : json) {
    if (c == '\x7f') {
      out += "\\u007f";
    } else {
      out += c;
    }
  }
  return out;
}

std::string TomlKey(std::string_view key) { return IsBareKey(key) ? std::string(key) : TomlText(key); }

std::string Scalar(const Node& node, std::string (*text)(std::string_view)) {
  if (const auto* boolean = std::get_if<bool>(&node.value)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return FormatInteger(*integer);
  if (const auto* number = std::get_if<double>(&node.value)) return FormatJsonNumber(*number);
  return text(std::get<std::string>(node.value));
}

std::string InlineToml(const Node& node) {
  std::string out;
  if (const auto* list = std::get_if<NodeList>(&node.value)) {
    for (const Node& element : *list) out += (out.empty() ? "" : ", ") + InlineToml(element);
    return "[" + out + "]";
  }
  if (!node.is_table()) return Scalar(node, TomlText);
  for (const auto& [key, value] : node.table())
    out += (out.empty() ? "" : ", ") + TomlKey(key) + " = " + InlineToml(value);
  return "{" + out + "}";
}

void AppendTomlLine(const std::string& key, const Node& node, std::string* out) {
  std::string line = TomlKey(key) + " = ";
  const auto* list = std::get_if<NodeList>(&node.value);
  const std::string whole = InlineToml(node);
  if (list == nullptr || line.size() + whole.size() <= kWidth) {
    *out += line + whole + "\n";
    return;
  }
  *out += line + "[\n";
  line = " ";
  for (const Node& element : *list) {
    const std::string text = fmt::format(" {},", InlineToml(element));
    if (line.size() > 1 && line.size() + text.size() > kWidth) {
      *out += line + "\n";
      line = " ";
    }
    line += text;
  }
  *out += line + "\n]\n";
}

void AppendSection(const std::string& name, const NodeTable& table, std::string* out) {
  if (!out->empty()) *out += "\n";
  *out += "[" + name + "]\n";
  for (const auto& [key, value] : table) AppendTomlLine(key, value, out);
}

void AppendJson(const Node& node, std::string* out) {
  if (const auto* list = std::get_if<NodeList>(&node.value)) {
    *out += '[';
    for (const Node& element : *list) {
      if (&element != list->data()) *out += ", ";
      AppendJson(element, out);
    }
    *out += ']';
  } else if (node.is_table()) {
    *out += '{';
    for (const auto& member : node.table()) {
      if (&member != node.table().data()) *out += ", ";
      *out += FormatJsonText(member.first) + ": ";
      AppendJson(member.second, out);
    }
    *out += '}';
  } else {
    *out += Scalar(node, FormatJsonText);
  }
}

}  // namespace

std::string WriteToml(const Node& root) {
  std::string out;
  for (const auto& [key, value] : root.table()) {
    if (!value.is_table()) AppendTomlLine(key, value, &out);
  }
  for (const auto& [key, value] : root.table()) {
    if (!value.is_table()) continue;
    if (key == "fields" || key == "columns" || key == "fitted") {
      for (const auto& [name, table] : value.table()) AppendSection(key + "." + TomlKey(name), table.table(), &out);
    } else {
      AppendSection(key, value.table(), &out);
    }
  }
  return out;
}

std::string WriteJson(const Node& root) {
  std::string out;
  AppendJson(root, &out);
  return out;
}

}  // namespace thalweg
