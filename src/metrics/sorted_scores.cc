#include "metrics/sorted_scores.h"

#include <algorithm>
#include <bit>
#include <queue>
#include <utility>

namespace thalweg {
namespace {

constexpr std::uint32_t kSign = 1u << 31;

// Floats as integers that fall as they rise: a sort of integers is faster, and has no case for signs.
std::uint32_t KeyOf(float score) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(score + 0.0f);  // -0 becomes 0
  return (bits & kSign) != 0 ? bits : ~(bits | kSign);
}

}  // namespace

float SortedScores::Entry::score() const { return std::bit_cast<float>((key & kSign) != 0 ? key : ~key & ~kSign); }

SortedScores::SortedScores(std::size_t memory_rows, std::string folder)
    : memory_rows_(std::max<std::size_t>(memory_rows, 1)), folder_(std::move(folder)) {}

Status SortedScores::Add(float score, bool positive, float weight, std::uint64_t row) {
  return AddEntry({KeyOf(score), weight, 2 * row + (positive ? 1 : 0)});
}

Status SortedScores::AddEntry(const Entry& entry) {
  if (entries_.size() >= memory_rows_) THALWEG_RETURN_IF_ERROR(Spill());
  entries_.push_back(entry);
  return Status::Ok();
}

Status SortedScores::Spill() {
  if (!file_) {
    THALWEG_ASSIGN_OR_RETURN(file_, SpillFile::Create(folder_));
  }
  std::sort(entries_.begin(), entries_.end());
  const Run run{file_->size(), entries_.size()};
  THALWEG_RETURN_IF_ERROR(file_->Append(entries_.data(), entries_.size() * sizeof(Entry)));
  runs_.push_back(run);
  entries_.clear();
  return Status::Ok();
}

Status SortedScores::Merge(SortedScores* other) {
  Status status;
  const Status walked = other->ForEach([&](const Entry& entry) {
    if (status.ok()) status = AddEntry(entry);
  });
  return walked.ok() ? status : walked;
}

Status SortedScores::ForEach(const std::function<void(const Entry&)>& visit) {
  std::sort(entries_.begin(), entries_.end());
  if (!runs_.empty()) return MergeRuns(visit);
  for (const Entry& entry : entries_) visit(entry);
  return Status::Ok();
}

// Every run is read through a buffer of its own; all buffers together hold about as many rows as may be in memory.
Status SortedScores::MergeRuns(const std::function<void(const Entry&)>& visit) {
  constexpr std::size_t kLeast = 64;
  const std::size_t buffer_rows = std::max(kLeast, memory_rows_ / (runs_.size() + 1));
  struct Reader {
    Run left;  // in the file
    std::vector<Entry> buffer;
    std::size_t at = 0;
  };
  std::vector<Reader> readers(runs_.size() + 1);
  for (std::size_t r = 0; r < runs_.size(); ++r) readers[r].left = runs_[r];
  readers.back().buffer = std::move(entries_);  // what was not spilled; it goes back below
  entries_.clear();

  using Head = std::pair<Entry, std::size_t>;  // and its reader
  const auto later = [](const Head& a, const Head& b) { return b.first < a.first; };
  std::priority_queue<Head, std::vector<Head>, decltype(later)> heads(later);
  const auto advance = [&](std::size_t r) -> Status {
    Reader& reader = readers[r];
    if (reader.at == reader.buffer.size() && reader.left.rows > 0) {
      reader.buffer.resize(std::min<std::uint64_t>(buffer_rows, reader.left.rows));
      reader.at = 0;
      const std::size_t bytes = reader.buffer.size() * sizeof(Entry);
      THALWEG_RETURN_IF_ERROR(file_->Read(reader.left.offset, reader.buffer.data(), bytes));
      reader.left.offset += bytes;
      reader.left.rows -= reader.buffer.size();
    }
    if (reader.at < reader.buffer.size()) heads.emplace(reader.buffer[reader.at++], r);
    return Status::Ok();
  };
  Status status;
  for (std::size_t r = 0; status.ok() && r < readers.size(); ++r) status = advance(r);
  while (status.ok() && !heads.empty()) {
    const auto [entry, r] = heads.top();
    heads.pop();
    visit(entry);
    status = advance(r);
  }
  entries_ = std::move(readers.back().buffer);
  return status;
}

}  // namespace thalweg
