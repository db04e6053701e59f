#include "propose/profile.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/strings.h"
#include "data/cell.h"

namespace thalweg {
namespace {

// Counts one field, chunk after chunk.
class FieldCounter {
 public:
  FieldCounter(std::string separator, bool only_distinct) : separator_(std::move(separator)), only_distinct_(only_distinct) {}

  void Add(const RawColumn& column, std::size_t num_rows) {
    profile_.typed = !column.cells;
    profile_.list = profile_.list || column.list;
    if (column.cells && !column.list && column.type == RawType::kText && separator_.empty()) AddCells(column, num_rows);
    else for (std::size_t row = 0; row < num_rows; ++row) AddRow(column, row);
    counted_ += num_rows;
  }

  // Rows in which the field was not there at all (JSON) are missing ones.
  FieldProfile Finish(std::uint64_t rows) {
    for (std::uint64_t i = counted_; i < rows; ++i) profile_.statistics.AddMissingRow();
    return std::move(profile_);
  }

 private:
  void AddRow(const RawColumn& column, std::size_t row) {
    texts_.clear();
    ranges_.clear();
    if (column.row_valid.empty() || column.row_valid[row] != 0) {
      buffer_.clear();
      for (std::size_t i = column.begin(row); i < column.end(row); ++i) {
        if (!column.value_valid.empty() && column.value_valid[i] == 0) continue;
        if (column.type == RawType::kNull || (column.type == RawType::kMixed && column.tags[i] == RawType::kNull)) continue;
        if (!column.cells) ++profile_.raw_types[column.decimal ? "decimal" : RawTypeName(column.type == RawType::kMixed ? column.tags[i] : column.type)];
        if (column.type == RawType::kText) {
          AddText(column.text_at(i), column.cells);
        } else {
          const std::size_t begin = buffer_.size();
          AppendValueText(column, i, &buffer_);
          ranges_.emplace_back(begin, buffer_.size() - begin);
        }
      }
      for (const auto& [begin, size] : ranges_) texts_.push_back(std::string_view(buffer_).substr(begin, size));
    }
    if (texts_.empty()) profile_.statistics.AddMissingRow();
    else profile_.statistics.AddRow(texts_);
  }

  // Cells of CSV: one value a row, none where the cell is empty.
  void AddCells(const RawColumn& column, std::size_t num_rows) {
    texts_.clear();
    for (std::size_t row = 0; row < num_rows; ++row) {
      const bool there = (column.row_valid.empty() || column.row_valid[row] != 0) && (column.value_valid.empty() || column.value_valid[row] != 0);
      const std::string_view text = there ? column.text_at(row) : std::string_view();
      texts_.push_back(text.empty() ? std::string_view() : text);
    }
    profile_.statistics.AddTexts(texts_, only_distinct_);
  }

  void AddText(std::string_view text, bool cell) {
    if (!cell || separator_.empty()) {
      if (!cell || !text.empty()) texts_.push_back(text);
      return;
    }
    while (!text.empty()) {
      const std::size_t at = std::min(text.find(separator_[0]), text.size());
      std::string_view item = text.substr(0, at);
      while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
      while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
      if (!item.empty()) texts_.push_back(item);
      text.remove_prefix(std::min(at + 1, text.size()));
    }
  }

  std::string separator_;
  bool only_distinct_;
  std::uint64_t counted_ = 0;
  FieldProfile profile_;
  std::vector<std::string_view> texts_;
  std::vector<std::pair<std::size_t, std::size_t>> ranges_;
  std::string buffer_;
};

}  // namespace

Result<Profile> ProfileRows(RawSource& raw, const ProfileOptions& options, ThreadPool* pool) {
  Profile profile;
  profile.names = raw.column_names();
  std::map<std::string, std::unique_ptr<FieldCounter>, std::less<>> counters;
  RawChunk chunk, next;
  std::vector<std::pair<FieldCounter*, const RawColumn*>> work;
  THALWEG_ASSIGN_OR_RETURN(bool more, raw.Next(&chunk));
  while (more) {
    work.clear();
    for (const RawColumn& column : chunk.columns) {
      if (!options.fields.empty() && options.fields.count(column.name) == 0) continue;
      std::unique_ptr<FieldCounter>& counter = counters[column.name];
      if (counter == nullptr) {
        if (std::find(profile.names.begin(), profile.names.end(), column.name) == profile.names.end()) {
          profile.names.push_back(column.name);
        }
        const auto separator = options.list_separators.find(column.name);
        counter = std::make_unique<FieldCounter>(separator == options.list_separators.end() ? "" : separator->second,
                                                 options.only_distinct);
      }
      work.emplace_back(counter.get(), &column);
    }
    profile.rows += chunk.num_rows;
    profile.broken_rows += chunk.broken.size();
    // The next chunk is read beside the counting of this one.
    const bool wanted = options.max_rows == 0 || profile.rows < options.max_rows;
    Result<bool> read = false;
    pool->ParallelFor(work.size() + 1, [&](std::size_t i, int) {
      if (i > 0) work[i - 1].first->Add(*work[i - 1].second, chunk.num_rows);
      else if (wanted) read = raw.Next(&next);
    });
    THALWEG_ASSIGN_OR_RETURN(more, std::move(read));
    std::swap(chunk, next);
  }
  for (auto& [name, counter] : counters) profile.fields.emplace(name, counter->Finish(profile.rows));
  THALWEG_RETURN_IF_ERROR(raw.Rewind());
  return profile;
}

}  // namespace thalweg
