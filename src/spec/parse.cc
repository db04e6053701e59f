// Trees to specs: types, ranges and names of keys. What a kind's parameters may be, and whether columns exist, is known
// to higher rooms.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/strings.h"
#include "spec/keys.h"
#include "spec/tree.h"

namespace thalweg {
namespace {

// The first error of a spec.
struct Errors {
  std::string_view origin;
  Status status;

  void Add(int line, const std::string& message) {
    if (status.ok()) status = Status::BadConfig(Where(origin, line) + message);
  }
  bool Take(Status other) {
    if (!other.ok() && status.ok()) status = std::move(other);
    return status.ok();
  }
};

std::string Found(const Node& node) {
  if (node.is_list()) return "a list";
  if (node.is_table()) return "a table";
  if (node.is_text()) return Quote(std::get<std::string>(node.value));
  if (const auto* boolean = std::get_if<bool>(&node.value)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&node.value)) return FormatInteger(*integer);
  const std::string text = FormatNumber(std::get<double>(node.value));
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

// Of a text, a number or a boolean: what a cell of CSV would be.
std::string TextOf(const Node& node) { return node.is_text() ? std::get<std::string>(node.value) : Found(node); }

const Node* FindIn(const Node& table, std::string_view key) {
  if (!table.is_table()) return nullptr;
  for (const auto& [name, node] : table.table()) {
    if (name == key) return &node;
  }
  return nullptr;
}

// Of a key in a table, or of the table where it has no such key.
int LineOf(const Node& table, std::string_view key) {
  const Node* node = FindIn(table, key);
  return node != nullptr ? node->line : table.line;
}

// Reads the keys of one table into *object. The first error is kept in *errors; then values no longer matter.
template <class T>
class ReadKeys {
 public:
  // `path` is "" for the whole spec; `what` ends "… is not a key of ".
  ReadKeys(const Node& table, std::string path, std::string what, Errors* errors, T* object)
      : table_(table), path_(std::move(path)), what_(std::move(what)), errors_(errors), object_(object) {}

