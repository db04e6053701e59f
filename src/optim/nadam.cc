// Nadam (Dozat 2016): Adam with Nesterov's look ahead. With μ_t = β1·(1 - ½·0.96^(t·decay)) and Π_t = μ_1·…·μ_t, t = 1 at the
// first step: m' = β1·m + (1-β1)·g; v' = β2·v + (1-β2)·g²;
// w' = w - η·((1-μ_t)·g/(1-Π_t) + μ_{t+1}·m'/(1-Π_{t+1})) / (√(v'/(1-β2^t)) + ε). Slots m and v.
//
// Of a table all rows' m and v decay, whether the batch picks them or not, though only those of the batch move.
#include "optim/nadam.h"

#ifndef THALWEG_OPTIM_NADAM_STEP_
#define THALWEG_OPTIM_NADAM_STEP_
namespace thalweg {
struct NadamStep {
  float learning_rate, beta_1, beta_2, epsilon;
  float momentum, next_momentum;                 // μ_t, μ_{t+1}
  float of_gradient, of_mean, of_square;         // 1 - Π_t, 1 - Π_{t+1}, 1 - β2^t
};
}  // namespace thalweg
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/nadam.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "optim/rule_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {

struct NadamRule : NadamStep {
  static constexpr std::size_t kSlots = 2;
  template <class L, class V = typename L::V>
  HWY_INLINE void Update(V g, V& w, V* slot) const {
    slot[0] = L::Set(beta_1) * slot[0] + L::Set(1.0f - beta_1) * g;
    slot[1] = L::Set(beta_2) * slot[1] + L::Set(1.0f - beta_2) * (g * g);
    const V ahead = L::Set(1.0f - momentum) * (g / L::Set(of_gradient)) + L::Set(next_momentum) * (slot[0] / L::Set(of_mean));
    w = w - L::Set(learning_rate) * ahead / (L::Sqrt(slot[1] / L::Set(of_square)) + L::Set(epsilon));
  }
};

void UpdateNadam(const NadamStep& step, const Elements& elements) { UpdateElements<FullLanes>(NadamRule{step}, elements); }

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {
namespace {

HWY_EXPORT(UpdateNadam);

// μ_t, and the products Π_t of all up to it.
class Momentum {
 public:
  explicit Momentum(const Params& params) : beta_1_(static_cast<float>(GetNumber(params, "beta_1", 0.9))), decay_(GetNumber(params, "schedule_decay", 0.004)) {
    constexpr float kGone = 0x1p-26f;   // 1 - Π is 1 from here on
    constexpr std::int64_t kMost = 1 << 20;
    float product = 1;
    for (std::int64_t t = 1; t < kMost && product >= kGone; ++t) products_.push_back(product *= At(t));
  }
  float At(std::int64_t t) const {
    return beta_1_ * (1.0f - 0.5f * static_cast<float>(std::pow(0.96, decay_ * static_cast<double>(t))));
  }
  float Product(std::int64_t t) const {
    if (t <= 0) return 1.0f;
    return t <= static_cast<std::int64_t>(products_.size()) ? products_[static_cast<std::size_t>(t - 1)] : 0.0f;
  }
  float beta_1() const { return beta_1_; }

 private:
  float beta_1_;
  double decay_;
  std::vector<float> products_;   // as long as they tell
};

class Nadam final : public RuleOptimizer {
 public:
  Nadam(const Params& params, LearningRate rate)
      : RuleOptimizer(std::move(rate), {{"m", 0}, {"v", 0}}),
        momentum_(params),
        beta_2_(static_cast<float>(GetNumber(params, "beta_2", 0.999))),
        epsilon_(static_cast<float>(GetNumber(params, "epsilon", 1e-7))) {}
  bool zero_gradient_is_noop() const override { return false; }
  bool moves_untouched_rows() const override { return true; }
  void UpdateUntouched(const StepContext&, std::span<const float>, std::span<float> weight, std::span<float* const> slots) const override {
    for (std::size_t i = 0; i < weight.size(); ++i) slots[0][i] *= momentum_.beta_1();
    for (std::size_t i = 0; i < weight.size(); ++i) slots[1][i] *= beta_2_;
  }

 private:
  NadamStep StepAt(const StepContext& context) const {
    const std::int64_t t = context.step + 1;
    const auto power = static_cast<float>(std::pow(static_cast<double>(beta_2_), static_cast<double>(t)));
    return {RateAt(context), momentum_.beta_1(), beta_2_, epsilon_, momentum_.At(t), momentum_.At(t + 1),
            1.0f - momentum_.Product(t), 1.0f - momentum_.Product(t + 1), 1.0f - power};
  }
  void Run(const StepContext& context, const Elements& elements) const override {
    HWY_DYNAMIC_DISPATCH(UpdateNadam)(StepAt(context), elements);
  }
  void RunPlain(const StepContext& context, const Elements& elements) const override {
    using HWY_NAMESPACE::NadamRule;
    HWY_NAMESPACE::UpdateElements<HWY_NAMESPACE::OneLane>(NadamRule{StepAt(context)}, elements);
  }
  Momentum momentum_;
  float beta_2_, epsilon_;
};

Result<std::unique_ptr<Optimizer>> MakeNadam(const Params& params, LearningRate rate) {
  if (HasSchedule(params)) return Status::BadConfig("learning_rate: nadam takes a number and no schedule, as in TensorFlow; it has one of its momentum");
  return {std::make_unique<Nadam>(params, std::move(rate))};
}

constexpr ParamInfo kParams[] = {
    KeptShareParam("beta_1", "0.9", "Share of the mean gradient kept at a step."),
    KeptShareParam("beta_2", "0.999", "Share of the mean squared gradient kept at a step."),
    kClipNormParam,
    kClipValueParam,
    {"epsilon", ParamType::kNumber, "1e-07", "[1e-30, 1e30]", "Added to the root of the mean squared gradient.", 1e-30, 1e30},
    kGlobalClipNormParam,
    LearningRateParam("0.001"),
    {"schedule_decay", ParamType::kNumber, "0.004", "[0, 1e6]", "How soon the momentum grows from half of beta_1 to the whole.", 0, 1e6},
};

}  // namespace

float NadamMomentumProduct(const Params& params, std::int64_t steps) { return Momentum(params).Product(steps); }

extern const OptimizerKind kNadam;
const OptimizerKind kNadam = {{"nadam", "Adam that looks a step ahead.", kParams, "tf.keras.optimizers.legacy.Nadam; Dozat 2016"},
                              0.001,
                              &MakeNadam,
                              {"Nadam", ""}};

}  // namespace thalweg
#endif  // HWY_ONCE
