#include "model/linear_tower.h"

#include <algorithm>
#include <utility>

#include "model/embedding_parameter.h"
#include "nn/multi_hot.h"
#include "tensor/kernels.h"

namespace thalweg {
namespace {

using Form = ColumnUse::Form;

constexpr std::size_t kBias = static_cast<std::size_t>(-1);  // as TowerPiece::owner
enum Which : std::size_t { kWeights, kTable };

ConstMatrixView Numbers(const Matrix& dense, std::size_t begin, std::size_t count) {
  return {dense.row(begin), count, dense.cols(), dense.cols()};
}

}  // namespace

struct LinearTower::LinearState : Tower::State {
  struct Embedding {
    StaggeredRows value, slope;  // [kept rows×dim]
  };
  std::vector<Embedding> embeddings;
};

Result<std::unique_ptr<Tower>> LinearTower::Create(const FeaturePlan& plan, const WideSpec& spec,
                                                   std::size_t num_logits, ParameterList* list) {
  THALWEG_ASSIGN_OR_RETURN(const Combiner combiner, ParseCombiner(spec.sparse_combiner, "wide.sparse_combiner"));
  const std::int64_t logits = static_cast<std::int64_t>(num_logits);
  std::unique_ptr<LinearTower> tower(new LinearTower());
  for (const ColumnUse& use : plan.wide()) {
    const std::string scope = "linear/linear_model/" + VariableScope(use.column);
    Column column;
    column.form = use.form;
    column.index = use.index;
    Parameter weights;
    weights.name = scope + "/weights";
    weights.part = Part::kLinear;
    weights.shape = {use.form == Form::kIds ? use.num_buckets : static_cast<std::int64_t>(use.width), logits};
    // TensorFlow makes an indicator dense, so every weight of it moves by every step's gradient, zero or not.
    weights.table = use.form == Form::kIds && !use.count_only;
    weights.rows_of.push_back({{use.column}, static_cast<std::size_t>(weights.shape[0]), use.form == Form::kIds});
    weights.of_logits = true;
    THALWEG_ASSIGN_OR_RETURN(column.weights, list->Add(std::move(weights), {"zeros", {}}));
    if (use.form == Form::kIds) column.bag.emplace(column.weights, use.count_only ? Combiner::kSum : combiner, 0, use.empty_picks_first);
    if (use.form == Form::kEmbedding && !use.shared.empty()) {
      return Status::BadConfig("columns." + use.column + ".shared: only columns of the deep part share tables");
    }
    if (use.form == Form::kEmbedding) {
      THALWEG_ASSIGN_OR_RETURN(column.bag, AddEmbedding(use, scope, Part::kLinear, list));
      column.embedding = tower->num_embeddings_++;
    }
    tower->columns_.push_back(std::move(column));
  }
  Parameter bias;
  bias.name = plan.wide().empty() ? "baseline/bias" : "linear/linear_model/bias_weights";
  bias.part = Part::kLinear;
  bias.shape = {logits};
  bias.of_logits = true;
  THALWEG_ASSIGN_OR_RETURN(tower->bias_, list->Add(std::move(bias), {"zeros", {}}));
  return std::unique_ptr<Tower>(std::move(tower));
}

std::unique_ptr<Tower::State> LinearTower::NewState() const { return std::make_unique<LinearState>(); }

void LinearTower::AddTables(std::vector<TableUse>* uses) const {
  for (const Column& column : columns_) {
    if (column.bag && column.bag->table().table) uses->push_back({column.index, &column.bag->table()});
  }
}

void LinearTower::Prepare(const LayerPass& pass, const FeatureBatch&, std::size_t kept_rows, State* state) const {
  LinearState& s = static_cast<LinearState&>(*state);
  s.embeddings.resize(num_embeddings_);
  for (const Column& column : columns_) {
    if (column.form != Form::kEmbedding) continue;
    s.embeddings[column.embedding].value.Resize(kept_rows, column.bag->dim());
    if (pass.training) s.embeddings[column.embedding].slope.Resize(kept_rows, column.bag->dim());
  }
}

void LinearTower::Forward(const LayerPass&, std::size_t, const RowBlock& block, const FeatureBatch& batch,
                          MatrixView logits, State* state) const {
  for (std::size_t r = 0; r < logits.rows; ++r) {
    for (std::size_t c = 0; c < logits.cols; ++c) logits.row(r)[c] += bias_->value.data[c];
  }
  for (const Column& column : columns_) AddColumn(column, block, batch, logits, state);
}

void LinearTower::AddColumn(const Column& column, const RowBlock& block, const FeatureBatch& batch, MatrixView logits,
                            State* state) const {
  switch (column.form) {
    case Form::kIds:
      column.bag->AddLookup(batch.ids[column.index], block.begin, logits);
      break;
    case Form::kDense:
      MultiplyAdd(Numbers(batch.dense[column.index], block.begin, block.count), column.weights->value, logits);
      break;
    case Form::kEmbedding: {
      StaggeredRows& value = static_cast<LinearState*>(state)->embeddings[column.embedding].value;
      column.bag->Lookup(batch.ids[column.index], block.begin, BlockOf(value.view(), block));
      MultiplyAdd(BlockOf(std::as_const(value).view(), block), column.weights->value, logits);
      break;
    }
  }
}

struct LinearTower::LinearSplit : Tower::Split {
  std::vector<const Column*> context, candidates;
};

std::unique_ptr<Tower::Split> LinearTower::SplitBy(const ContextColumns& context) const {
  auto split = std::make_unique<LinearSplit>();
  for (const Column& column : columns_) {
    const bool common = column.form == Form::kDense ? context.dense[column.index] : context.ids[column.index];
    (common ? split->context : split->candidates).push_back(&column);
  }
  return split;
}

void LinearTower::ForwardContext(const Split& split, const FeatureBatch& context, float* share, State* state) const {
  std::copy_n(bias_->value.data, share_width(), share);
  const RowBlock row = {0, 1, 0};
  for (const Column* column : static_cast<const LinearSplit&>(split).context) {
    AddColumn(*column, row, context, {share, 1, share_width(), share_width()}, state);
  }
}

void LinearTower::ForwardCandidates(const Split& split, const float* share, const RowBlock& block, const FeatureBatch& batch,
                                    MatrixView logits, State* state) const {
  for (std::size_t r = 0; r < logits.rows; ++r) {
    for (std::size_t c = 0; c < logits.cols; ++c) logits.row(r)[c] += share[c];
  }
  for (const Column* column : static_cast<const LinearSplit&>(split).candidates) AddColumn(*column, block, batch, logits, state);
}

void LinearTower::Backward(std::size_t, const RowBlock& block, const FeatureBatch&, ConstMatrixView dlogits,
                           State* state) const {
  for (const Column& column : columns_) {
    if (column.form != Form::kEmbedding) continue;
    StaggeredRows& slope = static_cast<LinearState*>(state)->embeddings[column.embedding].slope;
    MultiplyTransposed(dlogits, column.weights->value, BlockOf(slope.view(), block));
  }
}

std::vector<TowerPiece> LinearTower::Pieces() const {
  std::vector<TowerPiece> pieces;
  const auto add_tiles = [&](const Parameter* parameter, std::size_t owner) {
    for (const Tile& tile : CutTiles(*parameter)) {
      pieces.push_back({parameter, owner, kWeights, false, {}, tile, static_cast<double>(tile.rows() * tile.cols())});
    }
  };
  add_tiles(bias_, kBias);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (column.weights->table) {
      pieces.push_back({column.weights, i, kWeights, true, {column.index}, {}, TableCost(*column.bag)});
    } else {
      add_tiles(column.weights, i);
    }
    if (column.form == Form::kEmbedding && column.bag->table().trainable) {
      pieces.push_back({&column.bag->table(), i, kTable, true, {column.index}, {}, TableCost(*column.bag)});
    }
  }
  return pieces;
}

