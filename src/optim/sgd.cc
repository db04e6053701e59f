// Gradient descent, with momentum μ when asked for: v' = μ·v - η·g; w' = w + v', or, after Nesterov,
// w' = w + μ·v' - η·g. TensorFlow's version 1 keeps v without the rate: v' = μ·v + g; w' = w - η·v', or, after Nesterov,
// w' = w - (η·g + η·μ·v'). The two agree while the rate stays the same. Slot: v.
#ifndef THALWEG_OPTIM_SGD_STEP_
#define THALWEG_OPTIM_SGD_STEP_
namespace thalweg {
struct SgdStep {
  float learning_rate, momentum;
  bool nesterov, v1;
};
}  // namespace thalweg
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/sgd.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "optim/rule_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {

struct SgdRule {
  static constexpr std::size_t kSlots = 0;
  float learning_rate;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V*) const {
    w = w - L::Set(learning_rate) * g;
  }
};

struct MomentumRule {
  static constexpr std::size_t kSlots = 1;
  float learning_rate, momentum;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* v) const {
    v[0] = L::Set(momentum) * v[0] - L::Set(learning_rate) * g;
    w = w + v[0];
  }
};

struct NesterovRule {
  static constexpr std::size_t kSlots = 1;
  float learning_rate, momentum;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* v) const {
    const V step = L::Set(learning_rate) * g;
    v[0] = L::Set(momentum) * v[0] - step;
    w = w + (L::Set(momentum) * v[0] - step);
  }
};

template <bool kNesterov>
struct MomentumRuleV1 {
  static constexpr std::size_t kSlots = 1;
  float learning_rate, momentum;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* v) const {
    v[0] = L::Set(momentum) * v[0] + g;
    if constexpr (kNesterov) {
      w = w - (g * L::Set(learning_rate) + v[0] * L::Set(momentum) * L::Set(learning_rate));
    } else {
      w = w - v[0] * L::Set(learning_rate);
    }
  }
};

template <class L>
void UpdateSgdOn(const SgdStep& step, const Elements& elements) {
  if (step.momentum == 0) return UpdateElements<L>(SgdRule{step.learning_rate}, elements);
  if (step.v1 && step.nesterov) return UpdateElements<L>(MomentumRuleV1<true>{step.learning_rate, step.momentum}, elements);
  if (step.v1) return UpdateElements<L>(MomentumRuleV1<false>{step.learning_rate, step.momentum}, elements);
  if (step.nesterov) return UpdateElements<L>(NesterovRule{step.learning_rate, step.momentum}, elements);
  UpdateElements<L>(MomentumRule{step.learning_rate, step.momentum}, elements);
}

void UpdateSgd(const SgdStep& step, const Elements& elements) { UpdateSgdOn<FullLanes>(step, elements); }

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {
namespace {

HWY_EXPORT(UpdateSgd);

class Sgd final : public RuleOptimizer {
 public:
  Sgd(const Params& params, LearningRate rate)
      : RuleOptimizer(std::move(rate), GetNumber(params, "momentum", 0) > 0 ? std::vector<SlotInfo>{{"momentum", 0}}
                                                                           : std::vector<SlotInfo>{}),
        momentum_(static_cast<float>(GetNumber(params, "momentum", 0))),
        nesterov_(GetBool(params, "nesterov", false)),
        v1_(GetText(params, "variant", "keras") == "v1") {}
  bool zero_gradient_is_noop() const override { return momentum_ == 0; }
  bool moves_untouched_rows() const override { return false; }

 private:
  SgdStep StepAt(const StepContext& context) const { return {RateAt(context), momentum_, nesterov_, v1_}; }
  void Run(const StepContext& context, const Elements& elements) const override {
    HWY_DYNAMIC_DISPATCH(UpdateSgd)(StepAt(context), elements);
  }
  void RunPlain(const StepContext& context, const Elements& elements) const override {
    HWY_NAMESPACE::UpdateSgdOn<HWY_NAMESPACE::OneLane>(StepAt(context), elements);
  }
  float momentum_;
  bool nesterov_, v1_;
};

Result<std::unique_ptr<Optimizer>> MakeSgd(const Params& params, LearningRate rate) {
  return {std::make_unique<Sgd>(params, std::move(rate))};
}

constexpr ParamInfo kParams[] = {
    kClipNormParam,
    kClipValueParam,
    kDecayParam,
    kGlobalClipNormParam,
    LearningRateParam("0.01"),
    {"momentum", ParamType::kNumber, "0.0", "[0, 1)", "Share of the last step that is taken again.", 0, 1, false, true},
    {"nesterov", ParamType::kBool, "false", "", "Looks ahead along the momentum."},
    VariantParam("v1: momentum is kept without the learning rate, which matters where the rate changes."),
};

}  // namespace

extern const OptimizerKind kSgd;
const OptimizerKind kSgd = {
    {"sgd", "Gradient descent, with momentum.", kParams, "tf.keras.optimizers.legacy.SGD, tf.compat.v1.train.MomentumOptimizer"},
    0.01,
    &MakeSgd,
    {"SGD", "Momentum"}};

}  // namespace thalweg
#endif  // HWY_ONCE
