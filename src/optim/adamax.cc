// Adamax (Kingma, Ba 2015, section 7.1): m' = m + (1-β1)·(g - m); v' = max(β2·v, |g|); w' = w - η/(1-β1^t)·(m' / (v' + ε)),
// t = 1 at the first step. Slots m and v. Of a table the rows that the batch picks move, and what is known of the others
// stays.
#ifndef THALWEG_OPTIM_ADAMAX_STEP_
#define THALWEG_OPTIM_ADAMAX_STEP_
namespace thalweg {
struct AdamaxStep {
  float alpha, beta_1, beta_2, epsilon;
};
}  // namespace thalweg
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adamax.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "optim/rule_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {

struct AdamaxRule : AdamaxStep {
  static constexpr std::size_t kSlots = 2;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* slot) const {
    slot[0] = slot[0] + (g - slot[0]) * L::Set(1.0f - beta_1);
    slot[1] = L::Max(slot[1] * L::Set(beta_2), L::Abs(g));
    w = w - L::Set(alpha) * (slot[0] / (slot[1] + L::Set(epsilon)));
  }
};

void UpdateAdamax(const AdamaxStep& step, const Elements& elements) { UpdateElements<FullLanes>(AdamaxRule{step}, elements); }

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {
namespace {

HWY_EXPORT(UpdateAdamax);

class Adamax final : public RuleOptimizer {
 public:
  Adamax(const Params& params, LearningRate rate)
      : RuleOptimizer(std::move(rate), {{"m", 0}, {"v", 0}}),
        beta_1_(static_cast<float>(GetNumber(params, "beta_1", 0.9))),
        beta_2_(static_cast<float>(GetNumber(params, "beta_2", 0.999))),
        epsilon_(static_cast<float>(GetNumber(params, "epsilon", 1e-7))) {}
  bool zero_gradient_is_noop() const override { return false; }
  bool moves_untouched_rows() const override { return false; }

 private:
  AdamaxStep StepAt(const StepContext& context) const {
    const auto power = static_cast<float>(std::pow(static_cast<double>(beta_1_), static_cast<double>(context.step + 1)));
    return {RateAt(context) / (1.0f - power), beta_1_, beta_2_, epsilon_};
  }
  void Run(const StepContext& context, const Elements& elements) const override {
    HWY_DYNAMIC_DISPATCH(UpdateAdamax)(StepAt(context), elements);
  }
  void RunPlain(const StepContext& context, const Elements& elements) const override {
    using HWY_NAMESPACE::AdamaxRule;
    HWY_NAMESPACE::UpdateElements<HWY_NAMESPACE::OneLane>(AdamaxRule{StepAt(context)}, elements);
  }
  float beta_1_, beta_2_, epsilon_;
};

Result<std::unique_ptr<Optimizer>> MakeAdamax(const Params& params, LearningRate rate) {
  return {std::make_unique<Adamax>(params, std::move(rate))};
}

constexpr ParamInfo kParams[] = {
    KeptShareParam("beta_1", "0.9", "Share of the mean gradient kept at a step."),
    KeptShareParam("beta_2", "0.999", "Share of the largest gradient kept at a step."),
    kClipNormParam,
    kClipValueParam,
    kDecayParam,
    {"epsilon", ParamType::kNumber, "1e-07", "[1e-30, 1e30]", "Added to the largest gradient.", 1e-30, 1e30},
    kGlobalClipNormParam,
    LearningRateParam("0.001"),
};

}  // namespace

extern const OptimizerKind kAdamax;
const OptimizerKind kAdamax = {{"adamax", "Mean of gradients, divided by the largest one of late.", kParams,
                                "tf.keras.optimizers.legacy.Adamax; Kingma, Ba 2015"},
                               0.001,
                               &MakeAdamax,
                               {"Adamax", ""}};

}  // namespace thalweg
#endif  // HWY_ONCE
