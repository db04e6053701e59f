#include "metrics/bootstrap.h"

#include <algorithm>
#include <array>

#include "base/random.h"

namespace thalweg {
namespace {

// P(count ≤ k) of a Poisson draw of mean 1, in units of 2^-32: Σ 1 / (e k!). Past 12 nothing is left of 32 bits.
constexpr std::array<std::uint32_t, 12> MakeCumulative() {
  std::array<std::uint32_t, 12> cumulative{};
  double sum = 0, term = 0.36787944117144233;
  for (std::size_t k = 0; k < cumulative.size(); ++k) {
    sum += term;
    term /= static_cast<double>(k + 1);
    cumulative[k] = static_cast<std::uint32_t>(sum * 4294967295.0);
  }
  return cumulative;
}
constexpr std::array<std::uint32_t, 12> kCumulative = MakeCumulative();

double PoissonOf(std::uint32_t uniform) {
  std::size_t count = 0;
  while (count < kCumulative.size() && uniform >= kCumulative[count]) ++count;
  return static_cast<double>(count);
}

}  // namespace

void CountsOfRow(std::uint64_t seed, std::uint64_t row, std::span<double> counts) {
  static const std::uint64_t stream = StreamOf("bootstrap");
  counts[0] = 1;
  for (std::size_t first = 1; first < counts.size(); first += 4) {  // four draws of one block
    const std::array<std::uint32_t, 4> bits = Philox(seed, stream + first / 4, row);
    for (std::size_t i = 0; i < std::min<std::size_t>(4, counts.size() - first); ++i)
      counts[first + i] = PoissonOf(bits[i]);
  }
}

}  // namespace thalweg
