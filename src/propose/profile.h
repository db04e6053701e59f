// One streaming pass over raw rows: statistics of every field (or of those named), in bounded memory. What a field *is*
// is settled afterwards, over all rows, never by the first block.
#ifndef THALWEG_PROPOSE_PROFILE_H_
#define THALWEG_PROPOSE_PROFILE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "data/raw_table.h"
#include "data/statistics.h"

namespace thalweg {

struct ProfileOptions {
  std::set<std::string> fields;                        // empty: all
  std::map<std::string, std::string> list_separators;  // fields whose cells are lists
  std::uint64_t max_rows = 0;                          // 0: all; otherwise no chunk is begun once there are so many
  bool only_distinct = false;                          // of cells: FieldStatistics::distinct and counts of rows, nothing else
};

struct FieldProfile {
  FieldStatistics statistics;
  bool typed = false;                   // from Parquet, Arrow or JSON: "" is a value
  std::map<std::string, std::uint64_t> raw_types;   // "int64" → values, for typed sources
  bool list = false;                    // seen as a list of its own (not split)
};

struct Profile {
  std::uint64_t rows = 0;
  std::uint64_t broken_rows = 0;
  std::vector<std::string> names;                 // in the file's order
  std::map<std::string, FieldProfile> fields;
};

// Fields are counted in parallel, each in order of rows: the result does not depend on the pool. `raw` is rewound after.
Result<Profile> ProfileRows(RawSource& raw, const ProfileOptions& options, ThreadPool* pool);

}  // namespace thalweg

#endif  // THALWEG_PROPOSE_PROFILE_H_
