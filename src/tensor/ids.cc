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

void GroupedIds::Group(std::span<const std::int32_t> ids) {
  if (keys_.size() < ids.size()) {
    keys_.resize(ids.size());
    sorted_.resize(ids.size());
  }
  std::size_t n = 0;
  std::uint32_t used = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto id = static_cast<std::uint32_t>(ids[i]);
    keys_[n] = std::uint64_t{id} << 32 | i;
    const bool keep = ids[i] >= 0;
    n += keep;
    used |= keep ? id : 0;
  }

  // Least significant digit first; each pass keeps the order of equals, so positions stay ascending.
  const int bits = std::bit_width(used);
  const int width = bits == 0 ? 0 : DigitBits(bits, n);
  for (int shift = 0; shift < bits; shift += width) {
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    counts_.assign(std::size_t{1} << width, 0);
    for (std::size_t i = 0; i < n; ++i) ++counts_[keys_[i] >> (32 + shift) & mask];
    std::uint32_t before = 0;
    for (std::uint32_t& count : counts_) before += std::exchange(count, before);
    for (std::size_t i = 0; i < n; ++i) sorted_[counts_[keys_[i] >> (32 + shift) & mask]++] = keys_[i];
    keys_.swap(sorted_);
  }

  positions_.resize(n);
  ids_.resize(n);
  starts_.resize(n + 1);
  std::size_t groups = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto id = static_cast<std::int32_t>(keys_[i] >> 32);
    positions_[i] = static_cast<std::uint32_t>(keys_[i]);
    groups += i == 0 || id != ids_[groups - 1];
    ids_[groups - 1] = id;
    starts_[groups] = static_cast<std::uint32_t>(i + 1);
  }
  starts_[0] = 0;
  ids_.resize(groups);
  starts_.resize(groups + 1);
}

}  // namespace thalweg
