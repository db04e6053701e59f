// Ids of a batch, grouped for the gradients of all tables that are looked up with them.
#ifndef THALWEG_NN_GROUPED_LISTS_H_
#define THALWEG_NN_GROUPED_LISTS_H_

#include <cstdint>
#include <vector>

#include "tensor/ids.h"
#include "tensor/matrix.h"

namespace thalweg {

// Keeps its memory from batch to batch.
class GroupedLists {
 public:
  void Group(const IdLists& lists);
  const GroupedIds& groups() const { return groups_; }
  bool one_each() const { return rows_.empty(); }  // each row has exactly one id
  // The row of a position in IdLists::ids.
  std::uint32_t row_of(std::uint32_t position) const { return rows_.empty() ? position : rows_[position]; }

 private:
  GroupedIds groups_;
  std::vector<std::uint32_t> rows_;  // [nnz]; or empty: one_each
};

}  // namespace thalweg

#endif  // THALWEG_NN_GROUPED_LISTS_H_
