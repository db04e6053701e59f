// Adagrad (Duchi, Hazan, Singer 2011): a' = a + g²; w' = w - η·g / (√a' + ε). Slot: the accumulator a.
#ifndef THALWEG_OPTIM_ADAGRAD_STEP_
#define THALWEG_OPTIM_ADAGRAD_STEP_
namespace thalweg {
struct AdagradStep {
  float learning_rate, epsilon;
};
}  // namespace thalweg
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adagrad.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "optim/rule_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {

struct AdagradRule : AdagradStep {
  static constexpr std::size_t kSlots = 1;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* a) const {
    a[0] = a[0] + g * g;
    w = w - g * L::Set(learning_rate) / (L::Sqrt(a[0]) + L::Set(epsilon));
  }
};

void UpdateAdagrad(const AdagradStep& step, const Elements& elements) {
  UpdateElements<FullLanes>(AdagradRule{step}, elements);
}

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {
namespace {

HWY_EXPORT(UpdateAdagrad);

class Adagrad final : public RuleOptimizer {
 public:
  Adagrad(float initial_accumulator, float epsilon, LearningRate rate)
      : RuleOptimizer(std::move(rate), {{"accumulator", initial_accumulator}}), epsilon_(epsilon) {}
  bool zero_gradient_is_noop() const override { return true; }
  bool moves_untouched_rows() const override { return false; }

 private:
  void Run(const StepContext& context, const Elements& elements) const override {
    HWY_DYNAMIC_DISPATCH(UpdateAdagrad)({RateAt(context), epsilon_}, elements);
  }
  void RunPlain(const StepContext& context, const Elements& elements) const override {
    using HWY_NAMESPACE::AdagradRule;
    HWY_NAMESPACE::UpdateElements<HWY_NAMESPACE::OneLane>(AdagradRule{{RateAt(context), epsilon_}}, elements);
  }
  float epsilon_;
};

Result<std::unique_ptr<Optimizer>> MakeAdagrad(const Params& params, LearningRate rate) {
  const float initial = static_cast<float>(GetNumber(params, "initial_accumulator_value", 0.1));
  const float epsilon = static_cast<float>(GetNumber(params, "epsilon", 1e-7));
  if (initial == 0 && epsilon == 0) {
    return Status::BadConfig("initial_accumulator_value and epsilon are both 0: a gradient of 0 would give 0 / 0");
  }
  return {std::make_unique<Adagrad>(initial, epsilon, std::move(rate))};
}

constexpr ParamInfo kParams[] = {
    kClipNormParam,
    kClipValueParam,
    kDecayParam,
    {"epsilon", ParamType::kNumber, "1e-07", "≥ 0", "Added to the root of the accumulator; TensorFlow's version 1 has 0.",
     0, 1e30},
    kGlobalClipNormParam,
    {"initial_accumulator_value", ParamType::kNumber, "0.1", "≥ 0", "Where the sum of squared gradients begins.", 0,
     1e30},
    LearningRateParam("0.001"),
};

}  // namespace

extern const OptimizerKind kAdagrad;
const OptimizerKind kAdagrad = {{"adagrad", "Steps that shrink with the squared gradients an element has seen.", kParams,
                                 "tf.keras.optimizers.legacy.Adagrad; Duchi, Hazan, Singer 2011"},
                                0.001,
                                &MakeAdagrad,
                                {"Adagrad", "Adagrad"}};

}  // namespace thalweg
#endif  // HWY_ONCE
