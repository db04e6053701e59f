// Mergeable statistics of one field, made in one streaming pass in bounded memory. From them everything fitted comes:
// types, vocabularies, quantiles, means. Deterministic: the same rows in the same order give the same statistics.
#ifndef THALWEG_DATA_STATISTICS_H_
#define THALWEG_DATA_STATISTICS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/example.h"

namespace thalweg {

// Approximate quantiles of a stream of numbers (a KLL-like sketch, Karnin, Lang, Liberty 2016, with draws from a
// counter), exact up to 4,096 values; rank error ≤ 0.5 % past that.
class QuantileSketch {
 public:
  QuantileSketch();
  void Add(double value);
  void Merge(const QuantileSketch& other);
  std::uint64_t count() const;
  double Quantile(double q) const;               // q in [0, 1]
  // At most `buckets - 1` strictly increasing cut points at the quantiles i/buckets.
  std::vector<double> Boundaries(int buckets) const;
 private:
  std::vector<std::vector<double>> levels_;
  std::uint64_t count_ = 0;
  std::uint64_t draws_ = 0;
};

// Counts of distinct texts: exact up to `capacity` distinct ones, then the commonest with an error bound (Misra–Gries
// with batched decrements), the number of distinct ones by HyperLogLog (Flajolet et al. 2007).
class DistinctCounter {
 public:
  explicit DistinctCounter(std::size_t capacity = 1 << 17);
  void Add(std::string_view value, std::uint64_t count = 1);
  void Merge(const DistinctCounter& other);
  bool exact() const;                            // nothing was ever dropped
  double distinct() const;                       // exact when exact()
  // By falling count, equal counts by text; counts are lower bounds when not exact.
  std::vector<std::pair<std::string, std::uint64_t>> MostCommon(std::size_t n) const;
  ~DistinctCounter();
  DistinctCounter(DistinctCounter&&) noexcept;
  DistinctCounter& operator=(DistinctCounter&&) noexcept;
 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct FieldStatistics {
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;       // rows without a value
  std::uint64_t values = 0;        // all values (lists: of all rows)
  std::uint64_t max_per_row = 0;
  std::uint64_t numbers = 0;       // values that are numbers, or texts that read as finite numbers
  std::uint64_t integers = 0;      // whole numbers written without point or exponent
  std::uint64_t leading_zeros = 0; // texts such as "007": digits that a number would not keep
  double sum = 0, sum_squares = 0; // of the numbers, shifted by `shift` (the first number) for accuracy
  double log_sum = 0, log_sum_squares = 0;  // of log1p(max(x, 0))
  double shift = 0;
  double min = 0, max = 0;
  QuantileSketch quantiles;        // of the numbers
  DistinctCounter distinct;        // of the texts
  // A sample for messages: the first few texts that are not numbers, with counts.
  std::map<std::string, std::uint64_t> words;   // at most 64 distinct
  std::uint64_t other_words = 0;   // values that are not numbers and found no place in `words`
  double mean() const;
  double stddev() const;           // population; 0 for less than two numbers

  // Row by row, in order. `text` of a value is as cell.h says.
  void AddMissingRow();
  void AddRow(std::span<const std::string_view> texts);
  void Merge(const FieldStatistics& other);
};

}  // namespace thalweg

#endif  // THALWEG_DATA_STATISTICS_H_
