#include <utility>

#include "base/json.h"
#include "spec/node.h"

namespace thalweg {
namespace {

class NodeBuilder : public JsonEvents {
 public:
  explicit NodeBuilder(std::string_view origin) : origin_(origin) {}
  Node root;

  Status Null(int line) override {
    return Status::BadConfig(Where(origin_, line) + "found null, expected a value: leave out what is not there");
  }
  Status Bool(bool value, int line) override { return Add({value, line}); }
  Status Integer(std::int64_t value, int line) override { return Add({value, line}); }
  Status Unsigned(std::uint64_t value, int line) override {
    return Status::BadConfig(Where(origin_, line) + "found " + std::to_string(value) + ", an integer past 64 bits");
  }
  Status Number(double value, int line) override { return Add({value, line}); }
  Status Text(std::string value, int line) override { return Add({std::move(value), line}); }
  Status Key(std::string key, int line) override {
    key_ = std::move(key);
    key_line_ = line;
    return Status::Ok();
  }
  Status StartObject(int line) override { return Open({NodeTable{}, line}); }
  Status EndObject() override { return Close(); }
  Status StartArray(int line) override { return Open({NodeList{}, line}); }
  Status EndArray() override { return Close(); }

 private:
  Status Add(Node node) {
    if (++values_ > kMaxSpecValues) {
      return Status::BadConfig(Where(origin_, node.line) + "more than " + std::to_string(kMaxSpecValues) + " values");
    }
    Place(std::move(node));
    return Status::Ok();
  }
  Node* Place(Node node) {
    if (open_.empty()) {
      root = std::move(node);
      return &root;
    }
    if (open_.back()->is_list()) return &std::get<NodeList>(open_.back()->value).emplace_back(std::move(node));
    node.line = key_line_;
    return &open_.back()->table().emplace_back(std::move(key_), std::move(node)).second;
  }
  // A parent grows only once its open child is closed, so the pointers stay good.
  Status Open(Node node) {
    if (++values_ > kMaxSpecValues) return Add(std::move(node));
    open_.push_back(Place(std::move(node)));
    return Status::Ok();
  }
  Status Close() {
    open_.pop_back();
    return Status::Ok();
  }

  std::string_view origin_;
  std::string key_;
  int key_line_ = 0;
  std::size_t values_ = 0;
  std::vector<Node*> open_;
};

}  // namespace

Result<Node> ReadJson(std::string_view text, std::string_view origin) {
  NodeBuilder builder(origin);
  const JsonLimits limits{.max_bytes = kMaxSpecBytes, .max_depth = kMaxSpecDepth};
  const Status status = ParseJsonEvents(text, origin, &builder, limits);
  if (!status.ok()) return Status::BadConfig(status.message());
  if (!builder.root.is_table()) return Status::BadConfig(std::string(origin) + ": expected a JSON object");
  return std::move(builder.root);
}

}  // namespace thalweg
