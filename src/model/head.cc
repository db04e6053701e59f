#include "model/head.h"

#include <algorithm>
#include <functional>

namespace thalweg {
namespace {

double SumOfWeights(std::size_t num_rows, std::span<const float> weight) {
  if (weight.empty()) return static_cast<double>(num_rows);
  double sum = 0;
  for (const float w : weight) sum += w;
  return sum;
}

}  // namespace

void Head::CopyLogits(ConstMatrixView logits, Predictions* out) {
  out->num_rows = logits.rows;
  out->num_logits = logits.cols;
  out->logits.resize(logits.rows * logits.cols);
  for (std::size_t r = 0; r < logits.rows; ++r) {
    std::copy_n(logits.row(r), logits.cols, out->logits.data() + r * logits.cols);
  }
  out->probabilities.clear();
  out->predictions.clear();
  out->class_ids.clear();
}

double Head::Divisor(std::size_t num_rows, std::span<const float> weight) const {
  const double per_row = static_cast<double>(losses_per_row());
  switch (reduction_) {
    case LossReduction::kSum:
      return 1;
    case LossReduction::kWeightedMean:
      return per_row * SumOfWeights(num_rows, weight);
    case LossReduction::kSumByNonzeroWeights:
      return per_row * static_cast<double>(num_rows - static_cast<std::size_t>(std::ranges::count(weight, 0.0f)));
    case LossReduction::kSumOverBatchSize:
      break;
  }
  return per_row * static_cast<double>(num_rows);
}

double Head::Loss(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight,
                  MatrixView dlogits, ThreadPool* pool) const {
  const double divisor = Divisor(logits.rows, weight);
  const double scale = divisor > 0 ? 1.0 / divisor : 0.0;
  return Sum(logits, label, weight, scale, dlogits, pool) * scale;
}

LossTotals Head::Totals(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight,
                        MatrixView dlogits) const {
  return {Sum(logits, label, weight, 1, dlogits, nullptr),
          static_cast<double>(losses_per_row()) * SumOfWeights(logits.rows, weight), Divisor(logits.rows, weight)};
}

double Head::Sum(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight, double scale,
                 MatrixView dlogits, ThreadPool* pool) const {
  constexpr std::size_t kRows = 128, kBlocks = 64;  // partial sums of so many blocks at a time, on the stack
  const std::size_t width = label_width();
  double loss = 0;
  for (std::size_t first = 0; first < logits.rows; first += kRows * kBlocks) {
    double partial[kBlocks];
    const std::size_t blocks = std::min(kBlocks, (logits.rows - first + kRows - 1) / kRows);
    const auto block_loss = [&](std::size_t block, int) {
      const std::size_t begin = first + block * kRows, count = std::min(kRows, logits.rows - begin);
      partial[block] = LossOfRows({logits.row(begin), count, logits.cols, logits.stride}, label.subspan(begin * width, count * width),
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
  return loss;
}

}  // namespace thalweg
