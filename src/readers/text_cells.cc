#include "readers/text_cells.h"

#include <fmt/format.h>

namespace thalweg {

void AppendJsonText(std::string_view text, std::string* out) {
  *out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (byte < 0x20) {
      *out += fmt::format("\\u{:04x}", byte);
    } else {
      *out += c;
    }
  }
  *out += '"';
}

void AppendCsvText(std::string_view text, char separator, std::string* out) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  const bool bare = text.find_first_of(std::string{separator, '"', '\n', '\r'}) == std::string_view::npos &&
                    (text.empty() || (!is_blank(text.front()) && !is_blank(text.back())));
  if (bare) {
    *out += text;
    return;
  }
  *out += '"';
  for (const char c : text) {
    if (c == '"') *out += '"';
    *out += c;
  }
  *out += '"';
}

}  // namespace thalweg
