// TFRecord files of tf.train.Example: one record a row.
#include <algorithm>

#include "base/strings.h"
#include "readers/example_proto.h"
#include "readers/format.h"
#include "readers/tfrecord.h"

namespace thalweg {
namespace {

constexpr std::size_t kMaxChunkBytes = 1u << 20;  // what is made of them stays in the processor's cache

class TfRecordRows : public FileRows {
 public:
  TfRecordRows(OpenInput input, const FileOptions& options)
      : records_(std::move(input.bytes), input.file.name),
        options_(options),
        file_(std::make_shared<const std::string>(input.file.name)),
        examples_(options) {}

  // Reads the first chunk, for its names.
  Status Begin() {
    THALWEG_ASSIGN_OR_RETURN(has_ahead_, Read(&ahead_));
    return Status::Ok();
  }

  const std::vector<std::string>& column_names() const override { return examples_.columns().names(); }
  const ReadSpec& read() const override { return options_.read; }

  Result<bool> Next(RawChunk* chunk) override {
    *chunk = RawChunk();
    if (!has_ahead_) return Read(chunk);
    has_ahead_ = false;
    *chunk = std::move(ahead_);
    ahead_ = RawChunk();
    return true;
  }

 private:
  Result<bool> Read(RawChunk* chunk) {
    chunk->file = file_;
    chunk->first_row = records_.num_read() + 1;
    std::vector<std::uint64_t> numbers;
    std::size_t rows = 0, bytes = 0;
    std::string why;
    while (rows + chunk->broken.size() < options_.chunk_rows && bytes < kMaxChunkBytes &&
           (rows + 1) * examples_.columns().columns().size() <= kMaxCells) {
      THALWEG_ASSIGN_OR_RETURN(const std::string_view record, records_.Next());
      if (record.data() == nullptr) {
        if (!any_broken_ && records_.num_read() > 0 && examples_.columns().names().empty()) {
          return Status::BadData(records_.name() + ": no record has a feature; are these records tf.train.Example?");
        }
        break;
      }
      const Result<bool> good = examples_.Read(record, rows, &why);
      if (!good.ok()) return Status(good.status().code(), records_.Where() + good.status().message());
      if (*good) {
        ++rows;
        numbers.push_back(records_.num_read());
      } else {
        any_broken_ = true;
        for (RecordColumn& column : examples_.columns().columns()) column.DropRow(rows);
        chunk->broken.push_back({RowOrigin{file_, records_.num_read()}, why});
      }
      bytes += record.size();
    }
    chunk->num_rows = rows;
    if (!chunk->broken.empty()) chunk->rows = std::move(numbers);
    chunk->columns.reserve(examples_.columns().columns().size());
    for (RecordColumn& column : examples_.columns().columns()) chunk->columns.push_back(column.Finish(rows));
    return rows > 0 || !chunk->broken.empty();
  }

  RecordReader records_;
  FileOptions options_;
  std::shared_ptr<const std::string> file_;
  ExampleReader examples_;
  RawChunk ahead_;
  bool has_ahead_ = false, any_broken_ = false;
};

}  // namespace

Result<std::unique_ptr<FileRows>> OpenTfRecord(OpenInput input, const FileOptions& options) {
  auto rows = std::make_unique<TfRecordRows>(std::move(input), options);
  THALWEG_RETURN_IF_ERROR(rows->Begin());
  return std::unique_ptr<FileRows>(std::move(rows));
}

}  // namespace thalweg
