#include "model/head.h"

#include <algorithm>
#include <functional>

namespace thalweg {
namespace {

double Denominator(LossReduction reduction, std::size_t num_rows, std::span<const float> weight) {
  if (reduction == LossReduction::kSum) return 1;
  if (reduction == LossReduction::kSumOverBatchSize || weight.empty()) return static_cast<double>(num_rows);
  double sum = 0;
  for (const float w : weight) sum += reduction == LossReduction::kWeightedMean ? w : (w != 0.0f ? 1.0 : 0.0);
  return sum;
}

}  // namespace

double Head::Loss(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight,
                  MatrixView dlogits, ThreadPool* pool) const {
  constexpr std::size_t kRows = 128, kBlocks = 64;  // partial sums of so many blocks at a time, on the stack
  const double denominator = Denominator(reduction_, logits.rows, weight);
  const double scale = denominator > 0 ? 1.0 / denominator : 0.0;
  double loss = 0;
  for (std::size_t first = 0; first < logits.rows; first += kRows * kBlocks) {
    double partial[kBlocks];
    const std::size_t blocks = std::min(kBlocks, (logits.rows - first + kRows - 1) / kRows);
    const auto block_loss = [&](std::size_t block, int) {
      const std::size_t begin = first + block * kRows, count = std::min(kRows, logits.rows - begin);
      partial[block] = LossOfRows({logits.row(begin), count, logits.cols, logits.stride}, label.subspan(begin, count),
                                  weight.empty() ? weight : weight.subspan(begin, count), scale,
                                  {dlogits.row(begin), count, dlogits.cols, dlogits.stride});
    };
    // By reference: std::function then needs no memory of its own.
    if (pool != nullptr && blocks > 1) {
      pool->ParallelFor(blocks, std::ref(block_loss));
    } else {
      for (std::size_t block = 0; block < blocks; ++block) block_loss(block, 0);
    }
    for (std::size_t block = 0; block < blocks; ++block) loss += partial[block];
  }
  return loss * scale;
}

}  // namespace thalweg
