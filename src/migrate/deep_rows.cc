#include "migrate/deep_rows.h"

#include <algorithm>
#include <map>

#include "base/strings.h"

namespace thalweg {

Result<std::vector<std::size_t>> DeepRows(const FeaturePlan& plan, std::span<const std::string> order) {
  std::map<std::string, std::size_t> begin, width;
  for (const ColumnUse& use : plan.deep()) width[use.column] = use.width;
  std::size_t end = 0;
  for (const std::string& column : order) {
    if (!begin.emplace(column, end).second) return Status::BadData("the network takes the column " + Quote(column) + " twice");
    end += width[column];
  }
  if (begin.size() != width.size()) return Status::BadData("the network takes other columns than its spec says");
  std::vector<std::size_t> rows;
  bool moved = false;
  for (const ColumnUse& use : plan.deep()) {
    const std::size_t from = begin.at(use.column);
    moved = moved || from != rows.size();
    for (std::size_t i = 0; i < use.width; ++i) rows.push_back(from + i);
  }
  if (!moved) rows.clear();
  return rows;
}

void TakeRows(std::span<const std::size_t> rows, std::span<const float> there, std::span<float> here) {
  const std::size_t cols = here.size() / rows.size();
  for (std::size_t r = 0; r < rows.size(); ++r) std::copy_n(there.data() + rows[r] * cols, cols, here.data() + r * cols);
}

void GiveRows(std::span<const std::size_t> rows, std::span<const float> here, std::span<float> there) {
  const std::size_t cols = here.size() / rows.size();
  for (std::size_t r = 0; r < rows.size(); ++r) std::copy_n(here.data() + r * cols, cols, there.data() + rows[r] * cols);
}

}  // namespace thalweg
