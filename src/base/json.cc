#include "base/json.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "base/strings.h"

namespace thalweg {
namespace {

// Tells how far the lexer has read, so that events have lines.
struct TrackedInput {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** read_up_to;

  reference operator*() const { return *at; }
  TrackedInput& operator++() {
    *read_up_to = ++at;
    return *this;
  }
  TrackedInput operator++(int) {
    TrackedInput before = *this;
    ++*this;
    return before;
  }
  bool operator==(const TrackedInput& other) const { return at == other.at; }
};

// nlohmann's SAX interface on ours, with the limits.
class Bounded : public nlohmann::json_sax<Json> {
 public:
  Bounded(std::string_view text, std::string_view origin, int max_depth, JsonEvents* events)
      : read_up_to(text.data()), counted_(text.data()), origin_(origin), max_depth_(max_depth), events_(events) {}

  const char* read_up_to;

  bool null() override { return Take(events_->Null(Line())); }
  bool boolean(bool value) override { return Take(events_->Bool(value, Line())); }
  bool number_integer(std::int64_t value) override { return Take(events_->Integer(value, NumberLine())); }
  bool number_unsigned(std::uint64_t value) override {
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
      return Take(events_->Integer(static_cast<std::int64_t>(value), NumberLine()));
    }
    return Take(events_->Unsigned(value, NumberLine()));
  }
  bool number_float(double value, const std::string& text) override {
    // An integer past 64 bits comes here too; it would lose digits.
    if (text.find_first_of(".eE") == std::string::npos) {
      return Fail("found " + text.substr(0, 40) + ", an integer past 64 bits");
    }
    return Take(events_->Number(value, NumberLine()));
  }
  bool string(std::string& value) override { return Take(events_->Text(std::move(value), Line())); }
  bool binary(binary_t&) override { return Fail("binary values are not JSON"); }
  bool start_object(std::size_t) override {
    keys_.emplace_back();
    return Deeper() && Take(events_->StartObject(Line()));
  }
  bool key(std::string& key) override {
    keys_.back().push_back({key, Line()});
    return Take(events_->Key(std::move(key), Line()));
  }
  bool end_object() override {
    std::vector<SeenKey> keys = std::move(keys_.back());
    keys_.pop_back();
    --depth_;
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 1; i < keys.size(); ++i) {
      if (keys[i].key != keys[i - 1].key) continue;
      line_ = keys[i].line;
      return Fail("key " + Quote(keys[i].key) + " is there twice, first in line " + std::to_string(keys[i - 1].line));
    }
    return Take(events_->EndObject());
  }
  bool start_array(std::size_t) override { return Deeper() && Take(events_->StartArray(Line())); }
  bool end_array() override {
    --depth_;
    return Take(events_->EndArray());
  }
  bool parse_error(std::size_t, const std::string& last_token, const nlohmann::detail::exception& error) override {
    Line();
    if (error.id == 406) return Fail("found " + Quote(last_token) + ", a number past the range of a double");
    // The library's text is "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error …; …".
    std::string_view why = error.what();
    if (const std::size_t at = why.find(": "); at != std::string_view::npos) why.remove_prefix(at + 2);
    return Fail("not JSON: " + Printable(why));
  }

  const Status& status() const { return status_; }

 private:
  struct SeenKey {
    std::string key;
    int line;
    auto operator<=>(const SeenKey&) const = default;
  };

  int Line() {
    line_ += static_cast<int>(std::count(counted_, read_up_to, '\n'));
    counted_ = read_up_to;
    return line_;
  }
  // The lexer has read the byte after a number, which may be a line's end.
  int NumberLine() {
    const int line = Line();
    return read_up_to[-1] == '\n' ? line - 1 : line;
  }
  bool Deeper() {
    if (++depth_ <= max_depth_) return true;
    Line();
    return Fail("more than " + std::to_string(max_depth_) + " objects and arrays within each other");
  }
  bool Take(Status status) {
    if (status.ok()) return true;
    status_ = std::move(status);
    return false;
  }
  bool Fail(const std::string& why) {
    status_ = Status::BadData(std::string(origin_) + " line " + std::to_string(line_) + ": " + why);
    return false;
  }

  const char* counted_;
  int line_ = 1;
  std::string_view origin_;
  int max_depth_;
  int depth_ = 0;
  JsonEvents* events_;
  std::vector<std::vector<SeenKey>> keys_;
  Status status_;
};

class TreeBuilder : public JsonEvents {
 public:
  Json root;

