// Rows by column, and where they come from. This is the door for custom data: make an ExampleBatch, or implement
// ExampleSource, and train, evaluate or predict with it.
//
// Legend: B rows in a batch; L labels a row (ModelSpec::LabelWidth); n values of a field in a batch (n = B when each row has exactly one).
#ifndef THALWEG_EXAMPLE_H_
#define THALWEG_EXAMPLE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/schema.h"
#include "thalweg/status.h"

namespace thalweg {

// The values of one field for B rows. Views: `owner` keeps what they point into alive (Arrow's, NumPy's or our memory).
// A row without values is a missing value; an empty string is a value. row_offsets begin at 0; text_offsets need not.
struct FieldValues {
  DType dtype = DType::kText;
  std::span<const std::uint32_t> row_offsets;   // [B+1] into the values; empty: one value in each row
  std::span<const float> numbers;               // [n] when dtype is kNumber
  std::span<const std::int64_t> integers;       // [n] when kInteger
  std::span<const std::uint32_t> text_offsets;  // [n+1] into text, when kText
  const char* text = nullptr;
  std::shared_ptr<const void> owner;

  std::size_t begin(std::size_t row) const { return row_offsets.empty() ? row : row_offsets[row]; }
  std::size_t end(std::size_t row) const { return row_offsets.empty() ? row + 1 : row_offsets[row + 1]; }
  std::size_t num_values(std::size_t num_rows) const { return row_offsets.empty() ? num_rows : row_offsets[num_rows]; }
  std::string_view text_at(std::size_t i) const {
    return {text + text_offsets[i], text_offsets[i + 1] - text_offsets[i]};
  }
};

// Where a row came from, for messages: "train.csv row 17".
struct RowOrigin {
  std::shared_ptr<const std::string> file;  // may be null: rows that come from memory
  std::uint64_t row = 0;                    // 1 is the first row of data (a header is not counted)
  std::string ToString() const;
};

// The origins of a batch's rows, compactly: most batches need one file and one number.
struct RowOrigins {
  std::vector<std::shared_ptr<const std::string>> files;  // those that rows come from; a null one: memory
  std::vector<std::uint32_t> file_of;                     // [B] into files; empty: all rows are of files[0]
  std::vector<std::uint64_t> rows;  // [B], or [1]: that of the first row, the others follow it; empty: not known
  RowOrigin At(std::size_t row) const;
};

struct ExampleBatch {
  std::size_t num_rows = 0;
  std::vector<FieldValues> fields;  // in the order of the Schema that the source was made with
  // [B×L], row by row: a class index or a number, L = 1; of a multilabel task 1 or 0 for each of the L classes; of a
  // regression with label_dimension L that many numbers. Empty when the source has no label.
  std::vector<float> label;
  std::vector<float> weight;        // [B], or empty: all 1
  RowOrigins origins;               // may be empty for rows from memory
  RowOrigin OriginOf(std::size_t row) const { return origins.At(row); }
};

// A stream of batches that can be read again. Not thread-safe: one reader at a time.
class ExampleSource {
 public:
  virtual ~ExampleSource() = default;
  // Fills *batch with the next rows (at least one); false at the end. An error names file, row and field and ends the
  // stream. What *batch held before is let go.
  virtual Result<bool> Next(ExampleBatch* batch) = 0;
  // Back to the first row, for another pass.
  virtual Status Rewind() = 0;
};

// Rows that the caller holds in memory. The views in `batch` must stay alive as long as the source.
std::unique_ptr<ExampleSource> SourceOf(ExampleBatch batch);

// Builds an ExampleBatch row by row; the batch owns its memory. Reusable after Take().
class ExampleBuilder {
 public:
  explicit ExampleBuilder(Schema schema);
  ExampleBuilder(ExampleBuilder&&) noexcept;
  ~ExampleBuilder();
  // Values of the row under way. Unknown field, or a value of another type: an error. A field not set is missing; set
  // again it is a list (the field must be `many`).
  Status Number(std::string_view field, double value);
  Status Integer(std::string_view field, std::int64_t value);
  Status Text(std::string_view field, std::string_view value);
  void Label(float value);   // class index, or number
  // L of them. L is that of the first labelled row: what another row lacks is "not a number", which training refuses.
  void Label(std::span<const float> values);
  void Weight(float value);
  void EndRow();
  ExampleBatch Take();       // the rows so far; the builder is empty again

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace thalweg

#endif  // THALWEG_EXAMPLE_H_
