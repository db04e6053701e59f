// The scores of a binary model, kept once for all metrics that want them in order. Past `memory_rows` of them, sorted
// runs go to a temporary file and are merged when read.
#ifndef THALWEG_METRICS_SORTED_SCORES_H_
#define THALWEG_METRICS_SORTED_SCORES_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "metrics/spill_file.h"
#include "thalweg/status.h"

namespace thalweg {

class SortedScores {
 public:
  struct Entry {            // 16 bytes a row
    std::uint32_t key = 0;  // falls as the score rises
    float weight = 0;
    std::uint64_t row_label = 0;  // 2 · row + label

    float score() const;
    std::uint64_t row() const { return row_label >> 1; }
    bool positive() const { return (row_label & 1) != 0; }
    bool operator<(const Entry& other) const {
      return key != other.key ? key < other.key : row_label < other.row_label;
    }
  };

  SortedScores(std::size_t memory_rows, std::string folder);
  // NaN is not a score: it is refused by the caller. Errors: of SpillFile.
  Status Add(float score, bool positive, float weight, std::uint64_t row);
  Status Merge(SortedScores* other);
  // All entries: highest score first, equal scores in order of rows.
  Status ForEach(const std::function<void(const Entry&)>& visit);

 private:
  struct Run {
    std::uint64_t offset = 0;  // in the file
    std::uint64_t rows = 0;
  };
  Status AddEntry(const Entry& entry);
  Status Spill();
  Status MergeRuns(const std::function<void(const Entry&)>& visit);

  std::size_t memory_rows_;
  std::string folder_;
  std::vector<Entry> entries_;
  std::optional<SpillFile> file_;
  std::vector<Run> runs_;
};

}  // namespace thalweg

#endif  // THALWEG_METRICS_SORTED_SCORES_H_
