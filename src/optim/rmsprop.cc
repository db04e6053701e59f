// RMSprop (Hinton 2012): steps divided by the root of a moving mean s of squared gradients. TensorFlow has two forms:
//
//   root outside (Keras, no momentum)   s' = ρ·s + (1-ρ)·g²; w' = w - η·g / (√s' + ε)
//   root around ε (version 1; momentum) s' = s + (1-ρ)·(g² - s); m' = μ·m + η·g / √(s' + ε); w' = w - m'
//
// Centred, s' - a'² stands for s', a being the moving mean of gradients alike. Slots: rms (s; version 1 begins at 1), mg
// (a), momentum (m; always there in version 1).
//
// Of a table all rows' s and a decay in the first form, whether the batch picks them or not, though only those of the
// batch move; lazy_rmsprop leaves the others alone. The second form leaves them alone anyway.
#ifndef THALWEG_OPTIM_RMSPROP_STEP_
#define THALWEG_OPTIM_RMSPROP_STEP_
namespace thalweg {
struct RmspropStep {
  float learning_rate, rho, momentum, epsilon;
  bool centered, root_around_epsilon;
};
}  // namespace thalweg
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/rmsprop.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "optim/rule_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {

// Slots: rms, then mg when centred. A variance that rounding makes negative is none.
template <bool kCentered>
struct RootOutsideRule : RmspropStep {
  static constexpr std::size_t kSlots = kCentered ? 2 : 1;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* slot) const {
    slot[0] = L::Set(rho) * slot[0] + L::Set(1.0f - rho) * (g * g);
    V variance = slot[0];
    if constexpr (kCentered) {
      slot[1] = L::Set(rho) * slot[1] + L::Set(1.0f - rho) * g;
      variance = L::Max(variance - slot[1] * slot[1], L::Set(0.0f));
    }
    w = w - L::Set(learning_rate) * g / (L::Sqrt(variance) + L::Set(epsilon));
  }
};

// Slots: rms, mg when centred, momentum.
template <bool kCentered>
struct RootAroundRule : RmspropStep {
  static constexpr std::size_t kSlots = kCentered ? 3 : 2;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* slot) const {
    slot[0] = slot[0] + (g * g - slot[0]) * L::Set(1.0f - rho);
    V variance = slot[0];
    if constexpr (kCentered) {
      slot[1] = slot[1] + (g - slot[1]) * L::Set(1.0f - rho);
      variance = L::Max(variance - slot[1] * slot[1], L::Set(0.0f));
    }
    V& m = slot[kSlots - 1];
    m = L::Set(momentum) * m + L::Set(learning_rate) * g / L::Sqrt(variance + L::Set(epsilon));
    w = w - m;
  }
};

template <class L>
void UpdateRmspropOn(const RmspropStep& step, const Elements& elements) {
  if (step.root_around_epsilon) {
    if (step.centered) return UpdateElements<L>(RootAroundRule<true>{step}, elements);
    return UpdateElements<L>(RootAroundRule<false>{step}, elements);
  }
  if (step.centered) return UpdateElements<L>(RootOutsideRule<true>{step}, elements);
  UpdateElements<L>(RootOutsideRule<false>{step}, elements);
}

void UpdateRmsprop(const RmspropStep& step, const Elements& elements) { UpdateRmspropOn<FullLanes>(step, elements); }

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {
namespace {

HWY_EXPORT(UpdateRmsprop);

class Rmsprop final : public RuleOptimizer {
 public:
  Rmsprop(const RmspropStep& step, std::vector<SlotInfo> slots, bool lazy, LearningRate rate)
      : RuleOptimizer(std::move(rate), std::move(slots)), step_(step), lazy_(lazy) {}
  bool zero_gradient_is_noop() const override { return false; }
  bool moves_untouched_rows() const override { return !lazy_ && !step_.root_around_epsilon; }

 private:
  RmspropStep StepAt(const StepContext& context) const {
    RmspropStep step = step_;
    step.learning_rate = RateAt(context);
    return step;
  }
  void Run(const StepContext& context, const Elements& elements) const override {
    HWY_DYNAMIC_DISPATCH(UpdateRmsprop)(StepAt(context), elements);
  }
  void RunPlain(const StepContext& context, const Elements& elements) const override {
    HWY_NAMESPACE::UpdateRmspropOn<HWY_NAMESPACE::OneLane>(StepAt(context), elements);
  }
  RmspropStep step_;
  bool lazy_;
};

template <bool kLazy>
Result<std::unique_ptr<Optimizer>> MakeRmsprop(const Params& params, LearningRate rate) {
  const bool v1 = GetText(params, "variant", "keras") == "v1";
  RmspropStep step{};
  step.rho = static_cast<float>(GetNumber(params, "rho", 0.9));
  step.momentum = static_cast<float>(GetNumber(params, "momentum", 0));
  step.epsilon = static_cast<float>(GetNumber(params, "epsilon", v1 ? 1e-10 : 1e-7));
  step.centered = GetBool(params, "centered", false);
  step.root_around_epsilon = v1 || step.momentum > 0;
  std::vector<SlotInfo> slots = {{"rms", v1 ? 1.0f : 0.0f}};
  if (step.centered) slots.push_back({"mg", 0});
  if (step.root_around_epsilon) slots.push_back({"momentum", 0});
  return {std::make_unique<Rmsprop>(step, std::move(slots), kLazy, std::move(rate))};
}

constexpr ParamInfo kParams[] = {
    {"centered", ParamType::kBool, "false", "", "Takes the squared mean gradient off the mean squared gradient."},
    kClipNormParam,
    kClipValueParam,
    kDecayParam,
    {"epsilon", ParamType::kNumber, "", "[1e-30, 1e30]", "Keeps the divisor from zero; 1e-07, in variant v1 1e-10.",
     1e-30, 1e30},
    kGlobalClipNormParam,
    LearningRateParam("0.001"),
    {"momentum", ParamType::kNumber, "0.0", "[0, 1)", "Share of the last step that is taken again.", 0, 1, false, true},
    KeptShareParam("rho", "0.9", "Share of the mean squared gradient kept at a step."),
    VariantParam("v1: the mean square begins at 1 and epsilon is under the root."),
};

}  // namespace

extern const OptimizerKind kRmsprop;
const OptimizerKind kRmsprop = {{"rmsprop", "Steps divided by the root of a moving mean of squared gradients.", kParams,
                                 "tf.keras.optimizers.legacy.RMSprop, tf.compat.v1.train.RMSPropOptimizer"},
                                0.001,
                                &MakeRmsprop<false>,
                                {"RMSprop", "RMSProp"}};
extern const OptimizerKind kLazyRmsprop;
const OptimizerKind kLazyRmsprop = {
    {"lazy_rmsprop", "RMSprop for the rows of a table that the batch picks, what is known of the others stays.", kParams,
     "as rmsprop, the rows of the batch alone"},
    0.001,
    &MakeRmsprop<true>,
    {"RMSprop", "RMSProp"}};

}  // namespace thalweg
#endif  // HWY_ONCE
