// Random numbers by counter (Philox 4x32-10; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): the
// number at (seed, stream, index) is the same whoever asks and in whatever order, so threads cannot change a draw.
#ifndef THALWEG_BASE_RANDOM_H_
#define THALWEG_BASE_RANDOM_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace thalweg {

std::array<std::uint32_t, 4> Philox(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);
// The same for index, index + 1, … : words[4 i + k] is word k of index + i. words.size() is a multiple of 4. Many at once are
// several times faster.
void PhiloxRun(std::uint64_t seed, std::uint64_t stream, std::uint64_t index, std::span<std::uint32_t> words);
std::uint64_t StreamOf(std::string_view name);  // a stream by name: "dropout/0", "shuffle"

class Random {  // numbers of one stream, in order
 public:
  Random(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}
  std::uint64_t Bits();                      // 64 uniform bits
  double Uniform();                          // [0, 1), 53 bits
  std::uint64_t Below(std::uint64_t n);      // [0, n), unbiased
  double Normal();                           // mean 0, deviation 1 (Box–Muller)
 private:
  std::uint64_t seed_, stream_, index_ = 0;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace thalweg

#endif  // THALWEG_BASE_RANDOM_H_
