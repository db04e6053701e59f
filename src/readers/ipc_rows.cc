// Arrow IPC: files (with a footer) and streams. A batch is held whole, so memory grows with the largest batch of a
// file.
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>

#include "readers/batch_rows.h"

namespace thalweg {
namespace {

arrow::ipc::IpcReadOptions ReadOptions(std::vector<int> wanted) {
  arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = false;
  options.included_fields = std::move(wanted);
  return options;
}

class IpcFileRows : public BatchRows {
 public:
  using BatchRows::BatchRows;

  Status Begin(std::shared_ptr<arrow::io::RandomAccessFile> file) {
    auto first = arrow::ipc::RecordBatchFileReader::Open(file, ReadOptions({}));
    if (!first.ok()) return FromArrowStatus(first.status(), name_);
    THALWEG_ASSIGN_OR_RETURN(std::vector<int> wanted, WantedFields(*(*first)->schema()));
    auto reader = arrow::ipc::RecordBatchFileReader::Open(file, ReadOptions(std::move(wanted)));
    if (!reader.ok()) return FromArrowStatus(reader.status(), name_);
    reader_ = std::move(*reader);
    return Status::Ok();
  }

 protected:
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> NextBatch() override {
    if (next_ == reader_->num_record_batches()) return std::shared_ptr<arrow::RecordBatch>();
    return reader_->ReadRecordBatch(next_++);
  }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader_;
  int next_ = 0;
};

// All columns are read: a stream says its schema only once it is open, when the columns have been chosen.
class IpcStreamRows : public BatchRows {
 public:
  using BatchRows::BatchRows;

  Status Begin(std::shared_ptr<arrow::io::InputStream> stream) {
    auto reader = arrow::ipc::RecordBatchStreamReader::Open(std::move(stream), ReadOptions({}));
    if (!reader.ok()) return FromArrowStatus(reader.status(), name_);
    reader_ = std::move(*reader);
    THALWEG_ASSIGN_OR_RETURN(wanted_, WantedFields(*reader_->schema()));
    return Status::Ok();
  }

 protected:
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> NextBatch() override {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::RecordBatch> batch, reader_->Next());
    if (batch == nullptr) return batch;
    return batch->SelectColumns(wanted_);
  }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchStreamReader> reader_;
  std::vector<int> wanted_;
};

template <class Rows, class File>
Result<std::unique_ptr<FileRows>> Begin(const OpenInput& input, const FileOptions& options, File file) {
  auto rows = std::make_unique<Rows>(input.file.name, options);
  try {
    THALWEG_RETURN_IF_ERROR(rows->Begin(std::move(file)));
  } catch (const std::exception& e) {
    return Status::BadData(input.file.name + ": " + e.what());
  }
  return std::unique_ptr<FileRows>(std::move(rows));
}

}  // namespace

Result<std::unique_ptr<FileRows>> OpenArrow(OpenInput input, const FileOptions& options) {
  const auto first = input.bytes->Peek(6);
  if (!first.ok()) return FromArrowStatus(first.status(), input.file.name);
  if (*first != "ARROW1") {
    return Begin<IpcStreamRows, std::shared_ptr<arrow::io::InputStream>>(input, options, input.bytes);
  }
  if (input.compressed) {
    return Status::BadData(input.file.name +
                           ": an Arrow file may be compressed inside, but is read from any place: unpack "
                           "this one, or write it as a stream");
  }
  THALWEG_ASSIGN_OR_RETURN(auto file, OpenRandomAccess(input.file));
  return Begin<IpcFileRows>(input, options, std::move(file));
}

}  // namespace thalweg
