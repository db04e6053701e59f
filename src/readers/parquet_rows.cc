// Parquet: the wanted columns only, in small batches, pages read as they are needed, so that memory depends on neither
// rows nor row groups.
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include <numeric>

#include "readers/batch_rows.h"

namespace thalweg {
namespace {

constexpr std::int64_t kPageBufferBytes = 64 << 10;

// The leaves under a field: one, but for nested types.
void AddLeaves(const parquet::arrow::SchemaField& field, std::vector<int>* leaves) {
  if (field.is_leaf()) leaves->push_back(field.column_index);
  for (const parquet::arrow::SchemaField& child : field.children) AddLeaves(child, leaves);
}

class ParquetRows : public BatchRows {
 public:
  using BatchRows::BatchRows;

  Status Begin(std::shared_ptr<arrow::io::RandomAccessFile> file) {
    parquet::ReaderProperties properties = parquet::default_reader_properties();
    properties.enable_buffered_stream();
    properties.set_buffer_size(kPageBufferBytes);
    properties.set_page_checksum_verification(true);
    parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/false);
    arrow_properties.set_batch_size(static_cast<std::int64_t>(options_.chunk_rows));
    arrow_properties.set_pre_buffer(false);

    parquet::arrow::FileReaderBuilder builder;
    if (const arrow::Status status = builder.Open(std::move(file), properties); !status.ok()) {
      return FromArrowStatus(status, name_);
    }
    builder.properties(arrow_properties);
    auto reader = builder.Build();
    if (!reader.ok()) return FromArrowStatus(reader.status(), name_);
    reader_ = std::move(*reader);

    std::shared_ptr<arrow::Schema> schema;
    if (const arrow::Status status = reader_->GetSchema(&schema); !status.ok()) return FromArrowStatus(status, name_);
    THALWEG_ASSIGN_OR_RETURN(const std::vector<int> wanted, WantedFields(*schema));
    std::vector<int> leaves;
    for (const int i : wanted) {
      AddLeaves(reader_->manifest().schema_fields[static_cast<std::size_t>(i)], &leaves);
    }
    std::vector<int> groups(static_cast<std::size_t>(reader_->num_row_groups()));
    std::iota(groups.begin(), groups.end(), 0);
    auto batches = reader_->GetRecordBatchReader(groups, leaves);
    if (!batches.ok()) return FromArrowStatus(batches.status(), name_);
    batches_ = std::move(*batches);
    return Status::Ok();
  }

 protected:
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> NextBatch() override { return batches_->Next(); }

 private:
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::shared_ptr<arrow::RecordBatchReader> batches_;
};

}  // namespace

Result<std::unique_ptr<FileRows>> OpenParquet(OpenInput input, const FileOptions& options) {
  if (input.compressed) {
    return Status::BadData(input.file.name + ": a Parquet file is compressed inside; unpack this one");
  }
  auto rows = std::make_unique<ParquetRows>(input.file.name, options);
  THALWEG_ASSIGN_OR_RETURN(auto file, OpenRandomAccess(input.file));
  try {
    THALWEG_RETURN_IF_ERROR(rows->Begin(std::move(file)));
  } catch (const std::exception& e) {
    return Status::BadData(input.file.name + ": " + e.what());
  }
  return std::unique_ptr<FileRows>(std::move(rows));
}

}  // namespace thalweg
