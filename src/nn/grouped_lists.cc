#include "nn/grouped_lists.h"

namespace thalweg {

void GroupedLists::Group(const IdLists& lists) {
  groups_.Group(lists.ids);
  rows_.clear();
  bool one_each = lists.ids.size() == lists.num_rows();
  for (std::size_t row = 0; one_each && row < lists.num_rows(); ++row) one_each = lists.offsets[row] == row;
  if (one_each) return;
  rows_.resize(lists.ids.size());
  for (std::size_t row = 0; row < lists.num_rows(); ++row) {
    for (std::uint32_t i = lists.offsets[row]; i < lists.offsets[row + 1]; ++i)
      rows_[i] = static_cast<std::uint32_t>(row);
  }
}

}  // namespace thalweg
