// Resamples of rows by weights: in a resample a row counts as often as a Poisson draw of mean 1 says (Oza and Russell
// 2001), which needs neither the number of rows nor their order.
#ifndef THALWEG_METRICS_BOOTSTRAP_H_
#define THALWEG_METRICS_BOOTSTRAP_H_

#include <cstdint>
#include <span>

namespace thalweg {

// How often row `row` counts in each sample: counts[0] is 1, the rows as they are; counts[s] is the draw of (seed, s,
// row).
void CountsOfRow(std::uint64_t seed, std::uint64_t row, std::span<double> counts);

}  // namespace thalweg

#endif  // THALWEG_METRICS_BOOTSTRAP_H_
