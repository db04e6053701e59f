// y = x · kernel + bias. The input may be of more than one kind: runs of numbers, and multi-hot ids, which pick rows of
// the kernel and are never made dense (an indicator column of a million buckets costs one row a value).
#ifndef THALWEG_NN_DENSE_LAYER_H_
#define THALWEG_NN_DENSE_LAYER_H_

#include <limits>
#include <memory>
#include <vector>

#include "nn/layer.h"
#include "tensor/kernels.h"

namespace thalweg {

// A run of kernel rows, in order.
struct KernelRun {
  static constexpr std::size_t kNumbers = std::numeric_limits<std::size_t>::max();
  std::size_t width = 0;       // kernel rows: numbers, or buckets
  std::size_t ids = kNumbers;  // into LayerState::ids: a multi-hot run; otherwise the next `width` numbers of x
  // The part of the numbers whose gradient is wanted, from the run's first: embeddings, not given numbers.
  std::size_t wanted_begin = 0, wanted_end = 0;
};

// What is known of a kernel beside its size: whose its rows are, whether it yields the logits.
struct KernelMeaning {
  std::vector<RowRun> rows_of;
  bool of_logits = false;
};

class DenseLayer final : public Layer {
 public:
  // A layer whose whole input is numbers that come from a layer below. `precision` is that of its products.
  static Result<std::unique_ptr<Layer>> Create(std::size_t units, const LayerScope& scope, ParameterList* list,
                                               Precision precision = Precision::kFp32, KernelMeaning meaning = {});
  static Result<std::unique_ptr<Layer>> Create(std::size_t units, std::vector<KernelRun> runs, const LayerScope& scope,
                                               ParameterList* list, Precision precision = Precision::kFp32,
                                               KernelMeaning meaning = {});

  const std::vector<KernelRun>& runs() const { return runs_; }
  const Parameter& kernel() const { return *parameters()[0]; }
  const Parameter& bias() const { return *parameters()[1]; }
  Precision precision() const { return precision_; }

  bool elementwise() const override { return false; }
  std::unique_ptr<LayerState> NewState() const override;
  void Freeze() override;
  void Prepare(std::size_t num_rows, LayerState* state) const override;
  void Forward(const LayerPass& pass, const RowBlock& block, ConstMatrixView x, MatrixView y,
               LayerState* state) const override;
  void Backward(const RowBlock& block, ConstMatrixView x, ConstMatrixView y, ConstMatrixView dy, MatrixView dx,
                LayerState* state) const override;
  bool Gradient(std::size_t parameter, const Tile& tile, ConstMatrixView x, ConstMatrixView dy, const LayerState& state,
                MatrixView gradient, const ComesNext& next) const override;
  void Moved(std::size_t parameter, const Tile& tile, LayerState* state) const override;

 private:
  struct DenseState;
  DenseLayer(std::size_t in, std::size_t units, std::vector<KernelRun> runs, Precision precision)
      : Layer(in, units), runs_(std::move(runs)), precision_(precision), packs_(PacksPairs(precision, units)) {}
  void Pack(const Tile& tile, DenseState* state) const;

  std::vector<KernelRun> runs_;
  Precision precision_;
  bool packs_;  // kernel, and when training inputs and slopes, are kept packed
  std::vector<PairPanels> frozen_;  // the kernel, by run, when it does not change any more
};

}  // namespace thalweg

#endif  // THALWEG_NN_DENSE_LAYER_H_
