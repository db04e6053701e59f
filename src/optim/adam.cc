// Adam (Kingma, Ba 2015, the form of section 2 with ε̂): m' = β1·m + (1-β1)·g; v' = β2·v + (1-β2)·g²;
// w' = w - α·m' / (√v' + ε), α = η·√(1-β2^t) / (1-β1^t), t = 1 at the first step. Slots m and v; with amsgrad (Reddi, Kale,
// Kumar 2018) the largest v so far, vhat, stands under the root.
//
// As TensorFlow defines it every row of a table moves at every step, by what its m remembers. lazy_adam is the same
// rule for the rows that the batch picks alone: what large tables need.
#ifndef THALWEG_OPTIM_ADAM_STEP_
#define THALWEG_OPTIM_ADAM_STEP_
namespace thalweg {
struct AdamStep {
  float alpha, beta_1, beta_2, epsilon;
  bool amsgrad;
};
}  // namespace thalweg
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adam.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "optim/rule_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {

struct AdamRule : AdamStep {
  static constexpr std::size_t kSlots = 2;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* slot) const {
    slot[0] = slot[0] * L::Set(beta_1) + g * L::Set(1.0f - beta_1);
    slot[1] = slot[1] * L::Set(beta_2) + g * g * L::Set(1.0f - beta_2);
    w = w - slot[0] * L::Set(alpha) / (L::Sqrt(slot[1]) + L::Set(epsilon));
  }
};

struct AmsgradRule : AdamStep {
  static constexpr std::size_t kSlots = 3;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* slot) const {
    slot[0] = slot[0] * L::Set(beta_1) + g * L::Set(1.0f - beta_1);
    slot[1] = slot[1] * L::Set(beta_2) + g * g * L::Set(1.0f - beta_2);
    slot[2] = L::Max(slot[2], slot[1]);
    w = w - slot[0] * L::Set(alpha) / (L::Sqrt(slot[2]) + L::Set(epsilon));
  }
};

template <class L>
void UpdateAdamOn(const AdamStep& step, const Elements& elements) {
  if (step.amsgrad) return UpdateElements<L>(AmsgradRule{step}, elements);
  UpdateElements<L>(AdamRule{step}, elements);
}

void UpdateAdam(const AdamStep& step, const Elements& elements) { UpdateAdamOn<FullLanes>(step, elements); }

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {
namespace {

HWY_EXPORT(UpdateAdam);

// β^t. TensorFlow's version 1 multiplies float32 step by step, whose rounding its 1 - β2^t shows in the seventh digit.
class Powers {
 public:
  Powers(float beta, bool step_by_step) : beta_(beta) {
    constexpr float kGone = 0x1p-26f;             // 1 - β^t is 1 from here on
    constexpr std::size_t kMost = 1 << 20;
    if (!step_by_step) return;
    for (float power = beta; products_.size() < kMost; power *= beta) {
      products_.push_back(power);
      if (power < kGone) break;
    }
  }
  float At(std::int64_t t) const {   // 1 for the first step
    const auto first = static_cast<std::int64_t>(products_.size());
    if (first > 0 && t <= first) return products_[static_cast<std::size_t>(t - 1)];
    return static_cast<float>(std::pow(static_cast<double>(beta_), static_cast<double>(t)));
  }

 private:
  float beta_;
  std::vector<float> products_;
};

class Adam final : public RuleOptimizer {
 public:
  Adam(const Params& params, LearningRate rate, bool lazy)
      : RuleOptimizer(std::move(rate), GetBool(params, "amsgrad", false)
                                           ? std::vector<SlotInfo>{{"m", 0}, {"v", 0}, {"vhat", 0}}
                                           : std::vector<SlotInfo>{{"m", 0}, {"v", 0}}),
        beta_1_(static_cast<float>(GetNumber(params, "beta_1", 0.9))),
        beta_2_(static_cast<float>(GetNumber(params, "beta_2", 0.999))),
        epsilon_(static_cast<float>(GetNumber(params, "epsilon", IsV1(params) ? 1e-8 : 1e-7))),
        beta_1_powers_(beta_1_, IsV1(params)),
        beta_2_powers_(beta_2_, IsV1(params)),
        amsgrad_(GetBool(params, "amsgrad", false)),
        lazy_(lazy) {}
  bool zero_gradient_is_noop() const override { return false; }
  bool moves_untouched_rows() const override { return !lazy_; }

 private:
  static bool IsV1(const Params& params) { return GetText(params, "variant", "keras") == "v1"; }
  AdamStep StepAt(const StepContext& context) const {
    const float beta_1_power = beta_1_powers_.At(context.step + 1), beta_2_power = beta_2_powers_.At(context.step + 1);
    const float alpha = RateAt(context) * std::sqrt(1.0f - beta_2_power) / (1.0f - beta_1_power);
    return {alpha, beta_1_, beta_2_, epsilon_, amsgrad_};
  }
  void Run(const StepContext& context, const Elements& elements) const override {
    HWY_DYNAMIC_DISPATCH(UpdateAdam)(StepAt(context), elements);
  }
  void RunPlain(const StepContext& context, const Elements& elements) const override {
    HWY_NAMESPACE::UpdateAdamOn<HWY_NAMESPACE::OneLane>(StepAt(context), elements);
  }
  float beta_1_, beta_2_, epsilon_;
  Powers beta_1_powers_, beta_2_powers_;
  bool amsgrad_, lazy_;
};

template <bool kLazy>
Result<std::unique_ptr<Optimizer>> MakeAdam(const Params& params, LearningRate rate) {
  return {std::make_unique<Adam>(params, std::move(rate), kLazy)};
}

constexpr ParamInfo kParams[] = {
    {"amsgrad", ParamType::kBool, "false", "", "Divides by the largest mean squared gradient so far."},
    KeptShareParam("beta_1", "0.9", "Share of the mean gradient kept at a step."),
    KeptShareParam("beta_2", "0.999", "Share of the mean squared gradient kept at a step."),
    kClipNormParam,
    kClipValueParam,
    kDecayParam,
    {"epsilon", ParamType::kNumber, "", "[1e-30, 1e30]",
     "Added to the root of the mean squared gradient; 1e-07, in variant v1 1e-08.", 1e-30, 1e30},
    kGlobalClipNormParam,
    LearningRateParam("0.001"),
    VariantParam("v1: another epsilon, and powers of the betas by products of float32."),
};

}  // namespace

extern const OptimizerKind kAdam;
const OptimizerKind kAdam = {{"adam", "Means of gradient and squared gradient; every row of a table moves.", kParams,
                              "tf.keras.optimizers.legacy.Adam; Kingma, Ba 2015"},
                             0.001,
                             &MakeAdam<false>,
                             {"Adam", "Adam"}};
extern const OptimizerKind kLazyAdam;
const OptimizerKind kLazyAdam = {
    {"lazy_adam", "Adam for the rows of a table that the batch picks, the others stay: much faster for large tables.",
     kParams, "as adam, the rows of the batch alone"},
    0.001,
    &MakeAdam<true>,
    {"Adam", "Adam"}};

}  // namespace thalweg
#endif  // HWY_ONCE
