// TFRecord files of tf.train.Example: one record a row. With several threads so many blocks of records are read ahead and
// parsed side by side; chunks come out in the order of the file, and are the same ones.
#include <algorithm>
#include <deque>

#include "base/strings.h"
#include "base/thread_pool.h"
#include "readers/example_proto.h"
#include "readers/format.h"
#include "readers/tfrecord.h"

namespace thalweg {
namespace {

constexpr std::size_t kMaxChunkBytes = 1u << 20;  // what is made of them stays in the processor's cache
constexpr int kMaxLanes = 8;

// What makes a chunk of records.
struct Lane {
  explicit Lane(const FileOptions& options) : examples(options) {}

  void Begin(std::shared_ptr<const std::string> file, std::uint64_t first_row) {
    chunk = RawChunk();
    chunk.file = std::move(file);
    chunk.first_row = first_row;
    numbers.clear();
    bytes = 0;
  }
  // The block may take another record.
  bool HasRoom(const FileOptions& options, std::size_t records) const {
    return records < options.chunk_rows && bytes < kMaxChunkBytes &&
           (records + 1) * examples.columns().names().size() <= kMaxCells;
  }
  Status Add(std::string_view record, std::uint64_t number) {
    const Result<bool> good = examples.Read(record, numbers.size(), &why);
    if (!good.ok()) return good.status().At(*chunk.file + " row " + std::to_string(number));
    if (*good) {
      numbers.push_back(number);
    } else {
      for (RecordColumn& column : examples.columns().columns()) column.DropRow(numbers.size());
      chunk.broken.push_back({RowOrigin{chunk.file, number}, why});
    }
    return Status::Ok();
  }
  void End() {
    chunk.num_rows = numbers.size();
    if (!chunk.broken.empty()) chunk.rows = numbers;
    std::vector<RecordColumn>& columns = examples.columns().columns();
    chunk.columns.reserve(columns.size());
    for (RecordColumn& column : columns) chunk.columns.push_back(column.Finish(chunk.num_rows));
  }

  // Parses the records that were put by.
  void Parse() {
    for (const auto& [begin, size, number] : records) {
      status = Add(std::string_view(held).substr(begin, size), number);
      if (!status.ok()) return;
    }
    End();
  }

  ExampleReader examples;
  RawChunk chunk;
  std::vector<std::uint64_t> numbers;  // of good rows
  std::size_t bytes = 0;
  std::string why;
  std::size_t names_told = 0;

  struct Held {
    std::size_t begin, size;
    std::uint64_t number;
  };
  std::string held;  // the bytes of `records`
  std::vector<Held> records;
  Status status;
};

class TfRecordRows : public FileRows {
 public:
  TfRecordRows(OpenInput input, const FileOptions& options)
      : records_(std::move(input.bytes), input.file.name),
        options_(options),
        file_(std::make_shared<const std::string>(input.file.name)) {
    lanes_.push_back(std::make_unique<Lane>(options_));
  }

  // Reads the first chunk, for its names.
  Status Begin() {
    RawChunk first;
    THALWEG_ASSIGN_OR_RETURN(const bool any, ReadOne(&first));
    if (any) ready_.push_back(std::move(first));
    return Status::Ok();
  }

  const std::vector<std::string>& column_names() const override { return names_; }
  const ReadSpec& read() const override { return options_.read; }

  Result<bool> Next(RawChunk* chunk) override {
    *chunk = RawChunk();
    if (ready_.empty() && options_.threads != 1 && !at_end_) ReadSeveral();
    if (!ready_.empty()) {
      *chunk = std::move(ready_.front());
      ready_.pop_front();
      return true;
    }
    if (!failed_.ok()) return failed_;
    if (options_.threads != 1) return false;
    return ReadOne(chunk);
  }

