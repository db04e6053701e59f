// Mergeable statistics of one field, made in one streaming pass in bounded memory. From them everything fitted comes:
// types, vocabularies, quantiles, means. Deterministic: the same rows in the same order give the same statistics.
#ifndef THALWEG_DATA_STATISTICS_H_
#define THALWEG_DATA_STATISTICS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/example.h"

namespace thalweg {

// Approximate quantiles of a stream of numbers (a KLL sketch, Karnin, Lang, Liberty 2016, with draws from a counter),
// exact up to 4,096 values; rank error ≤ 0.5 % past that. At most 150 kB. NaN is left out.
class QuantileSketch {
 public:
  QuantileSketch();
  void Add(double value) {
    if (value != value) return;
    ++count_;
    levels_[0].push_back(value);
    if (levels_[0].size() > room_) Compress();
  }
  void Merge(const QuantileSketch& other);
  std::uint64_t count() const { return count_; }
  // q in [0, 1]: the value at position floor(q · count) of the sorted ones, at most the last. NaN of no values.
  double Quantile(double q) const;
  // At most `buckets - 1` strictly increasing cut points at the quantiles i/buckets, all above the smallest value: a
  // bucket takes what is at its lower cut point and above, so that none is empty.
  std::vector<double> Boundaries(int buckets) const;

 private:
  struct Weighted;
  std::size_t Capacity(std::size_t level) const;
  void Compress();
  std::vector<Weighted> Sorted() const;

  std::vector<std::vector<double>> levels_;  // values of level h stand for 2^h each; sorted but for level 0
  std::size_t room_;                         // Capacity(0)
  std::uint64_t count_ = 0;
  std::uint64_t draws_ = 0;
};

// Counts of distinct texts: exact up to `capacity` distinct ones (as long as their texts fit into 3.5 MiB: for 2^17 of
// them 16 bytes each), then the commonest with an error bound (Misra and Gries 1982, with batched decrements), the number
// of distinct ones by HyperLogLog (Flajolet et al. 2007). At most 4.6 MB. A text past kMaxText bytes is counted by its
// hash but not kept: it is never among MostCommon.
class DistinctCounter {
 public:
  static constexpr std::size_t kMaxText = 256;

  explicit DistinctCounter(std::size_t capacity = 1 << 17);
  void Add(std::string_view value, std::uint64_t count = 1);
  // One of each; hashes[i] is Fingerprint64(values[i]). Faster than Add where the table has left the cache.
  void AddEach(std::span<const std::string_view> values, std::span<const std::uint64_t> hashes);
  void Merge(const DistinctCounter& other);
  bool exact() const;                            // nothing was ever dropped
  double distinct() const;                       // exact when exact()
  std::uint64_t error() const;                   // at most so much is missing from a count; 0 when exact()
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
  std::uint64_t numbers = 0;       // values that read as numbers within float32's range
  std::uint64_t integers = 0;      // whole numbers written without point or exponent, of any size
  std::uint64_t leading_zeros = 0; // texts such as "007": digits that a number would not keep
  double sum = 0, sum_squares = 0; // of the numbers, shifted by `shift` (the first number) for accuracy
  double log_sum = 0, log_sum_squares = 0;  // of log1p(max(x, 0))
  double shift = 0;
  double min = 0, max = 0;
  QuantileSketch quantiles;        // of the numbers
  DistinctCounter distinct;        // of the texts
  // The first few texts that are not numbers, with their counts (exact but where more than 64 met in a merge): for
  // messages and missing marks.
  std::map<std::string, std::uint64_t> words;   // at most 64 distinct, none longer than DistinctCounter::kMaxText
  std::uint64_t other_words = 0;   // values that are not numbers and found no place in `words`
  double mean() const;
  double stddev() const;           // population; 0 for less than two numbers

  // Row by row, in order. `text` of a value is as cell.h says.
  void AddMissingRow();
  void AddRow(std::span<const std::string_view> texts);
  // A row for each text, of that one value; a missing row for each view that is null (data() == nullptr). The same as
  // AddRow row by row, and the fast way for the cells of a column. only_distinct: nothing is found out about numbers and words.
  void AddTexts(std::span<const std::string_view> texts, bool only_distinct = false);
  void Merge(const FieldStatistics& other);

 private:
  void AddValue(std::string_view text, std::uint64_t hash);
  void AddNumber(double value);
  void AddWord(std::string_view text, std::uint64_t hash, std::uint64_t count);

  // Where the count of a word is, by hash (0: free), so that texts beyond the first few cost no search among words.
  struct WordSlot {
    std::uint64_t hash = 0;
    std::uint64_t* count = nullptr;
  };
  std::vector<WordSlot> word_slots_;
};

}  // namespace thalweg

#endif  // THALWEG_DATA_STATISTICS_H_
