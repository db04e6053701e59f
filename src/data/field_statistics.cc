#include <algorithm>
#include <array>
#include <cmath>

#include "base/hash.h"
#include "base/strings.h"
#include "data/statistics.h"

namespace thalweg {
namespace {

constexpr std::size_t kMaxWords = 64;
constexpr std::size_t kWordSlots = 256;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether it can be a number at all: most texts cannot, and this is much faster than to try.
bool MayBeNumber(std::string_view text) {
  if (text.empty() || !(IsDigit(text.back()) || text.back() == '.')) return false;
  const char first = text.front();
  return IsDigit(first) || first == '-' || first == '+' || first == '.';
}

bool HasLeadingZero(std::string_view text) {
  if (text.front() == '-' || text.front() == '+') text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && IsDigit(text[1]);
}

}  // namespace

double FieldStatistics::mean() const { return numbers == 0 ? 0 : shift + sum / static_cast<double>(numbers); }

double FieldStatistics::stddev() const {
  if (numbers < 2) return 0;
  const double n = static_cast<double>(numbers), mean_shifted = sum / n;
  return std::sqrt(std::max(0.0, sum_squares / n - mean_shifted * mean_shifted));
}

void FieldStatistics::AddMissingRow() {
  ++rows;
  ++missing;
}

void FieldStatistics::AddRow(std::span<const std::string_view> texts) {
  ++rows;
  missing += texts.empty();
  max_per_row = std::max<std::uint64_t>(max_per_row, texts.size());
  for (const std::string_view text : texts) {
    const std::uint64_t hash = Fingerprint64(text);
    AddValue(text, hash);
    distinct.AddEach({&text, 1}, {&hash, 1});
  }
}

void FieldStatistics::AddTexts(std::span<const std::string_view> texts, bool only_distinct) {
  constexpr std::size_t kBlock = 256;
  std::array<std::string_view, kBlock> there;
  std::array<std::uint64_t, kBlock> hashes;
  for (std::size_t begin = 0; begin < texts.size(); begin += kBlock) {
    std::size_t n = 0;
    for (const std::string_view text : texts.subspan(begin, std::min(kBlock, texts.size() - begin))) {
      ++rows;
      if (text.data() == nullptr) {
        ++missing;
        continue;
      }
      there[n] = text;
      hashes[n++] = Fingerprint64(text);
      if (only_distinct) {
        ++values;
      } else {
        AddValue(text, hashes[n - 1]);
      }
    }
    if (n > 0) max_per_row = std::max<std::uint64_t>(max_per_row, 1);
    distinct.AddEach({there.data(), n}, {hashes.data(), n});
  }
}

void FieldStatistics::AddValue(std::string_view text, std::uint64_t hash) {
  ++values;
  if (MayBeNumber(text)) {
    if (const std::optional<std::int64_t> integer = ParseInteger(text)) {
      ++integers;
      leading_zeros += HasLeadingZero(text);
      AddNumber(static_cast<double>(*integer));
      return;
    }
    const std::optional<double> number = ParseNumber(text);
    if (number && std::isfinite(static_cast<float>(*number))) {
      integers += std::all_of(text.begin(), text.end(), IsDigit);   // past 64 bits, or unsigned ones
      leading_zeros += HasLeadingZero(text);
      AddNumber(*number);
      return;
    }
  }
  AddWord(text, hash, 1);
}

void FieldStatistics::AddNumber(double value) {
  if (numbers++ == 0) shift = min = max = value;
  min = std::min(min, value);
  max = std::max(max, value);
  const double shifted = value - shift, logarithm = std::log1p(std::max(value, 0.0));
  sum += shifted;
  sum_squares += shifted * shifted;
  log_sum += logarithm;
  log_sum_squares += logarithm * logarithm;
  quantiles.Add(value);
}

void FieldStatistics::AddWord(std::string_view text, std::uint64_t hash, std::uint64_t count) {
  if (word_slots_.empty()) word_slots_.resize(kWordSlots);
  const std::uint64_t key = hash | 1;  // never 0
  std::size_t at = (hash >> 1) % kWordSlots;
  for (; word_slots_[at].hash != 0; at = (at + 1) % kWordSlots) {
    if (word_slots_[at].hash != key) continue;
    *word_slots_[at].count += count;
    return;
  }
  if (words.size() == kMaxWords || text.size() > DistinctCounter::kMaxText) {
    other_words += count;
    return;
  }
  std::uint64_t& counted = words[std::string(text)];  // nodes of a map stay where they are
  counted += count;
  word_slots_[at] = {key, &counted};
}

void FieldStatistics::Merge(const FieldStatistics& other) {
  rows += other.rows;
  missing += other.missing;
  values += other.values;
  max_per_row = std::max(max_per_row, other.max_per_row);
  integers += other.integers;
  leading_zeros += other.leading_zeros;
  if (other.numbers > 0) {
    if (numbers == 0) {
      shift = other.shift;
      min = other.min;
      max = other.max;
    }
    const double n = static_cast<double>(other.numbers), by = other.shift - shift;
    sum += other.sum + n * by;
    sum_squares += other.sum_squares + 2 * by * other.sum + n * by * by;
    log_sum += other.log_sum;
    log_sum_squares += other.log_sum_squares;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
    numbers += other.numbers;
  }
  quantiles.Merge(other.quantiles);
  distinct.Merge(other.distinct);
  for (const auto& [word, count] : other.words) AddWord(word, Fingerprint64(word), count);
  other_words += other.other_words;
}

}  // namespace thalweg
