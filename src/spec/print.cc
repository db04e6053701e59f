// Specs to trees.
#include <optional>
#include <type_traits>
#include <utility>

#include "spec/keys.h"
#include "spec/tree.h"

namespace thalweg {
namespace {

// Appends the keys of *object to *out. Empty texts and lists say what their absence says, so they are always left out.
template <class T>
class WriteKeys {
 public:
  WriteKeys(const T& object, Detail detail, NodeTable* out) : object_(object), detail_(detail), out_(out) {}

  void Bool(const char* name, bool T::*member) { Put(name, member); }
  void Integer(const char* name, std::int64_t T::*member, std::int64_t, std::int64_t) { Put(name, member); }
  void Number(const char* name, double T::*member, NumberRange) { Put(name, member); }
  void OptionalNumber(const char* name, std::optional<double> T::*member) {
    if (object_.*member) Append(name, *(object_.*member));
  }
  void Text(const char* name, std::string T::*member) {
    if (!(object_.*member).empty()) Put(name, member);
  }
  void Value(const char* name, std::string T::*member) { Text(name, member); }
  void Choice(const char* name, std::string T::*member, const char*) { Text(name, member); }
  void Byte(const char* name, std::string T::*member) { Text(name, member); }
  void Type(const char* name, DType T::*member) { Append(name, std::string(DTypeName(object_.*member))); }
  void Integers(const char* name, std::vector<std::int64_t> T::*member, std::int64_t, std::int64_t, std::size_t) {
    List(name, object_.*member);
  }
  void Classes(const char* name, std::vector<std::string> T::*member) { List(name, object_.*member); }
  void Distinct(const char* name, std::vector<std::string> T::*member) { List(name, object_.*member); }
  void Names(const char* name, std::vector<std::string> T::*member) { List(name, object_.*member); }
  void Part(const char* name, PartSpec T::*member) {
    const PartSpec& part = object_.*member;
    if (part == PartSpec{}) return;
    if (part.params.empty() && detail_ == Detail::kShort) return Append(name, part.kind);
    NodeTable table;
    if (!part.kind.empty()) table.emplace_back("kind", Node{part.kind});
    AppendParams(part.params, &table);
    Append(name, std::move(table));
  }
  template <class U, class Keys>
  void Table(const char* name, U T::*member, const Keys& write) {
    NodeTable table;
    WriteKeys<U> inner(object_.*member, detail_, &table);
    write(inner);
    if (!table.empty()) Append(name, std::move(table));
  }
  void Label(const char* name, LabelSpec T::*member) {
    Table(name, member, [](auto& keys) { LabelKeys(keys); });
  }
  void Fields(const char* name, std::vector<FieldSpec> T::*member) {
    NodeTable all;
    for (const FieldSpec& field : object_.*member) {
      NodeTable table;
      WriteKeys<FieldSpec> inner(field, detail_, &table);
      FieldKeys(inner);
      all.emplace_back(field.name, Node{std::move(table)});
    }
    if (!all.empty()) Append(name, std::move(all));
  }
  void Columns(const char* name, std::vector<ColumnSpec> T::*member) {
    NodeTable all;
    for (const ColumnSpec& column : object_.*member) {
      NodeTable table;
      table.emplace_back("kind", Node{column.kind});
      AppendParams(column.params, &table);
      all.emplace_back(column.name, Node{std::move(table)});
    }
    if (!all.empty()) Append(name, std::move(all));
  }
  void Fitted(const char* name, std::map<std::string, Params, std::less<>> T::*member) {
    if (detail_ == Detail::kShort || (object_.*member).empty()) return;
    NodeTable all;
    for (const auto& [column, params] : object_.*member) {
      NodeTable table;
      AppendParams(params, &table);
      all.emplace_back(column, Node{std::move(table)});
    }
    Append(name, std::move(all));
  }

 private:
  template <class U>
  void Append(const char* name, U value) {
    out_->emplace_back(name, Node{std::move(value)});
  }
  template <class U>
  void Put(const char* name, U T::*member) {
    if (detail_ == Detail::kWhole || object_.*member != defaults_.*member) Append(name, object_.*member);
  }
  template <class U>
  void List(const char* name, const std::vector<U>& list) {
    if (list.empty()) return;
    NodeList nodes;
    for (const U& element : list) nodes.push_back(Node{element});
    Append(name, std::move(nodes));
  }

  const T& object_;
  const T defaults_{};
  Detail detail_;
  NodeTable* out_;
};

}  // namespace

Node TreeOf(const ModelSpec& spec, Detail detail) {
  NodeTable table;
  WriteKeys<ModelSpec> keys(spec, detail, &table);
  ModelKeys(keys);
  return Node{std::move(table)};
}

}  // namespace thalweg
