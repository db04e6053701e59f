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
  bool one_at_most() const { return one_at_most_; }  // no row has more than one id
  // The row of a position in IdLists::ids.
  std::uint32_t row_of(std::uint32_t position) const { return rows_.empty() ? position : rows_[position]; }
  // The rows of all positions; null: each is the row of its number.
  const std::uint32_t* rows() const { return rows_.empty() ? nullptr : rows_.data(); }

 private:
  GroupedIds groups_;
  bool one_at_most_ = true;
  std::vector<std::uint32_t> rows_;  // [nnz]; or empty: each row has exactly one id
};

}  // namespace thalweg

#endif  // THALWEG_NN_GROUPED_LISTS_H_
