#include "optim/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "base/registry.h"
#include "optim/optimizer.h"

namespace thalweg {
namespace {

constexpr std::string_view kPrefix = "learning_rate.";
constexpr double kLargest = 1e30;  // well inside float32, so that a rate times a gradient has room

constexpr ParamInfo kConstantParams[] = {
    {"initial", ParamType::kNumber, nullptr, "> 0", "The rate of every step.", 0, kLargest, true},
};
constexpr ParamInfo kExponentialParams[] = {
    {"decay_rate", ParamType::kNumber, nullptr, "(0, 1]", "What the rate is multiplied by in decay_steps steps.", 0, 1,
     true},
    {"decay_steps", ParamType::kInteger, nullptr, "≥ 1", "Steps for one decay_rate.", 1, 1e15},
    {"initial", ParamType::kNumber, nullptr, "> 0", "The rate of the first step.", 0, kLargest, true},
    {"staircase", ParamType::kBool, "false", "", "The rate falls every decay_steps steps at once, not smoothly."},
};
constexpr ParamInfo kCosineParams[] = {
    {"alpha", ParamType::kNumber, "0.0", "[0, 1]", "The last rate, as a share of the first.", 0, 1},
    {"decay_steps", ParamType::kInteger, nullptr, "≥ 1", "Steps until the rate is alpha · initial, where it stays.", 1,
     1e15},
    {"initial", ParamType::kNumber, nullptr, "> 0", "The rate of the first step.", 0, kLargest, true},
};

LearningRate Constant(double rate) {
  return [rate](std::int64_t) { return rate; };
}

LearningRate MakeConstant(const Params& params) { return Constant(GetNumber(params, "initial", 0)); }

// initial · decay_rate^(step / decay_steps)
LearningRate MakeExponential(const Params& params) {
  const double initial = GetNumber(params, "initial", 0), rate = GetNumber(params, "decay_rate", 1);
  const double decay_steps = static_cast<double>(GetInteger(params, "decay_steps", 1));
  const bool staircase = GetBool(params, "staircase", false);
  return [=](std::int64_t step) {
    const double times = static_cast<double>(step) / decay_steps;
    return initial * std::pow(rate, staircase ? std::floor(times) : times);
  };
}

// initial · ((1 - alpha) · (1 + cos(π · min(step, decay_steps) / decay_steps)) / 2 + alpha)
LearningRate MakeCosine(const Params& params) {
  const double initial = GetNumber(params, "initial", 0), alpha = GetNumber(params, "alpha", 0);
  const double decay_steps = static_cast<double>(GetInteger(params, "decay_steps", 1));
  return [=](std::int64_t step) {
    const double share = std::min(static_cast<double>(step), decay_steps) / decay_steps;
    return initial * ((1 - alpha) * 0.5 * (1 + std::cos(std::numbers::pi * share)) + alpha);
  };
}

struct ScheduleKind {
  KindInfo info;
  LearningRate (*make)(const Params& params);
};

const ScheduleKind kSchedules[] = {
    {{"constant", "The same rate at every step.", kConstantParams, "a number"}, &MakeConstant},
    {{"exponential", "Falls by a factor every so many steps.", kExponentialParams,
      "tf.keras.optimizers.schedules.ExponentialDecay"},
     &MakeExponential},
    {{"cosine", "Falls along half a cosine.", kCosineParams, "tf.keras.optimizers.schedules.CosineDecay"}, &MakeCosine},
};

Result<const ScheduleKind*> FindSchedule(std::string_view name) {
  return FindKind(std::span<const ScheduleKind>(kSchedules), name, "learning rate");
}

// The schedule's own parameters, without the prefix; "kind" among them.
Params ScheduleParams(const Params& params) {
  Params schedule;
  for (const auto& [name, value] : params) {
    if (name.starts_with(kPrefix)) schedule.emplace(name.substr(kPrefix.size()), value);
  }
  return schedule;
}

}  // namespace

FamilyInfo LearningRateKinds() {
  return FamilyOf("learning_rates", "How an optimizer's learning rate goes with the steps.",
                  std::span<const ScheduleKind>(kSchedules));
}

bool HasSchedule(const Params& params) {
  const auto first = params.lower_bound(kPrefix);
  return first != params.end() && first->first.starts_with(kPrefix);
}

Status CheckSchedule(std::string_view where, Params* params) {
  const std::string path = std::string(where) + ".learning_rate";
  if (params->contains("learning_rate")) {
    return Status::BadConfig(path + ": is both a number and a schedule; give one");
  }
  Params schedule = ScheduleParams(*params);
  const auto kind_param = schedule.find("kind");
  if (kind_param == schedule.end() || !std::holds_alternative<std::string>(kind_param->second)) {
    return Status::BadConfig(path + ": a schedule needs its kind, a text (\"exponential\")");
  }
  auto kind = FindSchedule(std::get<std::string>(kind_param->second));
  if (!kind.ok()) return kind.status().At(path + ".kind");
  schedule.erase(kind_param);
  THALWEG_RETURN_IF_ERROR(CheckParams((*kind)->info, path, &schedule));
  for (auto& [param, value] : schedule) (*params)[std::string(kPrefix) + param] = std::move(value);
  return Status::Ok();
}

LearningRate MakeLearningRate(const Params& params, double fallback) {
  if (!HasSchedule(params)) return Constant(GetNumber(params, "learning_rate", fallback));
  const Params schedule = ScheduleParams(params);
  return FindSchedule(GetText(schedule, "kind", "constant")).value()->make(schedule);
}

}  // namespace thalweg
