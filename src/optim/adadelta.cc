// Adadelta (Zeiler 2012, algorithm 1): a' = ρ·a + (1-ρ)·g²; u = √(d + ε) / √(a' + ε)·g; d' = ρ·d + (1-ρ)·u²; w' = w - η·u. Slots:
// accum_grad (a) and accum_var (d). Of a table the rows that the batch picks move, and what is known of the others stays.
#ifndef THALWEG_OPTIM_ADADELTA_STEP_
#define THALWEG_OPTIM_ADADELTA_STEP_
namespace thalweg {
struct AdadeltaStep {
  float learning_rate, rho, epsilon;
};
}  // namespace thalweg
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adadelta.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "optim/rule_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {

struct AdadeltaRule : AdadeltaStep {
  static constexpr std::size_t kSlots = 2;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* slot) const {
    slot[0] = slot[0] * L::Set(rho) + g * g * L::Set(1.0f - rho);
    const V step = L::Sqrt(slot[1] + L::Set(epsilon)) / L::Sqrt(slot[0] + L::Set(epsilon)) * g;
    slot[1] = slot[1] * L::Set(rho) + step * step * L::Set(1.0f - rho);
    w = w - step * L::Set(learning_rate);
  }
};

void UpdateAdadelta(const AdadeltaStep& step, const Elements& elements) { UpdateElements<FullLanes>(AdadeltaRule{step}, elements); }

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {
namespace {

HWY_EXPORT(UpdateAdadelta);

class Adadelta final : public RuleOptimizer {
 public:
  Adadelta(const Params& params, LearningRate rate)
      : RuleOptimizer(std::move(rate), {{"accum_grad", 0}, {"accum_var", 0}}),
        rho_(static_cast<float>(GetNumber(params, "rho", 0.95))),
        epsilon_(static_cast<float>(GetNumber(params, "epsilon", GetText(params, "variant", "keras") == "v1" ? 1e-8 : 1e-7))) {}
  bool zero_gradient_is_noop() const override { return false; }
  bool moves_untouched_rows() const override { return false; }

 private:
  AdadeltaStep StepAt(const StepContext& context) const { return {RateAt(context), rho_, epsilon_}; }
  void Run(const StepContext& context, const Elements& elements) const override {
    HWY_DYNAMIC_DISPATCH(UpdateAdadelta)(StepAt(context), elements);
  }
  void RunPlain(const StepContext& context, const Elements& elements) const override {
    using HWY_NAMESPACE::AdadeltaRule;
    HWY_NAMESPACE::UpdateElements<HWY_NAMESPACE::OneLane>(AdadeltaRule{StepAt(context)}, elements);
  }
  float rho_, epsilon_;
};

Result<std::unique_ptr<Optimizer>> MakeAdadelta(const Params& params, LearningRate rate) {
  return {std::make_unique<Adadelta>(params, std::move(rate))};
}

constexpr ParamInfo kParams[] = {
    kClipNormParam,
    kClipValueParam,
    kDecayParam,
    {"epsilon", ParamType::kNumber, "", "[1e-30, 1e30]", "Under both roots; 1e-07, in variant v1 1e-08.", 1e-30, 1e30},
    kGlobalClipNormParam,
    LearningRateParam("0.001"),
    KeptShareParam("rho", "0.95", "Share of the mean squares kept at a step."),
    VariantParam("v1: another epsilon."),
};

}  // namespace

extern const OptimizerKind kAdadelta;
const OptimizerKind kAdadelta = {{"adadelta", "Steps of the size of the steps before, in proportion to the gradients before.", kParams,
                                  "tf.keras.optimizers.legacy.Adadelta, tf.compat.v1.train.AdadeltaOptimizer; Zeiler 2012"},
                                 0.001,
                                 &MakeAdadelta,
                                 {"Adadelta", "Adadelta"}};

}  // namespace thalweg
#endif  // HWY_ONCE
