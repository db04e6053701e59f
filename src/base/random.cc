#include "base/random.h"

#include <cmath>
#include <numbers>

#include "base/hash.h"

namespace thalweg {

namespace {

// kLanes counters side by side, so that the compiler may take them as vectors. Counter: index in the low words, stream in the
// high ones; key: seed. Constants from the paper's section 3.3.
template <std::size_t kLanes>
void PhiloxLanes(std::uint64_t seed, std::uint64_t stream, std::uint64_t index, std::uint32_t* words) {
  constexpr std::uint32_t kMul0 = 0xD2511F53, kMul1 = 0xCD9E8D57, kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  std::uint32_t c0[kLanes], c1[kLanes], c2[kLanes], c3[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) {
    c0[i] = static_cast<std::uint32_t>(index + i);
    c1[i] = static_cast<std::uint32_t>((index + i) >> 32);
    c2[i] = static_cast<std::uint32_t>(stream);
    c3[i] = static_cast<std::uint32_t>(stream >> 32);
  }
  std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const std::uint64_t p0 = std::uint64_t{kMul0} * c0[i];
      const std::uint64_t p1 = std::uint64_t{kMul1} * c2[i];
      c0[i] = static_cast<std::uint32_t>(p1 >> 32) ^ c1[i] ^ k0;
      c2[i] = static_cast<std::uint32_t>(p0 >> 32) ^ c3[i] ^ k1;
      c1[i] = static_cast<std::uint32_t>(p1);
      c3[i] = static_cast<std::uint32_t>(p0);
    }
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  for (std::size_t i = 0; i < kLanes; ++i) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}

}  // namespace

std::array<std::uint32_t, 4> Philox(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  std::array<std::uint32_t, 4> words;
  PhiloxLanes<1>(seed, stream, index, words.data());
  return words;
}

void PhiloxRun(std::uint64_t seed, std::uint64_t stream, std::uint64_t index, std::span<std::uint32_t> words) {
  constexpr std::size_t kLanes = 16;
  std::size_t at = 0;
  for (; at + 4 * kLanes <= words.size(); at += 4 * kLanes) PhiloxLanes<kLanes>(seed, stream, index + at / 4, words.data() + at);
  for (; at + 4 <= words.size(); at += 4) PhiloxLanes<1>(seed, stream, index + at / 4, words.data() + at);
}

std::uint64_t StreamOf(std::string_view name) { return Fingerprint64(name); }

std::uint64_t Random::Bits() {
  if (used_ >= 4) {
    block_ = Philox(seed_, stream_, index_++);
    used_ = 0;
  }
  const std::uint64_t low = block_[static_cast<std::size_t>(used_)];
  const std::uint64_t high = block_[static_cast<std::size_t>(used_) + 1];
  used_ += 2;
  return low | (high << 32);
}

double Random::Uniform() { return static_cast<double>(Bits() >> 11) * 0x1p-53; }

// Lemire, "Fast random integer generation in an interval" (2019): a multiplication, and rarely a second draw.
std::uint64_t Random::Below(std::uint64_t n) {
  if (n == 0) return 0;
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(Bits()) * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(Bits()) * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Random::Normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));  // 1 - u is in (0, 1]
  return radius * std::cos(2.0 * std::numbers::pi * Uniform());
}

}  // namespace thalweg