  void Bool(const char* name, bool T::*member) {
    if (const Node* node = Find(name)) Take<bool>(*node, name, "true or false", &(object_->*member));
  }
  void Integer(const char* name, std::int64_t T::*member, std::int64_t min, std::int64_t max) {
    const Node* node = Find(name);
    if (node == nullptr || !Take<std::int64_t>(*node, name, "an integer", &(object_->*member))) return;
    CheckInteger(*node, name, object_->*member, min, max);
  }
  void Number(const char* name, double T::*member, NumberRange range) {
    const Node* node = Find(name);
    double value = 0;
    if (node == nullptr || !TakeNumber(*node, name, &value)) return;
    if (!(value >= range.min && (range.below_max ? value < range.max : value <= range.max))) {
      Fail(*node, name,
           "found " + Found(*node) + ", expected a number in [" + FormatNumber(range.min) + ", " +
               FormatNumber(range.max) + (range.below_max ? ")" : "]"));
    }
    object_->*member = value;
  }
  void OptionalNumber(const char* name, std::optional<double> T::*member) {
    const Node* node = Find(name);
    double value = 0;
    if (node != nullptr && TakeNumber(*node, name, &value)) object_->*member = value;
  }
  void Text(const char* name, std::string T::*member) {
    if (const Node* node = Find(name)) Take<std::string>(*node, name, "a text", &(object_->*member));
  }
  void Choice(const char* name, std::string T::*member, const char* choices) {
    const Node* node = Find(name);
    if (node == nullptr || !Take<std::string>(*node, name, "a text", &(object_->*member))) return;
    CheckChoice(*node, name, object_->*member, choices);
  }
  void Type(const char* name, DType T::*member) {
    const Node* node = Find(name);
    std::string text;
    if (node == nullptr || !Take<std::string>(*node, name, "a text", &text)) return;
    CheckChoice(*node, name, text, "number integer text");
    for (const DType dtype : {DType::kNumber, DType::kInteger, DType::kText}) {
      if (text == DTypeName(dtype)) object_->*member = dtype;
    }
  }
  void Byte(const char* name, std::string T::*member) {
    const Node* node = Find(name);
    if (node == nullptr || !Take<std::string>(*node, name, "a text", &(object_->*member))) return;
    const std::string& text = object_->*member;
    if (text.size() > 1 || text.find_first_of(std::string_view("\n\r\"\0", 4)) != std::string::npos) {
      Fail(*node, name, "found " + Quote(text) + ", expected one byte, neither a quotation mark nor a line's end");
    }
  }
  void Integers(const char* name, std::vector<std::int64_t> T::*member, std::int64_t min, std::int64_t max,
                std::size_t most) {
    const NodeList* list = List(name, "a list of integers");
    if (list == nullptr) return;
    if (list->size() > most) {
      Fail(*Find(name), name,
           "found " + std::to_string(list->size()) + " of them, expected at most " + std::to_string(most));
    }
    for (const Node& element : *list) {
      std::int64_t value = 0;
      if (!Take<std::int64_t>(element, name, "integers", &value)) return;
      CheckInteger(element, name, value, min, max);
      (object_->*member).push_back(value);
    }
  }
  // A value of rows: 1 and true stand for their texts.
  void Value(const char* name, std::string T::*member) {
    const Node* node = Find(name);
    if (node == nullptr) return;
    if (node->is_list() || node->is_table()) return Fail(*node, name, "found " + Found(*node) + ", expected a text");
    object_->*member = TextOf(*node);
  }
  // Values of rows, each once.
  void Distinct(const char* name, std::vector<std::string> T::*member) { Texts(name, member, false); }
  // Distinct, or how many there are: 3 stands for 0, 1 and 2.
  void Classes(const char* name, std::vector<std::string> T::*member) {
    const Node* node = Find(name);
    const auto* number = node == nullptr ? nullptr : std::get_if<std::int64_t>(&node->value);
    if (number == nullptr) return Distinct(name, member);
    if (*number < 2 || *number > kMaxClasses) return CheckInteger(*node, name, *number, 2, kMaxClasses);
    for (std::int64_t i = 0; i < *number; ++i) (object_->*member).push_back(FormatInteger(i));
  }
  // Each once, and none empty.
  void Names(const char* name, std::vector<std::string> T::*member) { Texts(name, member, true); }

  // A kind by itself, or a table with its kind and parameters.
  void Part(const char* name, PartSpec T::*member) {
    const Node* node = Find(name);
    if (node == nullptr) return;
    PartSpec& part = object_->*member;
    if (node->is_text()) {
      part.kind = std::get<std::string>(node->value);
    } else if (!node->is_table()) {
      Fail(*node, name, "found " + Found(*node) + ", expected a kind, or a table with a kind and parameters");
    } else {
      ReadPart(node->table(), Path(name), &part.kind, &part.params);
    }
  }
  template <class U, class Keys>
  void Table(const char* name, U T::*member, const Keys& keys) {
    const Node* node = Find(name);
    if (node == nullptr) return;
    if (!node->is_table()) return Fail(*node, name, "found " + Found(*node) + ", expected a table");
    ReadKeys<U> inner(*node, Path(name), "[" + Path(name) + "]", errors_, &(object_->*member));
    keys(inner);
    inner.Finish();
  }
  void Label(const char* name, LabelSpec T::*member) {
    const Node* node = Find(name);
    if (node != nullptr && node->is_text()) {
      (object_->*member).name = std::get<std::string>(node->value);
    } else {
      Table(name, member, [](auto& keys) { LabelKeys(keys); });
    }
  }
  void Fields(const char* name, std::vector<FieldSpec> T::*member) {
    ForEach(name, "a table of fields", [&](const std::string& field, const Node& node) {
      FieldSpec spec;
      spec.name = field;
      ReadField(node, Path(name) + "." + field, &spec);
      (object_->*member).push_back(std::move(spec));
    });
  }
  void Columns(const char* name, std::vector<ColumnSpec> T::*member) {
    std::vector<ColumnSpec>& columns = object_->*member;
    ForEach(name, "a table of columns", [&](const std::string& column, const Node& node) {
      ColumnSpec spec;
      spec.name = column;
      const std::string path = Path(name) + "." + column;
      if (node.is_text()) {
        spec.kind = std::get<std::string>(node.value);
      } else if (!node.is_table()) {
        return errors_->Add(node.line, path + ": found " + Found(node) + ", expected a kind, or a table with a kind");
      } else {
        ReadPart(node.table(), path, &spec.kind, &spec.params);
      }
      if (spec.kind.empty()) errors_->Add(node.line, path + ": a column needs a kind: see `thalweg kinds columns`");
      columns.push_back(std::move(spec));
    });
    std::sort(columns.begin(), columns.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  }
  void Fitted(const char* name, std::map<std::string, Params, std::less<>> T::*member) {
    ForEach(name, "a table of columns", [&](const std::string& column, const Node& node) {
      const std::string path = Path(name) + "." + column;
      if (!node.is_table()) return errors_->Add(node.line, path + ": found " + Found(node) + ", expected a table");
      Result<Params> params = ParamsOf(node.table(), path, false, errors_->origin);
      if (errors_->Take(params.status())) (object_->*member)[column] = std::move(params).value();
    });
  }

  // Keys that none of the above asked for.
  void Finish() {
    for (const auto& [key, node] : table_.table()) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      return errors_->Add(node.line, UnknownName(key, "key of " + what_, known_));
    }
  }

