// A tower makes logits of a batch: linear, or deep. The model runs all towers side by side, in phases that each go over
// the batch by blocks of rows; it adds their logits and hands the same gradient to each (that is joint training).
#ifndef THALWEG_MODEL_TOWER_H_
#define THALWEG_MODEL_TOWER_H_

#include <memory>
#include <span>
#include <vector>

#include "columns/feature_batch.h"
#include "nn/grouped_lists.h"
#include "nn/layer.h"
#include "nn/parameter.h"

namespace thalweg {

// A piece of a tower's gradient, computed by itself.
struct TowerPiece {
  const Parameter* parameter = nullptr;
  std::size_t owner = 0;  // the tower's own number of what owns the parameter (a layer, a column)
  std::size_t which = 0;  // of the owner's parameters
  bool table = false;
  std::vector<std::size_t> ids;  // table: FeatureBatch::ids that pick its rows (several where columns share it)
  Tile tile;            // otherwise
  double cost = 0;      // multiply-adds a row of the batch, about
};

// Which outputs of the plan the rows of a request have in common.
struct ContextColumns {
  std::vector<bool> ids, dense;  // [categorical()], [dense()]
};

// A table whose rows ids of the batch pick.
struct TableUse {
  std::size_t ids = 0;  // FeatureBatch::ids
  const Parameter* table = nullptr;
};

class Tower {
 public:
  struct State {
    virtual ~State() = default;
  };

  virtual ~Tower() = default;
  virtual std::unique_ptr<State> NewState() const = 0;
  virtual void Freeze() {}  // as that of a layer
  virtual void AddTables(std::vector<TableUse>* uses) const = 0;
  // Memory for a pass over `batch`, of which `kept_rows` are kept at a time.
  virtual void Prepare(const LayerPass& pass, const FeatureBatch& batch, std::size_t kept_rows, State* state) const = 0;

  // Phases: Forward for each block, in any order, then JoinForward once. `logits` are the block's rows; the last phase
  // has added to them what this tower says.
  virtual std::size_t forward_phases(const LayerPass& pass) const = 0;
  virtual void Forward(const LayerPass& pass, std::size_t phase, const RowBlock& block, const FeatureBatch& batch,
                       MatrixView logits, State* state) const = 0;
  virtual void JoinForward(const LayerPass& pass, std::size_t phase, State* state) const {}

  // Scoring of rows that have some columns in common, the context's: what those say is summed once, as a share of
  // share_width() floats, from which each candidate's sums start. For models that are frozen.
  struct Split {
    virtual ~Split() = default;
  };
  virtual std::unique_ptr<Split> SplitBy(const ContextColumns& context) const = 0;
  virtual std::size_t share_width() const = 0;
  // `context`: one row, of which only the context's columns are there.
  virtual void ForwardContext(const Split& split, const FeatureBatch& context, float* share, State* state) const = 0;
  // As Forward when scoring; `batch` has only the other columns.
  virtual void ForwardCandidates(const Split& split, const float* share, const RowBlock& block, const FeatureBatch& batch,
                                 MatrixView logits, State* state) const = 0;

  virtual std::size_t backward_phases() const = 0;
  virtual void Backward(std::size_t phase, const RowBlock& block, const FeatureBatch& batch, ConstMatrixView dlogits,
                        State* state) const = 0;
  virtual void JoinBackward(std::size_t phase, State* state) const {}
  virtual void UpdateAverages(const State& state) const {}

  virtual std::vector<TowerPiece> Pieces() const = 0;
  // dlogits [B×C]. False: zero, since no row of the batch reaches the tile (it is filled with zeros).
  virtual bool DenseGradient(const TowerPiece& piece, const FeatureBatch& batch, ConstMatrixView dlogits,
                             const State& state, MatrixView gradient, const ComesNext& next) const = 0;
  // The piece has been moved: what the state keeps of its parameter is made anew.
  virtual void Moved(const TowerPiece& piece, State* state) const {}
  // `groups`: by FeatureBatch::ids.
  virtual void TableGradient(const TowerPiece& piece, const FeatureBatch& batch, std::span<const GroupedLists> groups,
                             ConstMatrixView dlogits, const State& state, std::vector<float>* scratch,
                             SparseGradient* gradient) const = 0;
};

// Tiles of a parameter, small enough for gradient, weight and slots of one to stay in a level-2 cache together. They begin
// at multiples of 64.
std::vector<Tile> CutTiles(const Parameter& parameter);

}  // namespace thalweg

#endif  // THALWEG_MODEL_TOWER_H_
