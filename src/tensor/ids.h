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

  std::span<const std::int32_t> ids() const { return ids_; }            // distinct, ascending
  std::span<const std::uint32_t> starts() const { return starts_; }     // [ids + 1] into positions
  std::span<const std::uint32_t> positions() const { return positions_; }  // where each occurs, ascending for each id
  std::span<const std::uint32_t> occurrences(std::size_t group) const {
    return positions().subspan(starts_[group], starts_[group + 1] - starts_[group]);
  }

 private:
  std::vector<std::int32_t> ids_;
  std::vector<std::uint32_t> starts_ = {0}, positions_, counts_;
  std::vector<std::uint64_t> keys_, sorted_;  // id in the upper half, position in the lower
};

}  // namespace thalweg

#endif  // THALWEG_TENSOR_IDS_H_
