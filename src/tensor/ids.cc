#include "tensor/ids.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace thalweg {
namespace {

constexpr std::size_t kFewIds = 2048;  // up to here one pass and a sort of what is left pay
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

std::uint64_t KeyOf(std::int32_t id, std::size_t position) {
  return std::uint64_t{static_cast<std::uint32_t>(id)} << 32 | position;
}

}  // namespace

// Few ids of many: one pass by the most significant bits brings nearly all to their places; the rest is moved there by
// insertion, since equals and neighbours lie together. False: too much is left, as where all ids but a few are small.
bool GroupedIds::SortFew(std::span<const std::int32_t> ids, int bits, std::uint64_t* keys, std::size_t* size) {
  const int width = std::min(bits, std::clamp(static_cast<int>(std::bit_width(ids.size())) - 1, 4, kMaxDigitBits)), shift = bits - width;
  const std::uint32_t behind = std::uint32_t{1} << width;   // the bucket of what is dropped
  const auto bucket = [=](std::int32_t id) { return id >= 0 ? static_cast<std::uint32_t>(id) >> shift : behind; };
  counts_.assign(behind + 1, 0);
  std::uint32_t* counts = counts_.data();
#pragma GCC unroll 4
  for (const std::int32_t id : ids) ++counts[bucket(id)];
  StartsFromCounts();
  const std::size_t n = *size = counts[behind];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < ids.size(); ++i) keys[counts[bucket(ids[i])]++] = KeyOf(ids[i], i);
  if (shift == 0) return true;
  std::size_t moves = 0;
  for (std::size_t i = 1; i < n; ++i) {
    const std::uint64_t key = keys[i];
    if (keys[i - 1] <= key) continue;
    std::size_t at = i;
    do keys[at] = keys[at - 1];
    while (--at > 0 && keys[at - 1] > key);
    keys[at] = key;
    if ((moves += i - at) > 8 * n) return false;
  }
  return true;
}

// Least significant digit first; each pass keeps the order of equals, so positions stay ascending. The first pass reads the
// ids themselves and puts what is dropped into a bucket behind the last. Returns how many are left, in *keys.
std::size_t GroupedIds::SortByDigits(std::span<const std::int32_t> ids, int bits, std::uint64_t** all_keys, std::uint64_t** all_sorted) {
  const int width = DigitBits(bits, ids.size());
  const std::uint32_t mask = (std::uint32_t{1} << width) - 1;
  const auto bucket = [mask](std::int32_t id) { return id >= 0 ? static_cast<std::uint32_t>(id) & mask : mask + 1; };
  counts_.assign(mask + 2, 0);
  std::uint32_t* counts = counts_.data();
  std::uint64_t *keys = *all_keys, *sorted = *all_sorted;
#pragma GCC unroll 4
  for (const std::int32_t id : ids) ++counts[bucket(id)];
  StartsFromCounts();
  const std::size_t n = counts[mask + 1];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < ids.size(); ++i) keys[counts[bucket(ids[i])]++] = KeyOf(ids[i], i);
  for (int shift = width; shift < bits; shift += width) {
    counts_.assign(mask + 1, 0);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < n; ++i) ++counts[keys[i] >> (32 + shift) & mask];
    StartsFromCounts();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < n; ++i) sorted[counts[keys[i] >> (32 + shift) & mask]++] = keys[i];
    std::swap(keys, sorted);
  }
  *all_keys = keys;
  *all_sorted = sorted;
  return n;
}

void GroupedIds::StartsFromCounts() {
  std::uint32_t before = 0;
  for (std::uint32_t& count : counts_) before += std::exchange(count, before);
}

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
  std::uint64_t *keys = keys_.data(), *sorted = sorted_.data();
  std::size_t n = 0;
  if (num_ids > kFewIds || !SortFew(ids, bits, keys, &n)) n = SortByDigits(ids, bits, &keys, &sorted);

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
