// A table on its way into a file, in the form and with the rows in which it is smaller.
#ifndef THALWEG_BUNDLE_PACK_TABLE_H_
#define THALWEG_BUNDLE_PACK_TABLE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tensor/packed_table.h"
#include "thalweg/status.h"

namespace thalweg {

class TablePacker {
 public:
  // `table` [rows×cols], finite, outlives this; `wanted`: of its numbers. int8 needs a scale a row: rows so short that
  // bf16 takes no more than that keep bf16. Rows of zeros (+0 each) are left out where at least half of them are such,
  // and that is smaller.
  TablePacker(std::span<const float> table, std::size_t cols, NumberForm wanted);

  NumberForm form() const { return form_; }
  std::size_t kept() const { return kept_; }
  bool sparse() const { return sparse_; }
  // float32, all rows: as tables are without this.
  bool plain() const { return form_ == NumberForm::kF32 && !sparse_; }
  const std::vector<std::uint32_t>& row_numbers() const { return row_numbers_; }  // empty unless sparse
  const std::vector<float>& scales() const { return scales_; }                    // empty unless int8

  // The numbers of the rows that are kept, in their form, piece by piece.
  Status ForEachPiece(const std::function<Status(const void*, std::size_t)>& take) const;

 private:
  std::span<const float> table_;
  std::size_t cols_ = 0, kept_ = 0;
  NumberForm form_ = NumberForm::kF32;
  bool sparse_ = false;
  std::vector<std::uint32_t> row_numbers_;
  std::vector<float> scales_;
};

}  // namespace thalweg

#endif  // THALWEG_BUNDLE_PACK_TABLE_H_
