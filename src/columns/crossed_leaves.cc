#include "columns/crossed_leaves.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/strings.h"

namespace thalweg {
namespace {

constexpr std::string_view kColumnPrefix = "column:";

template <class List>
std::size_t IndexOf(const std::string& name, List* list) {
  const auto found = std::find(list->begin(), list->end(), name);
  const auto index = static_cast<std::size_t>(found - list->begin());
  if (found == list->end()) list->push_back(name);
  return index;
}

class Resolver {
 public:
  Resolver(const ColumnSpec& top, const ModelSpec& spec) : top_(top), spec_(spec) {}

  Result<CrossLeaves> Run() {
    THALWEG_RETURN_IF_ERROR(Add(top_));
    const auto sparse = [&](const CrossLeaf& leaf) {
      const FieldSpec* field = leaf.is_field ? FindSettledField(spec_, found_.fields[leaf.index]) : nullptr;
      return field == nullptr || !field->dense;
    };
    std::stable_partition(found_.leaves.begin(), found_.leaves.end(), sparse);
    return std::move(found_);
  }

 private:
  Status Error(const std::string& what) const { return Status::BadConfig(fmt::format("columns.{}.keys: {}", top_.name, what)); }
  Status TooMany() const { return Error(fmt::format("more than {} leaves", kMaxLeaves)); }

  Status Add(const ColumnSpec& cross) {
    if (std::find(path_.begin(), path_.end(), cross.name) != path_.end()) {
      return Error(fmt::format("{} is crossed with its own output", Quote(cross.name)));
    }
    if (path_.size() == kMaxLeaves) return TooMany();   // each of the crosses on the way here has one leaf more to come
    const std::vector<std::string> keys = GetTexts(cross.params, "keys");
    if (keys.size() < 2) return Error(fmt::format("found {} keys, expected at least two", keys.size()));
    path_.push_back(cross.name);
    for (const std::string& key : keys) THALWEG_RETURN_IF_ERROR(AddKey(key));
    path_.pop_back();
    return Status::Ok();
  }

  Status AddKey(const std::string& key) {
    const bool surely = key.rfind(kColumnPrefix, 0) == 0;
    const std::string name = surely ? key.substr(kColumnPrefix.size()) : key;
    const ColumnSpec* column = FindSettledColumn(spec_, name);
    if (surely && column == nullptr) {
      std::vector<std::string> known;
      for (const ColumnSpec& c : spec_.columns) known.push_back(c.name);
      return Error(UnknownName(name, "column", known));
    }
    if (column != nullptr && column->kind == "crossed") return Add(*column);
    const bool categorical = column != nullptr && (column->kind == "vocabulary_list" || column->kind == "vocabulary_file" || column->kind == "identity");
    const bool as_column = column != nullptr && (surely || column->kind == "bucketized" || (categorical && FieldOf(*column) != name));
    if (!as_column && column != nullptr && !categorical && (column->kind == "numeric" || column->kind == "hash_bucket") && FieldOf(*column) != name) {
      return Error(fmt::format("{} is a {} column; cross its field {} instead", Quote(name), column->kind, Quote(FieldOf(*column))));
    }
    if (!as_column && column != nullptr && (column->kind == "weighted" || column->kind == "indicator" || column->kind == "embedding")) {
      return Error(fmt::format("{} is a {} column, which cannot be crossed", Quote(name), column->kind));
    }
    if (as_column && !categorical && column->kind != "bucketized") {
      return Error(fmt::format("{} is a {} column; only vocabulary, identity, bucketized and crossed columns can be crossed{}", Quote(name),
                               column->kind, column->kind == "hash_bucket" ? "; name its field instead" : ""));
    }
    found_.leaves.push_back(as_column ? CrossLeaf{false, IndexOf(name, &found_.columns)} : CrossLeaf{true, IndexOf(name, &found_.fields)});
    if (found_.leaves.size() > kMaxLeaves) return TooMany();
    return Status::Ok();
  }

  const ColumnSpec& top_;
  const ModelSpec& spec_;
  std::vector<std::string> path_;
  CrossLeaves found_;
};

}  // namespace

Result<CrossLeaves> LeavesOf(const ColumnSpec& column, const ModelSpec& spec) { return Resolver(column, spec).Run(); }

}  // namespace thalweg
