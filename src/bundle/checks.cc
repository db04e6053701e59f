#include "bundle/checks.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/hash.h"
#include "tensor/packed_table.h"

namespace thalweg {
namespace {

enum : std::uint8_t { kNotSeen, kWhole, kHarmed };

// All bits of a float's exponent: infinities and NaNs have them.
constexpr std::uint32_t kExponent = 0x7F800000;

constexpr std::uint16_t kExponentOfBf16 = 0x7F80;

bool IsFinite(float x) { return (std::bit_cast<std::uint32_t>(x) & kExponent) != kExponent; }

}  // namespace

void BlockSums::Add(const void* data, std::size_t size) {
  const auto* p = static_cast<const std::uint8_t*>(data);
  while (size > 0) {
    const std::size_t n = std::min(size, kBlockBytes - filled_);
    crc_ = Crc32c(p, n, crc_);
    p += n;
    size -= n;
    filled_ += n;
    if (filled_ < kBlockBytes) break;
    sums_.push_back(crc_);
    crc_ = 0;
    filled_ = 0;
  }
}

std::vector<std::uint32_t> BlockSums::Finish() {
  if (filled_ > 0) sums_.push_back(crc_);
  crc_ = 0;
  filled_ = 0;
  return std::move(sums_);
}

BlockChecks::BlockChecks(std::span<const std::uint8_t> data, std::span<const std::uint8_t> sums)
    : data_(data), sums_(sums), states_(NumBlocks(data.size())) {}

bool BlockChecks::IsWhole(std::size_t block) const {
  std::atomic<std::uint8_t>& state = states_[block];
  const std::uint8_t known = state.load(std::memory_order_relaxed);
  if (known != kNotSeen) return known == kWhole;
  const std::size_t begin = block * kBlockBytes;
  const std::span<const std::uint8_t> bytes = data_.subspan(begin, std::min(kBlockBytes, data_.size() - begin));
  std::uint32_t expected;
  std::memcpy(&expected, sums_.data() + block * sizeof(expected), sizeof(expected));
  const bool whole = Crc32c(bytes.data(), bytes.size()) == expected;
  state.store(whole ? kWhole : kHarmed, std::memory_order_relaxed);
  return whole;
}

std::optional<std::size_t> FirstNotFinite(std::span<const float> numbers) {
  constexpr std::size_t kStep = 256;  // known to the compiler, so that it goes several at a time
  std::size_t i = 0;
  for (; i + kStep <= numbers.size(); i += kStep) {
    std::uint32_t most = 0;
    for (std::size_t k = 0; k < kStep; ++k) {
      most = std::max(most, std::bit_cast<std::uint32_t>(numbers[i + k]) & kExponent);
    }
    if (most == kExponent) break;
  }
  for (; i < numbers.size(); ++i) {
    if (!IsFinite(numbers[i])) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> FirstNotFinite(std::span<const std::uint16_t> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if ((numbers[i] & kExponentOfBf16) == kExponentOfBf16) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> FirstNoScale(std::span<const float> scales) {
  for (std::size_t i = 0; i < scales.size(); ++i) {
    if (!(scales[i] >= 0 && scales[i] <= kLargestScale)) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> FirstNotAscending(std::span<const std::uint32_t> row_numbers, std::size_t rows) {
  for (std::size_t i = 0; i < row_numbers.size(); ++i) {
    if (row_numbers[i] >= rows || (i > 0 && row_numbers[i] <= row_numbers[i - 1])) return i;
  }
  return std::nullopt;
}

}  // namespace thalweg
