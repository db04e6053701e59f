// A field as TensorFlow has it when it is fed as a dense tensor: every row has values, and one of them means missing.
#ifndef THALWEG_COLUMNS_DENSE_FIELD_H_
#define THALWEG_COLUMNS_DENSE_FIELD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "columns/feature_column.h"

namespace thalweg {

// Keeps its memory from batch to batch.
class DenseField {
 public:
  // `values` of `num_rows` rows by `view`; they point into *this and into `values`, and are good until the next call.
  // Missing is "" of texts, -1 of integers, 0 of numbers (which are weights).
  const FieldValues& View(const FieldValues& values, std::size_t num_rows, DenseView view);

 private:
  template <class T>
  void Copy(std::span<const T> from, const FieldValues& values, std::size_t num_rows, DenseView view, T missing, std::vector<T>* to);
  FieldValues out_;
  std::vector<std::uint32_t> row_offsets_, text_offsets_;
  std::vector<std::int64_t> integers_;
  std::vector<float> numbers_;
  std::string text_;
};

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_DENSE_FIELD_H_
