// Texts to positions, for vocabulary columns.
#ifndef THALWEG_COLUMNS_VOCABULARY_H_
#define THALWEG_COLUMNS_VOCABULARY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "columns/feature_column.h"

namespace thalweg {

class Vocabulary {
 public:
  // Errors: a text twice.
  static Result<Vocabulary> Create(std::vector<std::string> words);
  // Its position, or -1. `fingerprint` is the word's Fingerprint64; the bytes are compared too.
  std::int32_t Find(std::string_view word, std::uint64_t fingerprint) const;
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;
  struct Slot {
    std::uint64_t fingerprint = 0;
    std::int32_t position = -1;   // -1: free
  };
  std::vector<Slot> slots_;       // a power of two, at most half full
};

// A vocabulary made executable: what vocabulary_list and vocabulary_file share.
Result<std::unique_ptr<FeatureColumn>> MakeVocabularyColumn(const ColumnSpec& column, std::vector<std::string> words,
                                                            std::int64_t num_oov_buckets, std::int64_t default_value);

// Links and type of a column over one field of texts or integers (parameter dtype).
Result<ColumnLinks> CategoryLinks(const ColumnSpec& column, const ModelSpec& spec);
DType CategoryFieldType(const ColumnSpec& column, std::size_t field);

inline constexpr ParamInfo kFieldParam = {"field", ParamType::kInput, "", "", "The field; without it the one of the column's name."};
inline constexpr ParamInfo kDtypeParam = {"dtype", ParamType::kText, "text", "one of: text, integer",
                                          "What the field holds; integers are taken by their decimal text.",
                                          0, 0, false, false, "text integer string int64 int32"};

// The values of a field seen when fitting, commonest first, for names of hashed ids: fitted parameters of the kinds that hash.
inline constexpr ParamInfo kSeenParam = {"seen", ParamType::kTexts, "", "", ""};
inline constexpr ParamInfo kSeenCountsParam = {"seen_counts", ParamType::kIntegers, "", "", ""};

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_VOCABULARY_H_
