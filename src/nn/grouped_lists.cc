#include "nn/grouped_lists.h"

#include <algorithm>

namespace thalweg {

void GroupedLists::Group(const IdLists& lists) {
  groups_.Group(lists.ids);
  const std::uint32_t* offsets = lists.offsets.data();
  const std::size_t num_rows = lists.num_rows();
  std::uint32_t most = 0;
  for (std::size_t row = 0; row < num_rows; ++row) most = std::max(most, offsets[row + 1] - offsets[row]);
  one_at_most_ = most <= 1;
  rows_.clear();
  if (one_at_most_ && lists.ids.size() == num_rows) return;
  rows_.resize(lists.ids.size());
  std::uint32_t* rows = rows_.data();
  for (std::size_t row = 0; row < num_rows; ++row) {
    for (std::uint32_t i = offsets[row]; i < offsets[row + 1]; ++i) rows[i] = static_cast<std::uint32_t>(row);
  }
}

}  // namespace thalweg
