// The columns of rows that name their own fields (JSON's keys, an Example's features): found by name, mostly by where
// the row before had it.
#ifndef THALWEG_READERS_COLUMNS_BY_KEY_H_
#define THALWEG_READERS_COLUMNS_BY_KEY_H_

#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/strings.h"
#include "readers/format.h"

namespace thalweg {

inline constexpr std::size_t kMaxKeys = 20000;

// Column(name, num_rows): empty in the first num_rows rows of the chunk.
template <class Column>
class ColumnsByKey {
 public:
  explicit ColumnsByKey(const FileOptions& options) : options_(options) {}

  std::vector<Column>& columns() { return columns_; }                // those wanted
  const std::vector<std::string>& names() const { return names_; }  // all keys met, in order

  // The column of `key`, which is the place-th of its row, into *column: nullptr where it is not wanted. It stays there
  // until the next call. False when there are too many keys.
  bool Find(std::string_view key, std::size_t place, std::size_t num_rows, Column** column) {
    if (place < by_place_.size() && by_place_[place].key.size() == key.size() &&
        std::memcmp(by_place_[place].key.data(), key.data(), key.size()) == 0) {
      *column = At(by_place_[place].column);
      return true;
    }
    auto it = index_.find(key);
    if (it == index_.end()) {
      if (names_.size() >= kMaxKeys) return false;
      std::ptrdiff_t at = -1;
      names_.emplace_back(key);
      if (IsWanted(options_, key)) {
        at = static_cast<std::ptrdiff_t>(columns_.size());
        columns_.emplace_back(std::string(key), num_rows);
      }
      it = index_.emplace(std::string(key), at).first;
    }
    if (place < kMaxKeys) {
      if (by_place_.size() <= place) by_place_.resize(place + 1);
      by_place_[place] = {std::string(key), it->second};
    }
    *column = At(it->second);
    return true;
  }

 private:
  struct Guess {
    std::string key;
    std::ptrdiff_t column = -1;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  Column* At(std::ptrdiff_t at) { return at < 0 ? nullptr : &columns_[static_cast<std::size_t>(at)]; }

  FileOptions options_;
  std::vector<Column> columns_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::ptrdiff_t, Hash, std::equal_to<>> index_;  // key → columns_, or -1
  std::vector<Guess> by_place_;
};

}  // namespace thalweg

#endif  // THALWEG_READERS_COLUMNS_BY_KEY_H_
