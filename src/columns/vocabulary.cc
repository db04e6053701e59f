#include "columns/vocabulary.h"

#include <charconv>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/strings.h"

namespace thalweg {
namespace {

constexpr std::int64_t kMaxBuckets = (std::int64_t{1} << 31) - 1;

class VocabularyColumn : public FeatureColumn {
 public:
  VocabularyColumn(std::string field, Vocabulary vocabulary, std::int64_t num_oov_buckets, std::int64_t default_value)
      : field_(std::move(field)), vocabulary_(std::move(vocabulary)), oov_(num_oov_buckets), default_(static_cast<std::int32_t>(default_value)) {}

  ColumnShape Shape() const override {
    return {.categorical = true, .num_buckets = static_cast<std::int64_t>(vocabulary_.words().size()) + oov_};
  }

  void Transform(const ColumnInputs& in, ColumnOutput* out, BadRows*) const override {
    const FieldValues& values = *in.fields[0];
    const std::size_t n = values.num_values(in.num_rows);
    CopyOffsets(values, in.num_rows, &out->ids);
    out->ids.ids.resize(n);
    out->ids.weights.clear();
    const std::vector<std::uint64_t>& fingerprints = in.hashed[0]->values;
    const auto size = static_cast<std::int64_t>(vocabulary_.words().size());
    char digits[24];
    for (std::size_t i = 0; i < n; ++i) {
      std::string_view word;
      if (values.dtype == DType::kText) {
        word = values.text_at(i);
      } else {
        const auto end = std::to_chars(digits, digits + sizeof digits, values.integers[i]).ptr;
        word = {digits, static_cast<std::size_t>(end - digits)};
      }
      std::int32_t id = vocabulary_.Find(word, fingerprints[i]);
      if (id < 0) {
        id = oov_ > 0 ? static_cast<std::int32_t>(size + static_cast<std::int64_t>(fingerprints[i] % static_cast<std::uint64_t>(oov_))) : default_;
      }
      out->ids.ids[i] = id;
    }
  }

  std::vector<Meaning> Meanings(std::span<const std::vector<Meaning>>) const override {
    std::vector<Meaning> all;
    const std::vector<std::string>& words = vocabulary_.words();
    for (std::size_t i = 0; i < words.size(); ++i) {
      all.push_back({static_cast<std::int64_t>(i), i, field_ + "=" + words[i], 1.0 / static_cast<double>(i + 1)});
    }
    for (std::int64_t b = 0; b < oov_; ++b) {
      const std::size_t id = words.size() + static_cast<std::size_t>(b);
      all.push_back({static_cast<std::int64_t>(id), id, oov_ == 1 ? field_ + "=(other)" : fmt::format("{}=(other {})", field_, b),
                     1.0 / static_cast<double>(id + 1)});
    }
    return all;
  }

  static void CopyOffsets(const FieldValues& values, std::size_t num_rows, IdLists* ids) {
    ids->offsets.resize(num_rows + 1);
    for (std::size_t row = 0; row < num_rows; ++row) ids->offsets[row] = static_cast<std::uint32_t>(values.begin(row));
    ids->offsets[num_rows] = static_cast<std::uint32_t>(values.num_values(num_rows));
  }

 private:
  std::string field_;
  Vocabulary vocabulary_;
  std::int64_t oov_;
  std::int32_t default_;
};

}  // namespace

Result<Vocabulary> Vocabulary::Create(std::vector<std::string> words) {
  Vocabulary made;
  std::size_t size = 16;
  while (size < words.size() * 2) size *= 2;
  made.slots_.resize(size);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t fingerprint = Fingerprint64(words[i]);
    std::size_t at = fingerprint & (size - 1);
    while (made.slots_[at].position >= 0) {
      const Slot& slot = made.slots_[at];
      if (slot.fingerprint == fingerprint && words[static_cast<std::size_t>(slot.position)] == words[i]) {
        return Status::BadConfig(fmt::format("vocabulary: {} is there twice", Quote(words[i])));
      }
      at = (at + 1) & (size - 1);
    }
    made.slots_[at] = {fingerprint, static_cast<std::int32_t>(i)};
  }
  made.words_ = std::move(words);
  return made;
}

std::int32_t Vocabulary::Find(std::string_view word, std::uint64_t fingerprint) const {
  std::size_t at = fingerprint & (slots_.size() - 1);
  while (slots_[at].position >= 0) {
    if (slots_[at].fingerprint == fingerprint && words_[static_cast<std::size_t>(slots_[at].position)] == word) return slots_[at].position;
    at = (at + 1) & (slots_.size() - 1);
  }
  return -1;
}

Result<std::unique_ptr<FeatureColumn>> MakeVocabularyColumn(const ColumnSpec& column, std::vector<std::string> words,
                                                            std::int64_t num_oov_buckets, std::int64_t default_value) {
  if (words.empty()) return ColumnError(column, "vocabulary: it is empty");
  const auto size = static_cast<std::int64_t>(words.size());
  if (size + num_oov_buckets > kMaxBuckets) return ColumnError(column, "more than 2,147,483,647 buckets");
  if (num_oov_buckets > 0 && default_value != -1) {
    return ColumnError(column, "default_value and num_oov_buckets: give one of the two");
  }
  if (default_value < -1 || default_value >= size) {
    return ColumnError(column, fmt::format("default_value: found {}, expected -1 or a position below {}", default_value, size));
  }
  Result<Vocabulary> vocabulary = Vocabulary::Create(std::move(words));
  if (!vocabulary.ok()) return ColumnError(column, vocabulary.status().message());
  return std::unique_ptr<FeatureColumn>(
      std::make_unique<VocabularyColumn>(FieldOf(column), std::move(*vocabulary), num_oov_buckets, default_value));
}

Result<ColumnLinks> CategoryLinks(const ColumnSpec& column, const ModelSpec&) { return ColumnLinks{{FieldOf(column)}, {true}, {}}; }

DType CategoryFieldType(const ColumnSpec& column, std::size_t) {
  const std::string dtype = GetText(column.params, "dtype", "text");
  return dtype == "text" || dtype == "string" ? DType::kText : DType::kInteger;
}

}  // namespace thalweg
