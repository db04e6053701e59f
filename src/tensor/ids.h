// Equal ids of a batch, found once per column: an update then touches each row of a table once, and adds up what a row
// gets in the order of the batch, for any number of threads.
//
//   grouped.Group(lists.ids);
//   for (std::size_t g = 0; g < grouped.ids().size(); ++g) {
//     for (std::uint32_t occurrence : grouped.occurrences(g)) … lists.ids[occurrence] == grouped.ids()[g]
//   }
#ifndef THALWEG_TENSOR_IDS_H_
#define THALWEG_TENSOR_IDS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace thalweg {

// Keeps its memory from one batch to the next. One thread at a time.
class GroupedIds {
 public:
  // At most 2³² − 1 ids; negative ones (-1: none of the known) are dropped.
  void Group(std::span<const std::int32_t> ids);

  // Distinct, ascending.
  std::span<const std::int32_t> ids() const { return {all_ids_.data(), num_groups_}; }
  // [ids + 1] into positions.
  std::span<const std::uint32_t> starts() const { return {all_starts_.data(), num_groups_ + 1}; }
  // Where each id occurs in the span that was given; ascending for each.
  std::span<const std::uint32_t> positions() const { return {all_positions_.data(), num_positions_}; }
  std::span<const std::uint32_t> occurrences(std::size_t group) const {
    return positions().subspan(all_starts_[group], all_starts_[group + 1] - all_starts_[group]);
  }

 private:
  bool SortFew(std::span<const std::int32_t> ids, int bits, std::uint64_t* keys, std::size_t* size);
  std::size_t SortByDigits(std::span<const std::int32_t> ids, int bits, std::uint64_t** keys, std::uint64_t** sorted);
  void StartsFromCounts();

  std::size_t num_groups_ = 0, num_positions_ = 0;
  std::vector<std::int32_t> all_ids_;  // as long as the largest batch so far; so are the rest
  std::vector<std::uint32_t> all_starts_ = {0}, all_positions_, counts_;
  std::vector<std::uint64_t> keys_, sorted_;  // id in the upper half, position in the lower
};

}  // namespace thalweg

#endif  // THALWEG_TENSOR_IDS_H_
