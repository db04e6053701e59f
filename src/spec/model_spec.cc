// The text forms of a spec.
#include "thalweg/model_spec.h"

#include <string>

#include "base/strings.h"
#include "spec/spec_lines.h"
#include "spec/tree.h"

namespace thalweg {
namespace {

void Record(const NodeTable& table, const std::string& path, SpecLines* lines) {
  for (const auto& [key, node] : table) {
    const std::string inner = path.empty() ? key : path + "." + key;
    lines->line.emplace(inner, node.line);
    if (node.is_table()) Record(node.table(), inner, lines);
  }
}

}  // namespace

Result<ModelSpec> ParseModelSpec(std::string_view text, std::string_view origin, SpecLines* lines) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > kMaxSpecBytes) {
    return Status::BadConfig(std::string(origin) + ": found " + std::to_string(text.size()) +
                             " bytes, expected at most " + std::to_string(kMaxSpecBytes) + " (64 MiB)");
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && text[first] == '{';
  THALWEG_ASSIGN_OR_RETURN(const Node root, json ? ReadJson(text, origin) : ReadToml(text, origin));
  if (lines != nullptr) {
    lines->origin = origin;
    lines->line.clear();
    Record(root.table(), "", lines);
  }
  return SpecOf(root, origin);
}

Result<ModelSpec> ParseModelSpec(std::string_view text, std::string_view origin) {
  return ParseModelSpec(text, origin, nullptr);
}

std::string ToToml(const ModelSpec& spec) { return WriteToml(TreeOf(spec, Detail::kShort)); }
std::string ToJson(const ModelSpec& spec) { return WriteJson(TreeOf(spec, Detail::kWhole)); }

Status AtLine(const SpecLines& lines, const Status& status) {
  if (status.ok()) return status;
  const std::string& message = status.message();
  // A name may hold ": " itself, so the path may end at any of them: the longest known one counts.
  auto best = lines.line.end();
  for (std::size_t end = message.find(": "); end != std::string::npos && end < 1000;
       end = message.find(": ", end + 1)) {
    std::string_view path(message.data(), end);
    for (std::size_t dot = end; dot != std::string_view::npos; dot = path.rfind('.')) {
      path = path.substr(0, dot);
      const auto it = lines.line.find(path);
      if (it == lines.line.end()) continue;
      if (best == lines.line.end() || it->first.size() > best->first.size()) best = it;
      break;
    }
  }
  if (best == lines.line.end()) return status;
  return {status.code(), Where(lines.origin, best->second) + message};
}

}  // namespace thalweg
