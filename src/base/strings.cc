#include "base/strings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace thalweg {
namespace {

template <class Float>
std::string Format(Float value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[48];
  // Whole numbers are written out ("100000", never "1e+05"), so that a number has one text whatever type held it.
  if (value == std::trunc(value) && std::abs(value) < Float(0x1p63) && !(value == 0 && std::signbit(value))) {
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), static_cast<std::int64_t>(value)).ptr;
    return {buffer, end};
  }
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  return {buffer, end};
}

// A leading '+' is fine, but from_chars takes none.
std::optional<std::string_view> WithoutPlus(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  return text;
}

// Length in bytes of the well-formed UTF-8 sequence at the start of `text`, and its code point; 0 when broken.
std::size_t DecodeUtf8(std::string_view text, std::uint32_t* code_point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    *code_point = first;
    return 1;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  std::uint32_t value = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
  *code_point = value;
  return length;
}

// Control characters, and marks that change the direction of text: a terminal would act on them.
bool IsUnsafe(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void AppendHex(std::uint32_t value, int digits, std::string* out) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out->push_back("0123456789abcdef"[(value >> shift) & 15]);
}

// Escapes control bytes and broken UTF-8; `quotes`: quotation marks and backslashes too.
std::string Escape(std::string_view text, std::size_t max, bool quotes) {
  std::string out;
  std::size_t i = 0;
  while (i < text.size()) {
    std::uint32_t c = 0;
    const std::size_t length = DecodeUtf8(text.substr(i), &c);
    if (i + std::max<std::size_t>(length, 1) > max) break;
    if (length == 0) {
      out += "\\x";
      AppendHex(static_cast<unsigned char>(text[i]), 2, &out);
    } else if (quotes && (c == '"' || c == '\\')) {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (IsUnsafe(c)) {
      out += c < 0x80 ? "\\x" : "\\u";
      AppendHex(c, c < 0x80 ? 2 : 4, &out);
    } else {
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  if (i < text.size()) out += "…";
  return out;
}

// Steps between two names: insertions, deletions, changes, and swaps of neighbours (optimal string alignment); any
// number above `limit` when there are more.
std::size_t EditDistance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
      least = std::min(least, now[j]);
    }
    if (least > limit) return limit + 1;
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// "key of the spec" → "Keys", "learning rate" → "Learning rates", "family" → "Families", "class" → "Classes".
std::string Plural(std::string_view what) {
  for (std::string_view stop : {" of ", " or ", " in ", " for "}) what = what.substr(0, what.find(stop));
  std::string out(what);
  if (out.ends_with('y') && out.size() > 1 &&
      std::string_view("aeiou").find(out[out.size() - 2]) == std::string::npos) {
    out.replace(out.size() - 1, 1, "ies");
  } else {
    out += out.ends_with('s') ? "es" : "s";
  }
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

// As it is, or quoted where that would not be safe or clear.
std::string Plain(const std::string& name) {
  std::string quoted = Quote(name);
  const bool clear = !name.empty() && quoted.size() == name.size() + 2 && name.find(',') == std::string::npos;
  return clear ? name : quoted;
}

}  // namespace

std::string FormatNumber(double value) { return Format(value); }
std::string FormatNumber(float value) { return Format(value); }
std::string FormatInteger(std::int64_t value) { return std::to_string(value); }

std::optional<double> ParseNumber(std::string_view text) {
  const std::optional<std::string_view> digits = WithoutPlus(text);
  if (!digits || digits->empty()) return std::nullopt;
  // from_chars would take "inf" and "nan".
  const char first = digits->starts_with('-') && digits->size() > 1 ? (*digits)[1] : (*digits)[0];
  if (first != '.' && (first < '0' || first > '9')) return std::nullopt;
  double value = 0;
  const char* end = digits->data() + digits->size();
  const auto [at, error] = std::from_chars(digits->data(), end, value);
  if (at != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too small is 0 or the nearest subnormal; too large is no number.
    value = std::strtod(std::string(*digits).c_str(), nullptr);
    if (std::isinf(value)) return std::nullopt;
    return value;
  }
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  const std::optional<std::string_view> digits = WithoutPlus(text);
  if (!digits || digits->empty()) return std::nullopt;
  std::int64_t value = 0;
  const char* end = digits->data() + digits->size();
  const auto [at, error] = std::from_chars(digits->data(), end, value);
  if (at != end || error != std::errc()) return std::nullopt;
  return value;
}

bool IsValidUtf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    std::uint32_t code_point;
    const std::size_t length = DecodeUtf8(text.substr(i), &code_point);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string Quote(std::string_view text, std::size_t max) { return '"' + Escape(text, max, true) + '"'; }
std::string Printable(std::string_view text, std::size_t max) { return Escape(text, max, false); }

std::string Join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::string Nearest(std::string_view name, std::span<const std::string> known) {
  if (name.empty() || name.size() > 100) return "";
  const std::string wanted = Lower(name);
  std::size_t limit = std::clamp<std::size_t>(name.size() / 3, 1, 3);
  const std::string* best = nullptr;
  for (const std::string& candidate : known) {
    const std::size_t distance = EditDistance(wanted, Lower(candidate), limit);
    // A name of two letters has a neighbour at distance 1 in most lists: one letter must stay.
    if (distance > limit || distance >= std::max<std::size_t>(name.size(), 2)) continue;
    best = &candidate;
    if (distance == 0) break;
    limit = distance - 1;
  }
  return best == nullptr ? "" : *best;
}

std::string UnknownName(std::string_view name, std::string_view what, std::span<const std::string> known) {
  constexpr std::size_t kListed = 20;
  const bool vowel = !what.empty() && std::string_view("aeiou").find(what[0]) != std::string_view::npos;
  std::string out = Quote(name) + " is not " + (vowel ? "an " : "a ") + std::string(what) + ".";
  if (const std::string nearest = Nearest(name, known); !nearest.empty())
    out += " Did you mean " + Quote(nearest) + "?";
  if (known.empty()) return out;
  out += " " + Plural(what) + ": ";
  for (std::size_t i = 0; i < std::min(known.size(), kListed); ++i) out.append(i > 0 ? ", " : "").append(Plain(known[i]));
  if (known.size() > kListed) out += ", … (" + std::to_string(known.size() - kListed) + " more)";
  return out;
}

}  // namespace thalweg
