// The sketch of Karnin, Lang and Liberty, "Optimal quantile approximation in streams" (2016).
//
// Level h holds values that stand for 2^h each. A level that is full is sorted and every second value goes up, the odd
// or the even ones by a draw: ranks keep their expectation. Lower levels are smaller by 2/3 each, which costs little
// accuracy, since their values weigh little, and bounds the whole. A level has kLeast values at least, so that sorts
// stay few. Draws come from a counter, so equal streams give equal sketches.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/random.h"
#include "data/statistics.h"

namespace thalweg {
namespace {

constexpr std::size_t kTop = 4096;
constexpr std::size_t kLeast = 256;

bool IsOdd(std::size_t n) { return n % 2 == 1; }

}  // namespace

struct QuantileSketch::Weighted {
  double value;
  std::uint64_t up_to;  // total weight of this and all smaller values
};

QuantileSketch::QuantileSketch() : levels_(1), room_(kTop) {}

std::size_t QuantileSketch::Capacity(std::size_t level) const {
  double capacity = kTop;
  for (std::size_t h = level + 1; h < levels_.size(); ++h) capacity *= 2.0 / 3.0;
  return std::max(kLeast, static_cast<std::size_t>(capacity));
}

void QuantileSketch::Compress() {
  static const std::uint64_t stream = StreamOf("quantiles");
  for (std::size_t h = 0; h < levels_.size(); ++h) {
    if (levels_[h].size() <= Capacity(h)) continue;
    if (h + 1 == levels_.size()) levels_.emplace_back();
    std::vector<double>& full = levels_[h];
    if (h == 0) std::sort(full.begin(), full.end());
    // An odd one out stays, so that no weight is lost or made.
    std::vector<double> stays;
    if (IsOdd(full.size())) {
      stays.push_back(full.back());
      full.pop_back();
    }
    std::vector<double> up;
    up.reserve(full.size() / 2);
    for (std::size_t i = Philox(0, stream, draws_++)[0] & 1; i < full.size(); i += 2) up.push_back(full[i]);
    std::vector<double> merged;
    merged.reserve(up.size() + levels_[h + 1].size());
    std::merge(up.begin(), up.end(), levels_[h + 1].begin(), levels_[h + 1].end(), std::back_inserter(merged));
    levels_[h + 1] = std::move(merged);
    full.assign(stays.begin(), stays.end());
  }
  room_ = Capacity(0);
}

void QuantileSketch::Merge(const QuantileSketch& other) {
  if (levels_.size() < other.levels_.size()) levels_.resize(other.levels_.size());
  for (std::size_t h = 0; h < other.levels_.size(); ++h) {
    const std::size_t middle = levels_[h].size();
    levels_[h].insert(levels_[h].end(), other.levels_[h].begin(), other.levels_[h].end());
    if (h > 0)
      std::inplace_merge(levels_[h].begin(), levels_[h].begin() + static_cast<std::ptrdiff_t>(middle),
                         levels_[h].end());
  }
  count_ += other.count_;
  draws_ += other.draws_;
  Compress();
}

std::vector<QuantileSketch::Weighted> QuantileSketch::Sorted() const {
  std::vector<Weighted> all;
  for (std::size_t h = 0; h < levels_.size(); ++h) {
    for (const double value : levels_[h]) all.push_back({value, std::uint64_t{1} << h});
  }
  std::sort(all.begin(), all.end(), [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  std::uint64_t total = 0;
  for (Weighted& one : all) one.up_to = total += one.up_to;
  return all;
}

namespace {

// The value at `position` of the sorted ones, counted from 0.
template <class Weighted>
double ValueAt(const std::vector<Weighted>& sorted, std::uint64_t position) {
  const auto found = std::upper_bound(sorted.begin(), sorted.end(), position,
                                      [](std::uint64_t at, const Weighted& one) { return at < one.up_to; });
  return found == sorted.end() ? sorted.back().value : found->value;
}

}  // namespace

double QuantileSketch::Quantile(double q) const {
  const std::vector<Weighted> sorted = Sorted();
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double position = std::floor(std::clamp(q, 0.0, 1.0) * static_cast<double>(sorted.back().up_to));
  return ValueAt(sorted, static_cast<std::uint64_t>(position));
}

std::vector<double> QuantileSketch::Boundaries(int buckets) const {
  const std::vector<Weighted> sorted = Sorted();
  std::vector<double> cuts;
  if (sorted.empty() || buckets < 2) return cuts;
  double last = sorted.front().value;
  const std::uint64_t n = static_cast<std::uint64_t>(buckets), total = sorted.back().up_to;
  for (std::uint64_t i = 1; i < n; ++i) {
    const double cut = ValueAt(sorted, total / n * i + total % n * i / n);
    if (cut > last) cuts.push_back(last = cut);
  }
  return cuts;
}

}  // namespace thalweg
