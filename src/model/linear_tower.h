// The linear model: logits = bias + Σ over columns of the weights of the row's ids, combined, or of its numbers ·
// weights. An embedding column in the wide part has a table of its own, and weights for its vector. Without columns it is a
// baseline: the bias alone.
#ifndef THALWEG_MODEL_LINEAR_TOWER_H_
#define THALWEG_MODEL_LINEAR_TOWER_H_

#include <memory>
#include <optional>
#include <vector>

#include "columns/feature_plan.h"
#include "model/tower.h"
#include "nn/embedding_bag.h"
#include "nn/parameter_list.h"

namespace thalweg {

class LinearTower final : public Tower {
 public:
  static Result<std::unique_ptr<Tower>> Create(const FeaturePlan& plan, const WideSpec& spec, std::size_t num_logits,
                                               ParameterList* list);

  std::unique_ptr<State> NewState() const override;
  void AddTables(std::vector<TableUse>* uses) const override;
  void Prepare(const LayerPass& pass, const FeatureBatch& batch, std::size_t kept_rows, State* state) const override;
  std::size_t forward_phases(const LayerPass&) const override { return 1; }
  void Forward(const LayerPass& pass, std::size_t phase, const RowBlock& block, const FeatureBatch& batch,
               MatrixView logits, State* state) const override;
  std::unique_ptr<Split> SplitBy(const ContextColumns& context) const override;
  std::size_t share_width() const override { return bias_->value.rows * bias_->value.cols; }
  void ForwardContext(const Split& split, const FeatureBatch& context, float* share, State* state) const override;
  void ForwardCandidates(const Split& split, const float* share, const RowBlock& block, const FeatureBatch& batch,
                         MatrixView logits, State* state) const override;
  std::size_t backward_phases() const override { return num_embeddings_ > 0 ? 1 : 0; }
  void Backward(std::size_t phase, const RowBlock& block, const FeatureBatch& batch, ConstMatrixView dlogits,
                State* state) const override;
  std::vector<TowerPiece> Pieces() const override;
  bool DenseGradient(const TowerPiece& piece, const FeatureBatch& batch, ConstMatrixView dlogits, const State& state,
                     MatrixView gradient, const ComesNext& next) const override;
  void TableGradient(const TowerPiece& piece, const FeatureBatch& batch, std::span<const GroupedLists> groups,
                     ConstMatrixView dlogits, const State& state, std::vector<float>* scratch,
                     SparseGradient* gradient) const override;

 private:
  struct Column {
    ColumnUse::Form form = ColumnUse::Form::kIds;
    std::size_t index = 0;               // into FeatureBatch::ids or dense
    const Parameter* weights = nullptr;  // [buckets or width, C]
    std::optional<EmbeddingBag> bag;     // kIds: over `weights`; kEmbedding: over the column's own table
    std::size_t embedding = 0;           // kEmbedding: its number among them
  };
  struct LinearState;
  struct LinearSplit;
  void AddColumn(const Column& column, const RowBlock& block, const FeatureBatch& batch, MatrixView logits, State* state) const;
  LinearTower() = default;

  std::vector<Column> columns_;
  const Parameter* bias_ = nullptr;
  std::size_t num_embeddings_ = 0;
};

}  // namespace thalweg

#endif  // THALWEG_MODEL_LINEAR_TOWER_H_
