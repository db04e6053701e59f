// The loops that all update rules share. Included once for each target of Highway's run-time dispatch, after
// hwy/foreach_target.h. A rule is written once, on a set of lanes L:
//
//   struct SgdRule {
//     static constexpr std::size_t kSlots = 0;
//     float learning_rate;
//     template <class L, class V = typename L::V>
//     HWY_INLINE void Update(V g, V& w, V* slot) const { w = w - L::Set(learning_rate) * g; }
//   };
//
// One lane (OneLane) is the plain rule and judges the vectors (FullLanes). Only additions, products, exact roots and
// divisions occur, in the order written, so both give the same bits.
#if defined(THALWEG_OPTIM_RULE_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef THALWEG_OPTIM_RULE_LOOP_INL_H_
#undef THALWEG_OPTIM_RULE_LOOP_INL_H_
#else
#define THALWEG_OPTIM_RULE_LOOP_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstring>

#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "optim/rule_optimizer.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

struct OneLane {
  using V = float;
  static constexpr std::size_t Size() { return 1; }
  static HWY_INLINE V Load(const float* from) { return *from; }
  static HWY_INLINE void Store(V v, float* to) { *to = v; }
  static HWY_INLINE V Set(float x) { return x; }
  static HWY_INLINE V Sqrt(V x) { return std::sqrt(x); }
  static HWY_INLINE V Max(V x, V y) { return std::max(x, y); }
  static HWY_INLINE V Abs(V x) { return std::fabs(x); }
  static HWY_INLINE V Clamp(V x, V low, V high) { return std::min(std::max(x, low), high); }
  static HWY_INLINE V IfPositive(V condition, V yes, V no) { return condition > 0.0f ? yes : no; }
  static HWY_INLINE V Pow(V x, float power) { return std::pow(x, power); }
};

struct FullLanes {
  using D = hn::ScalableTag<float>;
  using V = hn::Vec<D>;
  static HWY_INLINE std::size_t Size() { return hn::Lanes(D()); }
  static HWY_INLINE V Load(const float* from) { return hn::LoadU(D(), from); }
  static HWY_INLINE void Store(V v, float* to) { hn::StoreU(v, D(), to); }
  static HWY_INLINE V Set(float x) { return hn::Set(D(), x); }
  static HWY_INLINE V Sqrt(V x) { return hn::Sqrt(x); }
  static HWY_INLINE V Max(V x, V y) { return hn::Max(x, y); }
  static HWY_INLINE V Abs(V x) { return hn::Abs(x); }
  static HWY_INLINE V Clamp(V x, V low, V high) { return hn::Min(hn::Max(x, low), high); }
  static HWY_INLINE V IfPositive(V condition, V yes, V no) {
    return hn::IfThenElse(hn::Gt(condition, hn::Zero(D())), yes, no);
  }
  // Element by element: powers other than a root are rare, and so they have the plain rule's bits.
  static HWY_INLINE V Pow(V x, float power) {
    HWY_ALIGN float lanes[hn::MaxLanes(D())];
    hn::Store(x, D(), lanes);
    for (std::size_t i = 0; i < Size(); ++i) lanes[i] = std::pow(lanes[i], power);
    return hn::Load(D(), lanes);
  }
};

// L::Size() elements that begin at `weight` and at slots[k] + offset.
template <class L, class Rule>
HWY_INLINE void UpdateLanes(const Rule& rule, const float* gradient, float* weight, float* const* slots,
                            std::size_t offset) {
  typename L::V w = L::Load(weight);
  typename L::V slot[Rule::kSlots == 0 ? 1 : Rule::kSlots];
  for (std::size_t k = 0; k < Rule::kSlots; ++k) slot[k] = L::Load(slots[k] + offset);
  rule.template Update<L>(L::Load(gradient), w, slot);
  L::Store(w, weight);
  for (std::size_t k = 0; k < Rule::kSlots; ++k) L::Store(slot[k], slots[k] + offset);
}

