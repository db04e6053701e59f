#include "readers/batch_rows.h"

#include <algorithm>
#include <exception>

#include "readers/arrow_columns.h"

namespace thalweg {

BatchRows::BatchRows(std::string name, const FileOptions& options)
    : name_(std::move(name)), options_(options), file_(std::make_shared<const std::string>(name_)) {}

Result<std::vector<int>> BatchRows::WantedFields(const arrow::Schema& schema) {
  std::vector<int> wanted;
  for (int i = 0; i < schema.num_fields(); ++i) {
    const arrow::Field& field = *schema.field(i);
    names_.push_back(field.name());
    if (!IsWanted(options_, field.name())) continue;
    THALWEG_RETURN_IF_ERROR(CheckArrowType(field, name_));
    wanted.push_back(i);
  }
  THALWEG_RETURN_IF_ERROR(CheckNames(names_, name_));
  return wanted;
}

Result<bool> BatchRows::Next(RawChunk* chunk) {
  *chunk = RawChunk();
  while (batch_ == nullptr || done_ == batch_->num_rows()) {
    batch_ = nullptr;
    done_ = 0;
    try {
      auto next = NextBatch();
      if (!next.ok()) return FromArrowStatus(next.status(), name_ + " after row " + std::to_string(next_row_ - 1));
      batch_ = std::move(*next);
    } catch (const std::exception& e) {
      return Status::BadData(name_ + " after row " + std::to_string(next_row_ - 1) + ": " + e.what());
    }
    if (batch_ == nullptr) return false;
    if (const arrow::Status status = batch_->Validate(); !status.ok()) return FromArrowStatus(status, name_);
  }
  const std::int64_t rows =
      std::min<std::int64_t>(batch_->num_rows() - done_, static_cast<std::int64_t>(options_.chunk_rows));
  chunk->num_rows = static_cast<std::size_t>(rows);
  chunk->file = file_;
  chunk->first_row = next_row_;
  for (int c = 0; c < batch_->num_columns(); ++c) {
    auto column = FromArrow(batch_->schema()->field(c)->name(), batch_->column(c), done_, rows);
    if (!column.ok()) return column.status().At(name_);
    chunk->columns.push_back(std::move(*column));
  }
  done_ += rows;
  next_row_ += static_cast<std::uint64_t>(rows);
  return true;
}

}  // namespace thalweg
