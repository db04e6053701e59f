#include "tensor/ids.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace thalweg {
namespace {

constexpr int kMaxDigitBits = 11;  // 2,048 counts: they and the keys of a batch of 512 stay in the level-1 cache

// Digits of equal width that cover `bits`, as few as are cheap: a pass costs about two steps a key and one a count.
int DigitBits(int bits, std::size_t num_keys) {
  int best = 0;
  std::size_t best_cost = 0;
  for (int passes = (bits + kMaxDigitBits - 1) / kMaxDigitBits; passes <= 4; ++passes) {
    const int width = (bits + passes - 1) / passes;
    const std::size_t cost = static_cast<std::size_t>(passes) * (2 * num_keys + (std::size_t{1} << width));
    if (best == 0 || cost < best_cost) best = width, best_cost = cost;
  }
  return best;
}

}  // namespace

// The loops are short and bound by their own counting: unrolled by four, a sixth less time.
void GroupedIds::Group(std::span<const std::int32_t> ids) {
  const std::size_t num_ids = ids.size();
  if (keys_.size() < num_ids) {
    keys_.resize(num_ids);
    sorted_.resize(num_ids);
    all_ids_.resize(num_ids);
    all_starts_.resize(num_ids + 1);
    all_positions_.resize(num_ids);
  }
  std::int32_t used = 0;
#pragma GCC unroll 4
  for (const std::int32_t id : ids) used |= id & ~(id >> 31);  // the negative ones are masked away
  const int bits = std::max(static_cast<int>(std::bit_width(static_cast<std::uint32_t>(used))), 1);
  const int width = DigitBits(bits, num_ids);
  const std::uint32_t mask = (std::uint32_t{1} << width) - 1;

  // Least significant digit first; each pass keeps the order of equals, so positions stay ascending. The first pass
  // reads the ids themselves and puts what is dropped into a bucket behind the last.
  const auto bucket = [mask](std::int32_t id) { return id >= 0 ? static_cast<std::uint32_t>(id) & mask : mask + 1; };
  const auto starts_from_counts = [this] {
    std::uint32_t before = 0;
    for (std::uint32_t& count : counts_) before += std::exchange(count, before);
  };
  counts_.assign(mask + 2, 0);
  std::uint32_t* counts = counts_.data();
  std::uint64_t *keys = keys_.data(), *sorted = sorted_.data();
#pragma GCC unroll 4
  for (const std::int32_t id : ids) ++counts[bucket(id)];
  starts_from_counts();
  const std::size_t n = counts[mask + 1];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < num_ids; ++i) {
    keys[counts[bucket(ids[i])]++] = std::uint64_t{static_cast<std::uint32_t>(ids[i])} << 32 | i;
  }
  for (int shift = width; shift < bits; shift += width) {
    counts_.assign(mask + 1, 0);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < n; ++i) ++counts[keys[i] >> (32 + shift) & mask];
    starts_from_counts();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < n; ++i) sorted[counts[keys[i] >> (32 + shift) & mask]++] = keys[i];
    std::swap(keys, sorted);
  }

  // No branch: each key writes its group's id, and the end of the group as if it were the last.
  std::int32_t* group_ids = all_ids_.data();
  std::uint32_t *starts = all_starts_.data(), *positions = all_positions_.data();
  std::size_t groups = 0;
  std::int32_t before = -1;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < n; ++i) {
    const auto id = static_cast<std::int32_t>(keys[i] >> 32);
    positions[i] = static_cast<std::uint32_t>(keys[i]);
    groups += id != before;
    group_ids[groups - 1] = id;
    starts[groups] = static_cast<std::uint32_t>(i + 1);
    before = id;
  }
  num_groups_ = groups;
  num_positions_ = n;
}

}  // namespace thalweg
