// Every registered part, with every parameter given, goes into a spec, to JSON and TOML, and back.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "columns/fit.h"
#include "model/head.h"
#include "nn/initializer.h"
#include "nn/layer.h"
#include "optim/optimizer.h"
#include "thalweg/model_spec.h"

namespace thalweg {
namespace {

// A value that the parameter may have.
ParamValue ValueFor(const ParamInfo& param) {
  double number = 3;
  if (number < param.min || number > param.max) number = (std::max(param.min, -1e3) + std::min(param.max, 1e3)) / 2;
  switch (param.type) {
    case ParamType::kBool: return true;
    case ParamType::kInteger: return static_cast<std::int64_t>(number);
    case ParamType::kNumber: return number / 4;
    case ParamType::kText:
    case ParamType::kInput: {
      std::istringstream choices(param.choices == nullptr ? "a \"name\"" : param.choices);
      std::string first;
      choices >> first;
      return first;
    }
    case ParamType::kIntegers: return std::vector<std::int64_t>{1, 2};
    case ParamType::kNumbers: return std::vector<double>{0.1, 1e-30, 2};
    case ParamType::kTexts:
    case ParamType::kInputs: return std::vector<std::string>{"a.b", "naïve", "\"quoted\"\n"};
  }
  return false;
}

Params AllParams(const KindInfo& kind) {
  Params params;
  for (const ParamInfo& param : kind.params) params[param.name] = ValueFor(param);
  return params;
}

void ExpectComesBack(const ModelSpec& spec, const std::string& what) {
  for (const std::string& text : {ToToml(spec), ToJson(spec)}) {
    const Result<ModelSpec> parsed = ParseModelSpec(text, "test");
    ASSERT_TRUE(parsed.ok()) << what << ": " << parsed.status().message() << "\n" << text;
    EXPECT_EQ(*parsed, spec) << what << "\n" << text;
  }
}

ModelSpec Small() {
  ModelSpec spec;
  spec.task = "regression";
  spec.label.name = "y";
  return spec;
}

TEST(EveryPart, ColumnGoesToJsonAndBack) {
  for (const KindInfo& kind : ColumnKinds().kinds) {
    ModelSpec spec = Small();
    spec.columns.push_back({"c", kind.name, AllParams(kind)});
    ExpectComesBack(spec, kind.name);
  }
}

TEST(EveryPart, OptimizerGoesToJsonAndBack) {
  for (const KindInfo& kind : OptimizerKinds().kinds) {
    ModelSpec spec = Small();
    spec.wide.optimizer = {kind.name, AllParams(kind)};
    ExpectComesBack(spec, kind.name);
  }
}

TEST(EveryPart, LearningRateGoesToJsonAndBack) {
  for (const KindInfo& kind : LearningRateKinds().kinds) {
    ModelSpec spec = Small();
    spec.deep.optimizer.kind = "adagrad";
    spec.deep.optimizer.params["learning_rate.kind"] = std::string(kind.name);
    for (auto& [name, value] : AllParams(kind)) spec.deep.optimizer.params["learning_rate." + name] = value;
    ExpectComesBack(spec, kind.name);
  }
}

TEST(EveryPart, HeadGoesToJsonAndBack) {
  for (const KindInfo& kind : HeadKinds().kinds) {
    ModelSpec spec = Small();
    spec.task = kind.name;
    spec.head = {kind.name, AllParams(kind)};
    ExpectComesBack(spec, kind.name);
  }
}

TEST(EveryPart, DescribesItselfWhole) {
  for (const FamilyInfo& family : {ColumnKinds(), OptimizerKinds(), LearningRateKinds(), HeadKinds(), LayerKinds(), InitializerKinds()}) {
    for (const KindInfo& kind : family.kinds) {
      EXPECT_STRNE(kind.help, "") << family.name << " " << kind.name;
      for (const ParamInfo& param : kind.params) EXPECT_STRNE(param.help, "") << kind.name << "." << param.name;
    }
  }
}

}  // namespace
}  // namespace thalweg