  Status Null(int) override { return Add(nullptr); }
  Status Bool(bool value, int) override { return Add(value); }
  Status Integer(std::int64_t value, int) override { return Add(value); }
  Status Unsigned(std::uint64_t value, int) override { return Add(value); }
  Status Number(double value, int) override { return Add(value); }
  Status Text(std::string value, int) override { return Add(std::move(value)); }
  Status Key(std::string key, int) override {
    key_ = std::move(key);
    return Status::Ok();
  }
  Status StartObject(int) override { return Open(Json::object()); }
  Status EndObject() override { return Close(); }
  Status StartArray(int) override { return Open(Json::array()); }
  Status EndArray() override { return Close(); }

 private:
  Status Add(Json value) {
    if (open_.empty()) {
      root = std::move(value);
    } else {
      Place(std::move(value));
    }
    return Status::Ok();
  }
  Json* Place(Json value) {
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    // The vector under the ordered map: its own insert looks through all keys each time; these are known to differ.
    using Container = Json::object_t::Container;
    Container& members = parent.get_ref<Json::object_t&>();
    members.emplace_back(std::move(key_), std::move(value));
    return &members.back().second;
  }
  // Pointers into parents stay good: a parent grows only when its open child is closed.
  Status Open(Json value) {
    if (open_.empty()) {
      root = std::move(value);
      open_.push_back(&root);
    } else {
      open_.push_back(Place(std::move(value)));
    }
    return Status::Ok();
  }
  Status Close() {
    open_.pop_back();
    return Status::Ok();
  }

  std::string key_;
  std::vector<Json*> open_;
};

template <class Float>
std::string FormatFloat(Float value) {
  if (!std::isfinite(value)) return "null";
  std::string text = FormatNumber(value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void Append(const Json& json, int indent, int depth, std::string* out) {
  const auto new_line = [&](int level) {
    if (indent < 0) return;
    out->push_back('\n');
    out->append(static_cast<std::size_t>(indent * level), ' ');
  };
  switch (json.type()) {
    case Json::value_t::number_float:
      *out += FormatJsonNumber(json.get<double>());
      return;
    case Json::value_t::string:
      *out += FormatJsonText(json.get_ref<const std::string&>());
      return;
    case Json::value_t::object: {
      *out += '{';
      bool first = true;
      for (const auto& [key, value] : json.get_ref<const Json::object_t&>()) {
        if (!first) *out += indent < 0 ? ", " : ",";
        first = false;
        new_line(depth + 1);
        *out += FormatJsonText(key);
        *out += ": ";
        Append(value, indent, depth + 1, out);
      }
      if (!first) new_line(depth);
      *out += '}';
      return;
    }
    case Json::value_t::array: {
      *out += '[';
      bool first = true;
      for (const Json& value : json) {
        // A list of plain values stays on one line.
        if (!first) *out += indent < 0 || !value.is_structured() ? ", " : ",";
        first = false;
        if (value.is_structured()) new_line(depth + 1);
        Append(value, indent, depth + 1, out);
      }
      if (!json.empty() && json.back().is_structured()) new_line(depth);
      *out += ']';
      return;
    }
    default:
      *out += json.dump();
  }
}

}  // namespace

Status ParseJsonEvents(std::string_view text, std::string_view origin, JsonEvents* events, JsonLimits limits) {
  if (text.size() > limits.max_bytes) {
    return Status::BadData(std::string(origin) + ": " + std::to_string(text.size()) + " bytes, expected at most " +
                           std::to_string(limits.max_bytes));
  }
  Bounded sax(text, origin, limits.max_depth, events);
  try {
    const TrackedInput begin{text.data(), &sax.read_up_to};
    const TrackedInput end{text.data() + text.size(), &sax.read_up_to};
    if (Json::sax_parse(begin, end, &sax)) return Status::Ok();
  } catch (const std::exception& error) {
    return Status::BadData(std::string(origin) + ": cannot be read as JSON: " + error.what());
  }
  if (!sax.status().ok()) return sax.status();
  return Status::BadData(std::string(origin) + ": not JSON");
}

Result<Json> ParseJson(std::string_view text, std::string_view origin, JsonLimits limits) {
  TreeBuilder builder;
  THALWEG_RETURN_IF_ERROR(ParseJsonEvents(text, origin, &builder, limits));
  return std::move(builder.root);
}

std::string FormatJson(const Json& json, int indent) {
  std::string out;
  Append(json, indent, 0, &out);
  return out;
}

std::string FormatJsonText(std::string_view text) {
  const nlohmann::json value(text);
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string FormatJsonNumber(double value) { return FormatFloat(value); }
std::string FormatJsonNumber(float value) { return FormatFloat(value); }

double AsPrinted(float value) {
  return std::isfinite(value) ? ParseNumber(FormatNumber(value)).value_or(value) : double{value};
}

}  // namespace thalweg
