#include "nn/initializer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "base/random.h"
#include "base/registry.h"

namespace thalweg {
namespace {

// 32 random bits as a number in [-1, 1].
float Symmetric(std::uint32_t bits) { return static_cast<float>(static_cast<std::int32_t>(bits)) * 0x1p-31f; }

// The normal distribution cut at two deviations, by its inverse: p in [-1, 1] uniform gives Φ⁻¹(½ + p·erf(√2)/2). That
// is the distribution which drawing again and again has, in one draw. A rational function in p², fitted to Φ⁻¹ by least
// squares at Chebyshev points; off by at most 2e-7 of the deviation.
float TruncatedNormal(float p) {
  const float t = p * p;
  const float above = 1.1962880f + t * (-2.6472743f + t * (1.9674353f + t * (-0.53352358f + t * 0.032294986f)));
  const float below = 1.0f + t * (-2.4514215f + t * (2.1098139f + t * (-0.73001306f + t * 0.079230888f)));
  return std::clamp(p * above / below, -2.0f, 2.0f);
}

// value(bits) for each element, one word of Philox each.
template <class Value>
class Drawn final : public Initializer {
 public:
  explicit Drawn(Value value) : value_(value) {}
  void Fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t begin, std::span<float> out) const override {
    constexpr std::size_t kWords = 256;
    std::uint32_t words[kWords];
    for (std::size_t i = 0; i < out.size(); i += kWords) {
      const std::size_t count = std::min(kWords, out.size() - i);
      PhiloxRun(seed, stream, (begin + i) / 4, {words, (count + 3) / 4 * 4});
      for (std::size_t k = 0; k < count; ++k) out[i + k] = value_(words[k]);
    }
  }

 private:
  Value value_;
};
template <class Value>
std::unique_ptr<Initializer> Draw(Value value) {
  return std::make_unique<Drawn<Value>>(value);
}

class Constant final : public Initializer {
 public:
  explicit Constant(float value) : value_(value) {}
  void Fill(std::uint64_t, std::uint64_t, std::uint64_t, std::span<float> out) const override {
    std::fill(out.begin(), out.end(), value_);
  }

 private:
  float value_;
};

// Box–Muller, two words an element.
class Normal final : public Initializer {
 public:
  Normal(double mean, double stddev) : mean_(mean), stddev_(stddev) {}
  void Fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t begin, std::span<float> out) const override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::uint64_t element = begin + i;
      const auto words = Philox(seed, stream, element / 2);
      const std::uint32_t* pair = words.data() + element % 2 * 2;
      const double radius = std::sqrt(-2.0 * std::log((pair[0] + 0.5) * 0x1p-32));
      out[i] = static_cast<float>(mean_ + stddev_ * radius * std::cos(2.0 * std::numbers::pi * pair[1] * 0x1p-32));
    }
  }

 private:
  double mean_, stddev_;
};

struct InitializerKind {
  KindInfo info;
  std::unique_ptr<Initializer> (*make)(const Params& params, Fans fans);
};

constexpr double kHuge = 1e30;
constexpr ParamInfo kConstantParams[] = {{"value", ParamType::kNumber, "0.0", "", "Each element.", -kHuge, kHuge}};
constexpr ParamInfo kUniformParams[] = {{"minval", ParamType::kNumber, "-0.05", "", "Least value.", -kHuge, kHuge},
                                        {"maxval", ParamType::kNumber, "0.05", "", "Largest value.", -kHuge, kHuge}};
constexpr ParamInfo kNormalParams[] = {{"mean", ParamType::kNumber, "0.0", "", "Mean.", -kHuge, kHuge},
                                       {"stddev", ParamType::kNumber, "0.05", ">= 0", "Standard deviation.", 0, kHuge}};
constexpr ParamInfo kTruncatedNormalParams[] = {
    {"mean", ParamType::kNumber, "0.0", "", "Mean.", -kHuge, kHuge},
    {"stddev", ParamType::kNumber, "", ">= 0", "Standard deviation before the cut; without it 1/√(columns).", 0,
     kHuge}};

const InitializerKind kKinds[] = {
    {{"truncated_normal", "Normal, cut at two deviations by drawing again: what embedding columns start from.",
      kTruncatedNormalParams, "tf.keras.initializers.TruncatedNormal"},
     [](const Params& params, Fans fans) -> std::unique_ptr<Initializer> {
       const float mean = static_cast<float>(GetNumber(params, "mean", 0));
       const double own = 1.0 / std::sqrt(static_cast<double>(std::max<std::size_t>(1, fans.out)));
       const float stddev = static_cast<float>(GetNumber(params, "stddev", own));
       return Draw([=](std::uint32_t bits) { return mean + stddev * TruncatedNormal(Symmetric(bits)); });
     }},
    {{"glorot_uniform",
      "Uniform in ±√(6 / (inputs + outputs)): what kernels start from.",
      {},
      "Glorot and Bengio 2010, equation 16; tf.keras.initializers.GlorotUniform"},
     [](const Params&, Fans fans) -> std::unique_ptr<Initializer> {
       const float limit = static_cast<float>(std::sqrt(6.0 / static_cast<double>(fans.in + fans.out)));
       return Draw([=](std::uint32_t bits) { return limit * Symmetric(bits); });
     }},
    {{"uniform", "Uniform between two values.", kUniformParams, "tf.keras.initializers.RandomUniform"},
     [](const Params& params, Fans) -> std::unique_ptr<Initializer> {
       const float low = static_cast<float>(GetNumber(params, "minval", -0.05));
       const float high = static_cast<float>(GetNumber(params, "maxval", 0.05));
       const float middle = 0.5f * low + 0.5f * high, half = 0.5f * high - 0.5f * low;
       return Draw([=](std::uint32_t bits) { return middle + half * Symmetric(bits); });
     }},
    {{"normal", "Normal.", kNormalParams, "tf.keras.initializers.RandomNormal"},
     [](const Params& params, Fans) -> std::unique_ptr<Initializer> {
       return std::make_unique<Normal>(GetNumber(params, "mean", 0), GetNumber(params, "stddev", 0.05));
     }},
    {{"zeros", "All 0: what linear weights and biases start from.", {}, "tf.keras.initializers.Zeros"},
     [](const Params&, Fans) -> std::unique_ptr<Initializer> { return std::make_unique<Constant>(0.0f); }},
    {{"ones", "All 1.", {}, "tf.keras.initializers.Ones"},
     [](const Params&, Fans) -> std::unique_ptr<Initializer> { return std::make_unique<Constant>(1.0f); }},
    {{"constant", "All the same value.", kConstantParams, "tf.keras.initializers.Constant"},
     [](const Params& params, Fans) -> std::unique_ptr<Initializer> {
       return std::make_unique<Constant>(static_cast<float>(GetNumber(params, "value", 0)));
     }},
};

}  // namespace

FamilyInfo InitializerKinds() {
  return FamilyOf("initializers", "First values of tables and kernels.", std::span<const InitializerKind>(kKinds));
}

Result<std::unique_ptr<Initializer>> MakeInitializer(const PartSpec& spec, Fans fans, std::string_view where) {
  const auto kind = FindKind(std::span<const InitializerKind>(kKinds), spec.kind, "initializer");
  if (!kind.ok()) return kind.status().At(std::string(where));
  Params params = spec.params;
  THALWEG_RETURN_IF_ERROR(CheckParams((*kind)->info, where, &params));
  return (*kind)->make(params, fans);
}

}  // namespace thalweg
