// Counts of texts in bounded memory.
//
// Texts and counts stand one after the other in one arena of 32-bit words; an open-addressing table finds them. A slot
// is 32 bits: where the record is, and ten bits of the hash, so that a search reads few records it does not want. When
// there is no room for one more text, the median count is taken from every count and the texts left with nothing are
// dropped (Misra and Gries, "Finding repeated elements", 1982, in batches): a count is then too low by what was taken
// at most, and a text more frequent than that is still there. From the first drop on, the number of distinct texts is
// estimated by HyperLogLog; until then the table knows it, so the registers begin with what the table holds.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/hash.h"
#include "data/statistics.h"

namespace thalweg {
namespace {

constexpr std::size_t kArenaWords = (7u << 20) / 2 / 4;  // 3.5 MiB
constexpr std::size_t kHeaderWords = 3;                  // count (2), size and flag
constexpr std::uint32_t kLong = 1u << 31;                // the record's text is the hash of a longer one
constexpr int kTagBits = 10;

constexpr int kRegisterBits = 14;
constexpr std::size_t kRegisters = std::size_t{1} << kRegisterBits;

std::uint32_t TagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> (64 - kTagBits)); }

// Most texts are short: two overlapping loads are faster than a call of memcmp.
bool Same(const char* a, const char* b, std::size_t size) {
  const auto same = [&](auto word, std::size_t at) {
    auto other = word;
    std::memcpy(&word, a + at, sizeof(word));
    std::memcpy(&other, b + at, sizeof(other));
    return word == other;
  };
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) return same(std::uint64_t{}, 0) && same(std::uint64_t{}, size - 8);
  if (size >= 4) return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

class HyperLogLog {
 public:
  HyperLogLog() : registers_(kRegisters) {}
  void Add(std::uint64_t hash) {
    std::uint8_t& rank = registers_[hash >> (64 - kRegisterBits)];
    // A bit below the last one ends the count of zeros.
    const std::uint64_t rest = (hash << kRegisterBits) | (std::uint64_t{1} << (kRegisterBits - 1));
    rank = std::max(rank, static_cast<std::uint8_t>(std::countl_zero(rest) + 1));
  }
  void Merge(const HyperLogLog& other) {
    for (std::size_t i = 0; i < kRegisters; ++i) registers_[i] = std::max(registers_[i], other.registers_[i]);
  }
  double Estimate() const {
    const double m = kRegisters;
    double sum = 0;
    std::size_t zeros = 0;
    for (const std::uint8_t rank : registers_) {
      sum += std::ldexp(1.0, -rank);
      zeros += rank == 0;
    }
    const double raw = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    return raw <= 2.5 * m && zeros > 0 ? m * std::log(m / static_cast<double>(zeros)) : raw;
  }

 private:
  std::vector<std::uint8_t> registers_;
};

}  // namespace

struct DistinctCounter::Impl {
  explicit Impl(std::size_t capacity_given) : capacity(std::max<std::size_t>(capacity_given, 1)), slots(64) {}

  // A record in the arena: its first word's place. Counts are two words, since records begin anywhere.
  std::uint64_t Count(std::uint32_t record) const {
    std::uint64_t count;
    std::memcpy(&count, &arena[record], sizeof(count));
    return count;
  }
  void SetCount(std::uint32_t record, std::uint64_t count) { std::memcpy(&arena[record], &count, sizeof(count)); }
  bool IsLong(std::uint32_t record) const { return (arena[record + 2] & kLong) != 0; }
  std::string_view Text(std::uint32_t record) const {
    return {reinterpret_cast<const char*>(&arena[record + kHeaderWords]), arena[record + 2] & ~kLong};
  }
  static std::size_t Words(std::size_t size) { return kHeaderWords + (size + 3) / 4; }
  std::uint32_t After(std::uint32_t record) const {
    return record + static_cast<std::uint32_t>(Words(Text(record).size()));
  }
  std::uint64_t HashOf(std::uint32_t record) const {
    if (!IsLong(record)) return Fingerprint64(Text(record));
    std::uint64_t hash;
    std::memcpy(&hash, Text(record).data(), sizeof(hash));
    return hash;
  }

  void Add(std::string_view value, std::uint64_t hash, std::uint64_t count) {
    if (value.size() <= kMaxText) return AddText(value, 0, hash, count);
    char as_text[sizeof(hash)];
    std::memcpy(as_text, &hash, sizeof(hash));
    AddText({as_text, sizeof(as_text)}, kLong, hash, count);
  }

  void AddText(std::string_view text, std::uint32_t flag, std::uint64_t hash, std::uint64_t count) {
    const std::uint32_t tag = TagOf(hash);
    const std::size_t mask = slots.size() - 1;
    std::size_t at = hash & mask;
    for (; slots[at] != 0; at = (at + 1) & mask) {
      if ((slots[at] & ((1u << kTagBits) - 1)) != tag) continue;
      const std::uint32_t record = (slots[at] >> kTagBits) - 1;
      if (arena[record + 2] != (static_cast<std::uint32_t>(text.size()) | flag)) continue;
      if (!Same(Text(record).data(), text.data(), text.size())) continue;
      SetCount(record, Count(record) + count);
      return;
    }
    if (registers) registers->Add(hash);
    while (num_records == capacity || arena.size() + Words(text.size()) > kArenaWords) DropRare();
    const std::uint32_t record = static_cast<std::uint32_t>(arena.size());
    if (arena.capacity() < record + Words(text.size())) {
      arena.reserve(std::min(kArenaWords, std::max<std::size_t>(2 * arena.capacity(), 256)));
    }
    arena.resize(record + Words(text.size()));
    SetCount(record, count);
    arena[record + 2] = static_cast<std::uint32_t>(text.size()) | flag;
    if (!text.empty()) std::memcpy(&arena[record + kHeaderWords], text.data(), text.size());
    ++num_records;
    if (2 * num_records > slots.size()) {
      Reindex(2 * slots.size());
    } else {
      Index(record, hash);
    }
  }