 private:
  std::string Path(const char* name) const { return path_.empty() ? name : path_ + "." + name; }
  void Fail(const Node& node, const char* name, const std::string& why) {
    errors_->Add(node.line, Path(name) + ": " + why);
  }
  const Node* Find(const char* name) {
    if (known_.empty() || known_.back() != name) known_.emplace_back(name);
    return FindIn(table_, name);
  }
  template <class U>
  bool Take(const Node& node, const char* name, const char* expected, U* out) {
    if (const U* value = std::get_if<U>(&node.value)) {
      *out = *value;
      return true;
    }
    Fail(node, name, "found " + Found(node) + ", expected " + expected);
    return false;
  }
  bool TakeNumber(const Node& node, const char* name, double* out) {
    if (const auto* integer = std::get_if<std::int64_t>(&node.value)) {
      *out = static_cast<double>(*integer);
      return true;
    }
    return Take<double>(node, name, "a number", out);
  }
  void CheckInteger(const Node& node, const char* name, std::int64_t value, std::int64_t min, std::int64_t max) {
    if (value >= min && value <= max) return;
    Fail(node, name,
         "found " + Found(node) + ", expected " +
             (value < min ? "at least " + FormatInteger(min) : "at most " + FormatInteger(max)));
  }
  void CheckChoice(const Node& node, const char* name, const std::string& text, const char* choices) {
    const std::vector<std::string> known = Split(choices, ' ');
    if (text.empty() || std::find(known.begin(), known.end(), text) != known.end()) return;
    Fail(node, name, UnknownName(text, "choice", known));
  }
  const NodeList* List(const char* name, const char* expected) {
    const Node* node = Find(name);
    if (node == nullptr) return nullptr;
    if (!node->is_list()) Fail(*node, name, "found " + Found(*node) + ", expected " + expected);
    return std::get_if<NodeList>(&node->value);
  }
  void Texts(const char* name, std::vector<std::string> T::*member, bool are_names) {
    const NodeList* list = List(name, "a list of texts");
    if (list == nullptr) return;
    std::set<std::string> seen;
    for (const Node& element : *list) {
      std::string text;
      if (are_names || element.is_list() || element.is_table()) {
        if (!Take<std::string>(element, name, "texts", &text)) return;
      } else {
        text = TextOf(element);
      }
      if (are_names && text.empty()) return Fail(element, name, "found an empty name");
      if (!seen.insert(text).second) {
        return Fail(element, name, Quote(text) + " is there twice");
      }
      (object_->*member).push_back(std::move(text));
    }
  }
  void ReadPart(const NodeTable& table, const std::string& path, std::string* kind, Params* params) {
    for (const auto& [key, node] : table) {
      if (key != "kind") continue;
      if (!node.is_text()) return errors_->Add(node.line, path + ".kind: found " + Found(node) + ", expected a text");
      *kind = std::get<std::string>(node.value);
    }
    Result<Params> read = ParamsOf(table, path, true, errors_->origin);
    if (errors_->Take(read.status())) *params = std::move(read).value();
  }
  void ReadField(const Node& node, const std::string& path, FieldSpec* field) {
    if (!node.is_table()) return errors_->Add(node.line, path + ": found " + Found(node) + ", expected a table");
    ReadKeys<FieldSpec> keys(node, path, "[fields.NAME]", errors_, field);
    FieldKeys(keys);
    keys.Finish();
    if (!field->list_separator.empty() && !field->many) {
      errors_->Add(LineOf(node, "separator"),
                   path + ".separator: splits a cell into many, but the field has not many = true");
    }
    if (field->default_number && field->dtype == DType::kText) {
      errors_->Add(LineOf(node, "default"),
                   path + ".default: stands in for a missing number, but the field has not type = \"number\"");
    }
  }
  template <class Body>
  void ForEach(const char* name, const char* expected, const Body& body) {
    const Node* node = Find(name);
    if (node == nullptr) return;
    if (!node->is_table()) return Fail(*node, name, "found " + Found(*node) + ", expected " + expected);
    if (node->table().size() > kMaxColumns) {
      return Fail(*node, name,
                  "found " + std::to_string(node->table().size()) + " of them, expected at most " +
                      std::to_string(kMaxColumns));
    }
    for (const auto& [key, child] : node->table()) {
      if (key.empty()) return Fail(child, name, "found an empty name");
      body(key, child);
    }
  }

