#include "train/optimizer_state.h"

#include <algorithm>
#include <new>

#include "base/strings.h"
#include "bundle/bundle.h"

namespace thalweg {

Result<OptimizerState> OptimizerState::Create(const ModelSpec& spec, WideDeepModel* model, ThreadPool* pool) {
  OptimizerState state;
  struct Piece {
    std::span<float> values;
    float initial;
  };
  constexpr std::size_t kPiece = std::size_t{1} << 19;   // a huge page
  std::vector<Piece> pieces;
  for (const Parameter* parameter : model->parameters()) {
    auto& optimizer = parameter->part == Part::kLinear ? state.linear_ : state.deep_;
    if (optimizer == nullptr) {
      const bool linear = parameter->part == Part::kLinear;
      PartSpec part = linear ? spec.wide.optimizer : spec.deep.optimizer;
      THALWEG_RETURN_IF_ERROR(CheckOptimizer(&part, linear ? "wide.optimizer" : "deep.optimizer"));
      THALWEG_ASSIGN_OR_RETURN(optimizer, MakeOptimizer(part));
    }
    state.of_.push_back(optimizer.get());
    state.parameter_names_.push_back(parameter->name);
    auto& values = state.values_.emplace_back();
    auto& pointers = state.pointers_.emplace_back();
    if (!parameter->trainable) continue;
    try {
      for (const SlotInfo& slot : optimizer->slots()) {
        Matrix& matrix = values.emplace_back(parameter->value.rows, parameter->value.cols);
        pointers.push_back(matrix.data());
        for (std::size_t at = 0; at < matrix.size(); at += kPiece) {
          pieces.push_back({matrix.span().subspan(at, std::min(kPiece, matrix.size() - at)), slot.initial});
        }
      }
    } catch (const std::bad_alloc&) {
      return Status::BadConfig(Quote(parameter->name, 200) + ": not enough memory for what the optimizer remembers of it");
    }
  }
  pool->ParallelFor(pieces.size(), [&](std::size_t i, int) { std::fill(pieces[i].values.begin(), pieces[i].values.end(), pieces[i].initial); });
  return state;
}

std::vector<OptimizerState::Slot> OptimizerState::all() {
  std::vector<Slot> slots;
  for (std::size_t p = 0; p < values_.size(); ++p) {
    for (std::size_t s = 0; s < values_[p].size(); ++s) {
      slots.push_back({"slots/" + parameter_names_[p] + "/" + of_[p]->slots()[s].name, p, &values_[p][s]});
    }
  }
  return slots;
}

std::string OptimizerState::TakeFrom(const WarmStart& start) {
  const Bundle& bundle = start.bundle();
  const auto steps = bundle.position().find(std::string(kGlobalStep));
  if (steps == bundle.position().end()) return "the optimizers begin anew: " + start.path() + " does not keep their memory";
  if (!start.whole()) return "the optimizers begin anew: not all parameters are from " + start.path();
  const std::vector<Slot> slots = all();
  for (const Slot& slot : slots) {
    const TensorView* view = bundle.Find(slot.name);
    if (view == nullptr || !start.CanMove(slot.parameter, *view)) {
      return "the optimizers begin anew: " + start.path() + " keeps those of other optimizers or columns";
    }
  }
  for (const Slot& slot : slots) start.Move(slot.parameter, *bundle.Find(slot.name), slot.values->span());
  steps_before_ = std::max<std::int64_t>(0, ParseInteger(steps->second).value_or(0));
  return "the optimizers go on from step " + FormatInteger(steps_before_);
}

}  // namespace thalweg
