// One number for all decoded rows in their order: the same for any cut into batches or files. By field it chains
// CRC32C over what each row has, which streams at memory speed and does not see where batches end. It finds changed
// data; it is no defence against someone who wants two data sets to look alike.
#ifndef THALWEG_DATA_ROW_FINGERPRINT_H_
#define THALWEG_DATA_ROW_FINGERPRINT_H_

#include <cstdint>
#include <vector>

#include "thalweg/example.h"

namespace thalweg {

class RowFingerprint {
 public:
  explicit RowFingerprint(const Schema& schema);
  // `batch` has the schema's fields; label and weight count too where they are there.
  void Add(const ExampleBatch& batch);
  std::uint64_t value() const;
  std::uint64_t num_rows() const { return num_rows_; }

 private:
  struct Chain {
    std::uint32_t rows = 0;     // what each row has: a count of values; or, where a field has one at most, the value's
                                // length or bits, and a mark of its own for a missing one
    std::uint32_t lengths = 0;  // of the texts of a `many` field
    std::uint32_t values = 0;   // bytes of texts and integers, numbers of `many` fields
  };
  void AddField(const FieldSpec& spec, const FieldValues& values, std::size_t num_rows, Chain* chain);

  Schema schema_;
  std::vector<Chain> chains_;
  std::uint32_t label_ = 0, weight_ = 0;
  std::uint64_t num_rows_ = 0;
  std::vector<std::uint32_t> scratch_;
};

}  // namespace thalweg

#endif  // THALWEG_DATA_ROW_FINGERPRINT_H_
