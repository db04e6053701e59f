#include "nn/parameter_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <new>
#include <utility>

#include "base/random.h"
#include "base/strings.h"

namespace thalweg {
namespace {

constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 40;
constexpr std::size_t kChunk = std::size_t{1} << 16;  // elements of one task; a multiple of 4

}  // namespace

Result<Parameter*> ParameterList::Add(Parameter parameter, const PartSpec& initializer) {
  const std::int64_t first = parameter.shape.front();
  const std::int64_t rows = parameter.shape.size() > 1 ? first : 1;
  const std::int64_t cols = parameter.shape.size() > 1 ? parameter.shape[1] : first;
  if (rows < 1 || cols < 1 || static_cast<std::uint64_t>(rows) > kMaxElements / static_cast<std::uint64_t>(cols)) {
    return Status::BadConfig(
        fmt::format("the parameter {} would have {} × {} elements; at most 2^40 are possible: use "
                    "fewer buckets or units",
                    parameter.name, rows, cols));
  }
  const Fans fans = {static_cast<std::size_t>(rows), static_cast<std::size_t>(cols)};
  auto entry = std::make_unique<Entry>();
  THALWEG_ASSIGN_OR_RETURN(entry->initializer, MakeInitializer(initializer, fans, parameter.name));
  parameter.value = {nullptr, fans.in, fans.out, fans.out};
  entry->parameter = std::move(parameter);
  entries_.push_back(std::move(entry));
  return &entries_.back()->parameter;
}

Parameter* ParameterList::Find(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry->parameter.name == name; });
  return found == entries_.end() ? nullptr : &(*found)->parameter;
}

Status ParameterList::Sort() {
  std::sort(entries_.begin(), entries_.end(),
            [](const auto& a, const auto& b) { return a->parameter.name < b->parameter.name; });
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    const std::string& name = entries_[i]->parameter.name;
    if (name != entries_[i - 1]->parameter.name) continue;
    return Status::BadConfig(fmt::format(
        "columns: two columns would both own the variable {}: in the names of variables every character outside "
        "A-Z, a-z, 0-9, _, . and - becomes _; give one of the two columns another name",
        Quote(name, 200)));
  }
  return Status::Ok();
}

Status ParameterList::Allocate(std::uint64_t seed, ThreadPool* pool) {
  struct Chunk {
    const Entry* entry;
    float* data;
    std::size_t begin, size;
    std::uint64_t stream;
  };
  std::vector<Chunk> chunks;
  for (const auto& entry : entries_) {
    Parameter& parameter = entry->parameter;
    try {
      parameter.storage.Resize(parameter.value.rows, parameter.value.cols);
    } catch (const std::bad_alloc&) {
      return Status::BadConfig(
          fmt::format("no memory for the parameter {} ({} × {} numbers): use fewer buckets or units", parameter.name,
                      parameter.value.rows, parameter.value.cols));
    }
    parameter.value = parameter.storage.view();
    const std::uint64_t stream = StreamOf(parameter.name);
    for (std::size_t begin = 0; begin < parameter.storage.size(); begin += kChunk) {
      const std::size_t size = std::min(kChunk, parameter.storage.size() - begin);
      chunks.push_back({entry.get(), parameter.storage.data() + begin, begin, size, stream});
    }
  }
  const auto fill = [&](std::size_t i, int) {
    const Chunk& chunk = chunks[i];
    chunk.entry->initializer->Fill(seed, chunk.stream, chunk.begin, {chunk.data, chunk.size});
  };
  if (pool != nullptr) {
    pool->ParallelFor(chunks.size(), fill);
  } else {
    for (std::size_t i = 0; i < chunks.size(); ++i) fill(i, 0);
  }
  return Status::Ok();
}

std::string VariableScope(std::string_view column, bool path) {
  std::string scope(column);
  for (char& c : scope) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || (path && c == '/');
    if (!kept) c = '_';
  }
  return scope;
}

}  // namespace thalweg
