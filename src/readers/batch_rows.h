// What Parquet and Arrow files share: record batches, handed up in chunks.
#ifndef THALWEG_READERS_BATCH_ROWS_H_
#define THALWEG_READERS_BATCH_ROWS_H_

#include <arrow/record_batch.h>

#include <memory>
#include <string>
#include <vector>

#include "readers/format.h"

namespace thalweg {

class BatchRows : public FileRows {
 public:
  BatchRows(std::string name, const FileOptions& options);
  const std::vector<std::string>& column_names() const override { return names_; }
  const ReadSpec& read() const override { return options_.read; }
  Result<bool> Next(RawChunk* chunk) override;

 protected:
  // The next batch, of the wanted columns only; null at the end. May throw what Parquet throws.
  virtual arrow::Result<std::shared_ptr<arrow::RecordBatch>> NextBatch() = 0;
  // Checks names and types; the indices of the top-level fields that are wanted.
  Result<std::vector<int>> WantedFields(const arrow::Schema& schema);

  const std::string name_;
  const FileOptions options_;

 private:
  std::vector<std::string> names_;
  std::shared_ptr<const std::string> file_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::int64_t done_ = 0;  // rows of batch_
  std::uint64_t next_row_ = 1;
};

}  // namespace thalweg

#endif  // THALWEG_READERS_BATCH_ROWS_H_