 private:
  // The next record; at the end a null view, and an error where nothing was a feature.
  Result<std::string_view> NextRecord() {
    THALWEG_ASSIGN_OR_RETURN(const std::string_view record, records_.Next());
    at_end_ = record.data() == nullptr;
    return record;
  }

  Status CheckEnd() const {
    if (!at_end_ || any_broken_ || records_.num_read() == 0 || !names_.empty()) return Status::Ok();
    return Status::BadData(records_.name() + ": no record has a feature; are these records tf.train.Example?");
  }

  // Names that a chunk brought.
  void Tell(Lane* lane) {
    any_broken_ |= !lane->chunk.broken.empty();
    const std::vector<std::string>& names = lane->examples.columns().names();
    for (; lane->names_told < names.size(); ++lane->names_told) {
      const std::string& name = names[lane->names_told];
      if (lanes_.size() == 1 || std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
    }
  }

  Result<bool> ReadOne(RawChunk* chunk) {
    Lane& lane = *lanes_.front();
    lane.Begin(file_, records_.num_read() + 1);
    std::size_t count = 0;
    for (; lane.HasRoom(options_, count); ++count) {
      THALWEG_ASSIGN_OR_RETURN(const std::string_view record, NextRecord());
      if (at_end_) break;
      THALWEG_RETURN_IF_ERROR(lane.Add(record, records_.num_read()));
      lane.bytes += record.size();
    }
    lane.End();
    Tell(&lane);
    THALWEG_RETURN_IF_ERROR(CheckEnd());
    *chunk = std::move(lane.chunk);
    return count > 0;
  }

  // As many chunks as there are threads; what goes wrong comes behind those before it.
  void ReadSeveral() {
    if (pool_ == nullptr) {
      pool_ = std::make_unique<ThreadPool>(options_.threads);
      const int lanes = std::min(pool_->num_threads(), kMaxLanes);
      while (static_cast<int>(lanes_.size()) < lanes) lanes_.push_back(std::make_unique<Lane>(options_));
    }
    std::size_t filled = 0;
    while (filled < lanes_.size() && !at_end_ && failed_.ok()) {
      Lane& lane = *lanes_[filled];
      lane.Begin(file_, records_.num_read() + 1);
      lane.held.clear();
      lane.records.clear();
      while (lane.HasRoom(options_, lane.records.size())) {
        const Result<std::string_view> record = NextRecord();
        if (!record.ok()) failed_ = record.status();
        if (!record.ok() || at_end_) break;
        lane.records.push_back({lane.held.size(), record->size(), records_.num_read()});
        lane.held += *record;
        lane.bytes += record->size();
      }
      lane.held.append(kRecordSlack, '\0');
      if (!failed_.ok() || lane.records.empty()) break;
      ++filled;
    }
    pool_->ParallelFor(filled, [&](std::size_t i, int) { lanes_[i]->Parse(); });
    for (std::size_t i = 0; i < filled; ++i) {
      Lane& lane = *lanes_[i];
      if (!lane.status.ok()) {
        failed_ = lane.status;
        at_end_ = true;
        return;
      }
      Tell(&lane);
      ready_.push_back(std::move(lane.chunk));
    }
    if (failed_.ok()) failed_ = CheckEnd();
    if (!failed_.ok()) at_end_ = true;
  }

  RecordReader records_;
  FileOptions options_;
  std::shared_ptr<const std::string> file_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::unique_ptr<ThreadPool> pool_;
  std::vector<std::string> names_;  // all met, in order
  std::deque<RawChunk> ready_;
  Status failed_;
  bool at_end_ = false, any_broken_ = false;
};

}  // namespace

Result<std::unique_ptr<FileRows>> OpenTfRecord(OpenInput input, const FileOptions& options) {
  auto rows = std::make_unique<TfRecordRows>(std::move(input), options);
  THALWEG_RETURN_IF_ERROR(rows->Begin());
  return std::unique_ptr<FileRows>(std::move(rows));
}

}  // namespace thalweg