  void Index(std::uint32_t record, std::uint64_t hash) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = hash & mask;
    while (slots[at] != 0) at = (at + 1) & mask;
    slots[at] = ((record + 1) << kTagBits) | TagOf(hash);
  }

  void Reindex(std::size_t num_slots) {
    slots.assign(num_slots, 0);
    for (std::uint32_t record = 0; record < arena.size(); record = After(record)) Index(record, HashOf(record));
  }

  // At least half of the texts go: work is constant for each text that came.
  void DropRare() {
    BeginRegisters();
    std::vector<std::uint64_t> counts;
    counts.reserve(num_records);
    for (std::uint32_t record = 0; record < arena.size(); record = After(record)) counts.push_back(Count(record));
    const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
    std::nth_element(counts.begin(), middle, counts.end());
    const std::uint64_t taken = *middle;
    error += taken;

    std::uint32_t to = 0, next;
    for (std::uint32_t from = 0; from < arena.size(); from = next) {
      next = After(from);
      const std::uint64_t count = Count(from);
      if (count <= taken) {
        --num_records;
        continue;
      }
      SetCount(from, count - taken);
      std::memmove(&arena[to], &arena[from], (next - from) * sizeof(arena[0]));
      to += next - from;
    }
    arena.resize(to);
    Reindex(slots.size());
  }

  void BeginRegisters() {
    if (registers) return;
    registers = std::make_unique<HyperLogLog>();
    for (std::uint32_t record = 0; record < arena.size(); record = After(record)) registers->Add(HashOf(record));
  }

  std::size_t capacity;
  std::vector<std::uint32_t> slots;  // 0: free; else (record + 1) and a tag; a power of two of them
  std::vector<std::uint32_t> arena;
  std::size_t num_records = 0;
  std::uint64_t error = 0;
  std::unique_ptr<HyperLogLog> registers;  // once something was dropped
};
static_assert(kArenaWords + 1 < (std::uint64_t{1} << (32 - kTagBits)), "a slot holds any record's place");

DistinctCounter::DistinctCounter(std::size_t capacity) : impl_(std::make_unique<Impl>(capacity)) {}
DistinctCounter::~DistinctCounter() = default;
DistinctCounter::DistinctCounter(DistinctCounter&&) noexcept = default;
DistinctCounter& DistinctCounter::operator=(DistinctCounter&&) noexcept = default;

void DistinctCounter::Add(std::string_view value, std::uint64_t count) {
  if (count > 0) impl_->Add(value, Fingerprint64(value), count);
}

void DistinctCounter::AddEach(std::span<const std::string_view> values, std::span<const std::uint64_t> hashes) {
  constexpr std::size_t kSlotAhead = 16, kRecordAhead = 8;  // a slot must have come before its record is asked for
  Impl& impl = *impl_;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t mask = impl.slots.size() - 1;
    if (i + kSlotAhead < values.size()) __builtin_prefetch(&impl.slots[hashes[i + kSlotAhead] & mask]);
    if (i + kRecordAhead < values.size()) {
      const std::uint32_t slot = impl.slots[hashes[i + kRecordAhead] & mask];
      if (slot != 0) __builtin_prefetch(&impl.arena[(slot >> kTagBits) - 1]);
    }
    impl.Add(values[i], hashes[i], 1);
  }
}

void DistinctCounter::Merge(const DistinctCounter& other) {
  const Impl& from = *other.impl_;
  if (from.registers) impl_->BeginRegisters();
  for (std::uint32_t record = 0; record < from.arena.size(); record = from.After(record)) {
    impl_->AddText(from.Text(record), from.IsLong(record) ? kLong : 0, from.HashOf(record), from.Count(record));
  }
  if (from.registers) impl_->registers->Merge(*from.registers);
  impl_->error += from.error;
}

bool DistinctCounter::exact() const { return impl_->registers == nullptr; }
double DistinctCounter::distinct() const {
  return exact() ? static_cast<double>(impl_->num_records) : impl_->registers->Estimate();
}
std::uint64_t DistinctCounter::error() const { return impl_->error; }

std::vector<std::pair<std::string, std::uint64_t>> DistinctCounter::MostCommon(std::size_t n) const {
  std::vector<std::uint32_t> records;
  records.reserve(impl_->num_records);
  for (std::uint32_t record = 0; record < impl_->arena.size(); record = impl_->After(record)) {
    if (!impl_->IsLong(record)) records.push_back(record);
  }
  n = std::min(n, records.size());
  std::partial_sort(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(n), records.end(),
                    [this](std::uint32_t a, std::uint32_t b) {
                      const std::uint64_t count_a = impl_->Count(a), count_b = impl_->Count(b);
                      return count_a != count_b ? count_a > count_b : impl_->Text(a) < impl_->Text(b);
                    });
  std::vector<std::pair<std::string, std::uint64_t>> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) out.emplace_back(impl_->Text(records[i]), impl_->Count(records[i]));
  return out;
}

}  // namespace thalweg
