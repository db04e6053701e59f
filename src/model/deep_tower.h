// The network: embeddings, indicators and numbers, in order of column name → hidden layers → logits. A hidden layer is
// dense → activation → dropout → batch normalisation, as in tf.estimator.
#ifndef THALWEG_MODEL_DEEP_TOWER_H_
#define THALWEG_MODEL_DEEP_TOWER_H_

#include <memory>
#include <string>
#include <vector>

#include "columns/feature_plan.h"
#include "model/tower.h"
#include "nn/dense_layer.h"
#include "nn/embedding_bag.h"
#include "nn/parameter_list.h"

namespace thalweg {

class DeepTower final : public Tower {
 public:
  // `precision`: TrainingSpec's; "auto", which nothing has settled, is fp32.
  static Result<std::unique_ptr<Tower>> Create(const FeaturePlan& plan, const DeepSpec& spec,
                                               const std::string& precision, std::size_t num_logits,
                                               ParameterList* list);

  std::unique_ptr<State> NewState() const override;
  void AddTables(std::vector<TableUse>* uses) const override;
  void Freeze() override;
  void Prepare(const LayerPass& pass, const FeatureBatch& batch, std::size_t kept_rows, State* state) const override;
  std::size_t forward_phases(const LayerPass& pass) const override;
  void Forward(const LayerPass& pass, std::size_t phase, const RowBlock& block, const FeatureBatch& batch,
               MatrixView logits, State* state) const override;
  void JoinForward(const LayerPass& pass, std::size_t phase, State* state) const override;
  std::unique_ptr<Split> SplitBy(const ContextColumns& context) const override;
  std::size_t share_width() const override { return layers_[0]->out(); }
  void ForwardContext(const Split& split, const FeatureBatch& context, float* share, State* state) const override;
  void ForwardCandidates(const Split& split, const float* share, const RowBlock& block, const FeatureBatch& batch,
                         MatrixView logits, State* state) const override;
  std::size_t backward_phases() const override { return backward_.size(); }
  void Backward(std::size_t phase, const RowBlock& block, const FeatureBatch& batch, ConstMatrixView dlogits,
                State* state) const override;
  void JoinBackward(std::size_t phase, State* state) const override;
  void UpdateAverages(const State& state) const override;
  std::vector<TowerPiece> Pieces() const override;
  bool DenseGradient(const TowerPiece& piece, const FeatureBatch& batch, ConstMatrixView dlogits, const State& state,
                     MatrixView gradient, const ComesNext& next) const override;
  void Moved(const TowerPiece& piece, State* state) const override;
  void TableGradient(const TowerPiece& piece, const FeatureBatch& batch, std::span<const GroupedLists> groups,
                     ConstMatrixView dlogits, const State& state, std::vector<float>* scratch,
                     SparseGradient* gradient) const override;

 private:
  struct DeepState;
  // Columns of the input that are numbers, side by side in x0 [B×width].
  struct Numbers {
    std::size_t index, col, width;  // index into FeatureBatch::dense
  };
  struct Embedding {
    std::size_t index, col;  // index into FeatureBatch::ids
    EmbeddingBag bag;
  };
  // A phase: layers [begin, end), then one round of what layer `collect` must know about the whole batch.
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Phase {
    std::size_t begin, end, collect, round;
  };

  DeepTower() = default;
  Status AddInputs(const FeaturePlan& plan, ParameterList* list, std::vector<KernelRun>* runs);
  Status AddLayers(const DeepSpec& spec, std::vector<KernelRun> runs, KernelMeaning meaning, Precision precision,
                   std::size_t num_logits, ParameterList* list);
  void CutPhases();
  struct DeepSplit;
  // Some inputs, or all: numbers and embeddings at their columns of x0.
  static void Gather(const std::vector<Numbers>& numbers, const std::vector<Embedding>& embeddings, const RowBlock& block,
                     const FeatureBatch& batch, MatrixView x0);
  static void AddLogits(ConstMatrixView own, MatrixView logits);
  MatrixView Output(std::size_t layer, DeepState* state) const;  // of all kept rows
  MatrixView Input(std::size_t layer, DeepState* state) const;
  MatrixView InputSlope(std::size_t layer, DeepState* state) const;
  ConstMatrixView OutputSlope(std::size_t layer, ConstMatrixView dlogits, DeepState* state) const;

  std::vector<Numbers> numbers_;
  std::vector<Embedding> embeddings_;
  std::vector<std::size_t> multi_hot_;  // into FeatureBatch::ids, in the order of LayerState::ids
  std::size_t width_ = 0;               // of x0
  bool input_gradient_ = false;         // some embedding learns
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<std::size_t> slope_of_;  // by layer: the number of the gradient its output shares with the dense below
  std::size_t num_slopes_ = 0;
  std::vector<Phase> forward_, backward_;  // when training
};

}  // namespace thalweg

#endif  // THALWEG_MODEL_DEEP_TOWER_H_
