// Any bytes are a graph of TensorFlow that is read as a model, or an error. Variables are those that the graph itself names.
#include <cstdint>
#include <string>

#include "migrate/graph_model.h"

namespace {

using namespace thalweg;

class Named final : public TensorBundle {
 public:
  explicit Named(const TfGraph& graph) {
    for (const auto& node : graph.nodes()) {
      if (node->op != "VarHandleOp") continue;
      Entry entry;
      entry.shape = node->Shape("shape").value_or(std::vector<std::int64_t>{});
      entries_.emplace(node->name, entry);
    }
  }
  const std::map<std::string, Entry, std::less<>>& entries() const override { return entries_; }
  Status ReadFloats(std::string_view, std::span<float>) const override { return Status::Ok(); }
  Result<std::int64_t> ReadInteger(std::string_view) const override { return std::int64_t{0}; }

 private:
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<std::unique_ptr<TfGraph>> graph = TfGraph::FromBytes({data, size}, nullptr);
  if (!graph.ok()) return 0;
  const Named variables(**graph);
  static_cast<void>(ReadGraphModel(**graph, variables, "/nonexistent"));
  return 0;
}
