// toml++ builds a tree of tables, and its destructors and our walk over it recurse: what nests too deep (a key of a
// million dots is enough) or has too many values must be found before, by a scan that knows strings and comments only.
#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/strings.h"
#include "spec/node.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

namespace thalweg {
namespace {

class Scanner {
 public:
  Scanner(std::string_view text, std::string_view origin) : text_(text), origin_(origin) {}

  Status Scan() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      switch (c) {
        case '#':
          at_ = std::min(text_.find('\n', at_), text_.size());
          continue;
        case '"':
        case '\'':
          SkipString(c);
          continue;
        case '\n':
          ++line_;
          dots_ = 0;
          break;
        case '.':
          ++values_;  // a dotted key makes a table
          ++dots_;
          break;
        case '[':
        case '{':
          ++values_;
          ++depth_;
          dots_ = 0;
          break;
        case ']':
        case '}':
          --depth_;
          dots_ = 0;
          break;
        case ',':
        case '=':
          ++values_;
          dots_ = 0;
          break;
        default:
          break;
      }
      if (depth_ > kMaxSpecDepth || dots_ > kMaxSpecDepth) {
        return Fail("more than " + std::to_string(kMaxSpecDepth) + " tables and lists within each other");
      }
      if (values_ > kMaxSpecValues) return Fail("more than " + std::to_string(kMaxSpecValues) + " values");
      ++at_;
    }
    return Status::Ok();
  }

 private:
  void SkipString(char quote) {
    const std::string three(3, quote);
    const bool many_lines = text_.substr(at_).starts_with(three);
    at_ += many_lines ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        if (!many_lines) return;  // an error, which toml++ will tell
        ++line_;
      } else if (c == '\\' && quote == '"') {
        if (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      } else if (c == quote && !many_lines) {
        ++at_;
        return;
      } else if (c == quote && text_.substr(at_).starts_with(three)) {
        at_ += 3;
        // One or two quotation marks right before the closing three belong to the text.
        for (int extra = 0; extra < 2 && at_ < text_.size() && text_[at_] == quote; ++extra) ++at_;
        return;
      }
      ++at_;
    }
  }
  Status Fail(const std::string& why) const { return Status::BadConfig(Where(origin_, line_) + why); }

  std::string_view text_;
  std::string_view origin_;
  std::size_t at_ = 0;
  int line_ = 1;
  int depth_ = 0;
  int dots_ = 0;
  std::size_t values_ = 0;
};

class Converter {
 public:
  explicit Converter(std::string_view origin) : origin_(origin) {}

  Result<Node> Table(const toml::table& table, int line, int depth) {
    if (depth > kMaxSpecDepth) {
      return Status::BadConfig(Where(origin_, line) + "more than " + std::to_string(kMaxSpecDepth) +
                               " tables and lists within each other");
    }
    // toml++ sorts keys by name; the text's order is part of what it says (fields).
    struct Member {
      toml::source_position at;
      const toml::key* key;
      const toml::node* value;
    };
    std::vector<Member> members;
    for (const auto& [key, value] : table) members.push_back({key.source().begin, &key, &value});
    std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
      return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
    });
    NodeTable out;
    out.reserve(members.size());
    for (const Member& member : members) {
      THALWEG_ASSIGN_OR_RETURN(Node node, Value(*member.value, static_cast<int>(member.at.line), depth));
      out.emplace_back(std::string(member.key->str()), std::move(node));
    }
    return Node{std::move(out), line};
  }

 private:
  Result<Node> Value(const toml::node& value, int line, int depth) {
    if (const auto* table = value.as_table()) return Table(*table, line, depth + 1);
    if (const auto* array = value.as_array()) {
      if (depth >= kMaxSpecDepth) return Table({}, line, depth + 1);  // its error
      NodeList out;
      out.reserve(array->size());
      for (const toml::node& element : *array) {
        THALWEG_ASSIGN_OR_RETURN(Node node, Value(element, static_cast<int>(element.source().begin.line), depth + 1));
        out.push_back(std::move(node));
      }
      return Node{std::move(out), line};
    }
    if (const auto* boolean = value.as_boolean()) return Node{boolean->get(), line};
    if (const auto* integer = value.as_integer()) return Node{integer->get(), line};
    if (const auto* text = value.as_string()) return Node{text->get(), line};
    if (const auto* number = value.as_floating_point()) {
      if (std::isfinite(number->get())) return Node{number->get(), line};
      return Status::BadConfig(Where(origin_, line) + "found " + FormatNumber(number->get()) +
                               ", expected a finite number");
    }
    return Status::BadConfig(Where(origin_, line) + "found a date or time, expected a text in quotes");
  }

  std::string_view origin_;
};

}  // namespace

std::string Where(std::string_view origin, int line) {
  std::string out(origin);
  if (line > 0) out += (out.empty() ? "line " : " line ") + std::to_string(line);
  return out.empty() ? out : out + ": ";
}

Result<Node> ReadToml(std::string_view text, std::string_view origin) {
  THALWEG_RETURN_IF_ERROR(Scanner(text, origin).Scan());
  try {
    const toml::table table = toml::parse(text);
    return Converter(origin).Table(table, 1, 1);
  } catch (const toml::parse_error& error) {
    return Status::BadConfig(Where(origin, static_cast<int>(error.source().begin.line)) +
                             "not TOML: " + Printable(error.description()));
  } catch (const std::exception& error) {
    return Status::BadConfig(std::string(origin) + ": cannot be read as TOML: " + Printable(error.what()));
  }
}

}  // namespace thalweg