// `size` neighbours from `offset` on. Rule and slot pointers are copied: stores of vectors may alias anything, and what
// may have changed would be read again for each.
template <class L, class Rule>
HWY_INLINE void UpdateRun(const Rule rule, const float* gradient, float* weight, float* const* all_slots,
                          std::size_t offset, std::size_t size) {
  float* slots[Rule::kSlots == 0 ? 1 : Rule::kSlots];
  for (std::size_t k = 0; k < Rule::kSlots; ++k) slots[k] = all_slots[k];
  std::size_t i = 0;
  for (; i + L::Size() <= size; i += L::Size()) {
    UpdateLanes<L>(rule, gradient + i, weight + offset + i, slots, offset + i);
  }
  for (; i < size; ++i) UpdateLanes<OneLane>(rule, gradient + i, weight + offset + i, slots, offset + i);
}

// Rows too short to fill vectors are gathered to a block, updated there and put back.
template <class L, std::size_t kDim, class Rule>
void UpdateShortRows(const Rule& rule, const Elements& e) {
  const std::size_t dim = kDim == 0 ? e.dim : kDim;
  constexpr std::size_t kBlock = 256;
  float weight[kBlock];
  float slot[Rule::kSlots == 0 ? 1 : Rule::kSlots][kBlock];
  float* slots[Rule::kSlots == 0 ? 1 : Rule::kSlots];
  for (std::size_t k = 0; k < Rule::kSlots; ++k) slots[k] = slot[k];
  const std::size_t num_rows = e.size / dim, block_rows = kBlock / dim;
  for (std::size_t begin = 0; begin < num_rows; begin += block_rows) {
    const std::size_t n = std::min(block_rows, num_rows - begin);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t from = static_cast<std::size_t>(e.rows[begin + i]) * dim;
      for (std::size_t d = 0; d < dim; ++d) {
        weight[i * dim + d] = e.weight[from + d];
        for (std::size_t k = 0; k < Rule::kSlots; ++k) slot[k][i * dim + d] = e.slots[k][from + d];
      }
    }
    UpdateRun<L>(rule, e.gradient + begin * dim, weight, slots, 0, n * dim);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t to = static_cast<std::size_t>(e.rows[begin + i]) * dim;
      for (std::size_t d = 0; d < dim; ++d) {
        e.weight[to + d] = weight[i * dim + d];
        for (std::size_t k = 0; k < Rule::kSlots; ++k) e.slots[k][to + d] = slot[k][i * dim + d];
      }
    }
  }
}

template <class L, class Rule>
void UpdateElements(const Rule& rule, const Elements& e) {
  if (e.rows == nullptr) return UpdateRun<L>(rule, e.gradient, e.weight, e.slots, 0, e.size);
  if (e.dim == 0) return;
  // A remainder is done lane by lane: worth gathering unless it is a small share of the row.
  if (e.dim % L::Size() != 0 && e.dim < 4 * L::Size()) return e.dim == 1 ? UpdateShortRows<L, 1>(rule, e) : UpdateShortRows<L, 0>(rule, e);
  constexpr std::size_t kAhead = 16;  // rows, far enough for memory to answer
  const std::size_t num_rows = e.size / e.dim;
  for (std::size_t i = 0; i < num_rows; ++i) {
    if (i + kAhead < num_rows) {
      const std::size_t ahead = static_cast<std::size_t>(e.rows[i + kAhead]) * e.dim;
      hwy::Prefetch(e.weight + ahead);
      for (std::size_t k = 0; k < Rule::kSlots; ++k) hwy::Prefetch(e.slots[k] + ahead);
    }
    UpdateRun<L>(rule, e.gradient + i * e.dim, e.weight, e.slots, static_cast<std::size_t>(e.rows[i]) * e.dim, e.dim);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#endif  // toggled for each target
