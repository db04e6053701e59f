#include "columns/number_step.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/strings.h"

namespace thalweg {

Result<NumberStep> NumberStep::Parse(std::string_view text, std::size_t width) {
  static constexpr std::array<std::string_view, 11> kNames = {"add",     "subtract", "subtract_from", "multiply", "divide", "minimum",
                                                              "maximum", "clip",     "log",           "log1p",    "sqrt"};
  const std::string_view name = text.substr(0, text.find(' '));
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    return Status::BadConfig(UnknownName(name, "step", std::vector<std::string>(kNames.begin(), kNames.end())));
  }
  NumberStep step;
  step.op_ = static_cast<Op>(found - kNames.begin());
  for (std::string_view rest = text.substr(name.size()); !rest.empty();) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    if (word.empty()) continue;
    const std::optional<double> number = ParseNumber(word);
    if (!number || !std::isfinite(static_cast<float>(*number))) {
      return Status::BadConfig(fmt::format("{}: found {}, expected a finite number", Quote(text), Quote(word)));
    }
    step.numbers_.push_back(static_cast<float>(*number));
  }
  const std::size_t count = step.numbers_.size();
  const bool none = step.op_ >= Op::kLog;
  const bool good = none ? count == 0 : step.op_ == Op::kClip ? count == 2 : count == 1 || count == width;
  if (good) return step;
  return Status::BadConfig(fmt::format("{}: found {} numbers, expected {}", Quote(text), count,
                                       none ? "none" : step.op_ == Op::kClip ? "2" : width == 1 ? "1" : fmt::format("1 or {}", width)));
}

void NumberStep::Apply(std::span<float> x) const {
  const auto each = [&](const auto& operation) {
    if (numbers_.size() <= 1) {
      const float c = numbers_.empty() ? 0 : numbers_[0];
      for (float& value : x) value = operation(value, c);
    } else {
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = operation(x[i], numbers_[i % numbers_.size()]);
    }
  };
  switch (op_) {
    case Op::kAdd: return each([](float v, float c) { return v + c; });
    case Op::kSubtract: return each([](float v, float c) { return v - c; });
    case Op::kSubtractFrom: return each([](float v, float c) { return c - v; });
    case Op::kMultiply: return each([](float v, float c) { return v * c; });
    case Op::kDivide: return each([](float v, float c) { return v / c; });
    case Op::kMinimum: return each([](float v, float c) { return std::min(v, c); });
    case Op::kMaximum: return each([](float v, float c) { return std::max(v, c); });
    case Op::kClip:
      for (float& value : x) value = std::min(std::max(value, numbers_[0]), numbers_[1]);
      return;
    case Op::kLog: return each([](float v, float) { return std::log(v); });
    case Op::kLog1p: return each([](float v, float) { return std::log1p(v); });
    case Op::kSqrt: return each([](float v, float) { return std::sqrt(v); });
  }
}

}  // namespace thalweg