bool LinearTower::DenseGradient(const TowerPiece& piece, const FeatureBatch& batch, ConstMatrixView dlogits,
                                const State& state, MatrixView gradient, const ComesNext&) const {
  const Tile& tile = piece.tile;
  const ConstMatrixView slope = {dlogits.data + tile.col_begin, dlogits.rows, tile.cols(), dlogits.stride};
  if (piece.owner == kBias) {
    SumRows(slope, {gradient.data, gradient.cols});
    return true;
  }
  const Column& column = columns_[piece.owner];
  if (column.form == Form::kIds) {
    return MultiHotOuterProductSum(batch.ids[column.index], tile.row_begin, slope, gradient);
  }
  ConstMatrixView x = column.form == Form::kDense
                          ? Numbers(batch.dense[column.index], 0, batch.num_rows)
                          : static_cast<const LinearState&>(state).embeddings[column.embedding].value.view();
  x.data += tile.row_begin;
  x.cols = tile.rows();
  OuterProductSum(x, slope, gradient);
  return true;
}

void LinearTower::TableGradient(const TowerPiece& piece, const FeatureBatch& batch, std::span<const GroupedLists> groups,
                                ConstMatrixView dlogits, const State& state, std::vector<float>* scratch,
                                SparseGradient* gradient) const {
  const Column& column = columns_[piece.owner];
  const ConstMatrixView slope = piece.which == kTable
                                    ? static_cast<const LinearState&>(state).embeddings[column.embedding].slope.view()
                                    : dlogits;
  column.bag->Gradient(batch.ids[column.index], groups[column.index], slope, scratch, gradient);
}

}  // namespace thalweg