  const Node& table_;
  std::string path_;
  std::string what_;
  Errors* errors_;
  T* object_;
  std::vector<std::string> known_;
};

// Classes that fit the task, where it is given.
void CheckLabel(const Node& root, const ModelSpec& spec, Errors* errors) {
  const LabelSpec& label = spec.label;
  const std::size_t classes = label.classes.size();
  const Node* table = FindIn(root, "label");
  if (table == nullptr) return;
  const int classes_line = LineOf(*table, "classes");
  const int positive_line = LineOf(*table, "positive");
  if (label.indicator && !spec.task.empty() && spec.task != "multilabel") {
    errors->Add(LineOf(*table, "indicator"), "label.indicator: only a multilabel task has it, and this task is " + spec.task);
  }
  if (classes > 0 && HasNumberLabels(spec.task)) {
    errors->Add(classes_line, "label.classes: a " + spec.task + " has none; take the key out, or change the task");
  } else if (classes > 0 && spec.task == "binary" && classes != 2) {
    errors->Add(classes_line, "label.classes: found " + std::to_string(classes) + ", expected 2 for a binary task");
  } else if (classes == 1) {
    errors->Add(classes_line, "label.classes: found 1, expected at least 2");
  }
  if (label.positive.empty()) return;
  if (!spec.task.empty() && spec.task != "binary") {
    errors->Add(positive_line, "label.positive: only a binary task has one, and this task is " + spec.task);
  } else if (classes > 0 &&
             std::find(label.classes.begin(), label.classes.end(), label.positive) == label.classes.end()) {
    errors->Add(positive_line, "label.positive: " + UnknownName(label.positive, "class", label.classes));
  }
}

}  // namespace

Result<ModelSpec> SpecOf(const Node& root, std::string_view origin) {
  ModelSpec spec;
  Errors errors{origin, {}};
  ReadKeys<ModelSpec> keys(root, "", "the spec", &errors, &spec);
  ModelKeys(keys);
  keys.Finish();
  CheckLabel(root, spec, &errors);
  if (!errors.status.ok()) return errors.status;
  return spec;
}

}  // namespace thalweg
