// The common values of a field, kept with columns that hash so that their ids have names for people.
#ifndef THALWEG_COLUMNS_SEEN_VALUES_H_
#define THALWEG_COLUMNS_SEEN_VALUES_H_

#include <algorithm>
#include <string>
#include <vector>

#include "columns/feature_column.h"

namespace thalweg {

inline constexpr std::size_t kMaxSeen = 300;   // of a field

// Appends the commonest values of `s` that are not marks of missing ones.
inline void AddSeen(const FieldSpec* field, const FieldStatistics& s, std::vector<std::string>* texts, std::vector<std::int64_t>* counts) {
  for (auto& [text, count] : s.distinct.MostCommon(kMaxSeen)) {
    if (field != nullptr && std::find(field->missing.begin(), field->missing.end(), text) != field->missing.end()) continue;
    texts->push_back(std::move(text));
    counts->push_back(static_cast<std::int64_t>(count));
  }
}

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_SEEN_VALUES_H_
