// What tells harm: checksums of blocks of 1 MiB, and numbers that are none.
#ifndef THALWEG_BUNDLE_CHECKS_H_
#define THALWEG_BUNDLE_CHECKS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace thalweg {

inline constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

inline std::size_t NumBlocks(std::uint64_t bytes) { return (bytes + kBlockBytes - 1) / kBlockBytes; }

// CRC32C of each block of a stream of bytes.
class BlockSums {
 public:
  void Add(const void* data, std::size_t size);
  std::vector<std::uint32_t> Finish();  // the last block may be shorter

 private:
  std::vector<std::uint32_t> sums_;
  std::uint32_t crc_ = 0;
  std::size_t filled_ = 0;  // bytes of the block under way
};

// Holds blocks to their checksums, each once; what was found is remembered. Thread-safe: two threads may both look at a
// block that neither has seen, and find the same.
class BlockChecks {
 public:
  // Views; `sums` are NumBlocks(data.size()) little-endian u32.
  BlockChecks(std::span<const std::uint8_t> data, std::span<const std::uint8_t> sums);
  bool IsWhole(std::size_t block) const;
  std::size_t num_blocks() const { return states_.size(); }

 private:
  std::span<const std::uint8_t> data_, sums_;
  mutable std::vector<std::atomic<std::uint8_t>> states_;
};

// Where the first infinity or NaN is.
std::optional<std::size_t> FirstNotFinite(std::span<const float> numbers);
std::optional<std::size_t> FirstNotFinite(std::span<const std::uint16_t> numbers);  // bf16
// Where the first is that is no scale of a row of int8: finite, not negative, no overflow with any of them.
std::optional<std::size_t> FirstNoScale(std::span<const float> scales);
// Where the first is that is not above the one before it, or not below `rows`.
std::optional<std::size_t> FirstNotAscending(std::span<const std::uint32_t> row_numbers, std::size_t rows);

}  // namespace thalweg

#endif  // THALWEG_BUNDLE_CHECKS_H_
