// Where TensorFlow 2.15's own optimizers moved the same weights by the same gradients (tools/make_golden_optimizers.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "optim/optimizer.h"

namespace thalweg::golden {
namespace {

using nlohmann::json;

const json& Golden() {
  static const json golden = json::parse(std::ifstream(THALWEG_TESTDATA "/golden/optimizers.json"));
  return golden;
}

ParamValue ValueOf(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (value[0].is_number_integer()) return value.get<std::vector<std::int64_t>>();
  return value.get<std::vector<double>>();
}

std::unique_ptr<Optimizer> Make(const std::string& kind, const json& params, const std::string& prefix = "") {
  PartSpec spec{kind, {}};
  for (const auto& [name, value] : params.items()) spec.params[prefix + name] = ValueOf(value);
  Result<std::unique_ptr<Optimizer>> made = MakeOptimizer(spec);
  EXPECT_TRUE(made.ok()) << made.status().message();
  return std::move(made).value();
}

void ExpectClose(const std::vector<float>& ours, const json& theirs, const std::string& what) {
  ASSERT_EQ(ours.size(), theirs.size()) << what;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const double expected = theirs[i];
    EXPECT_NEAR(ours[i], expected, 1e-7 + 1e-6 * std::fabs(expected)) << what << "[" << i << "]";
  }
}

// Moves weights from the first state of `states` on, and compares with each of the others.
class Moved {
 public:
  Moved(const Optimizer& optimizer, const json& states, std::string what) : states_(states), what_(std::move(what)) {
    weight = states[0]["weight"].get<std::vector<float>>();
    for (const SlotInfo& slot : optimizer.slots()) slots.emplace_back(weight.size(), slot.initial);
    Compare(0);
  }
  void Compare(std::size_t step) {
    const std::string at = what_ + " after step " + std::to_string(step);
    ExpectClose(weight, states_[step]["weight"], at + ": weight");
    for (std::size_t k = 0; k < slots.size(); ++k) {
      ExpectClose(slots[k], states_[step]["slots"][k], at + ": slot " + std::to_string(k));
    }
  }
  std::vector<float*> From(std::size_t element) {
    std::vector<float*> pointers;
    for (auto& slot : slots) pointers.push_back(slot.data() + element);
    return pointers;
  }
  std::vector<float> weight;
  std::vector<std::vector<float>> slots;

 private:
  const json& states_;
  std::string what_;
};

TEST(GoldenOptimizers, MoveWeightsAndSlotsAsTensorFlowDoes) {
  for (const json& one : Golden()["cases"]) {
    const std::string what = one["kind"].get<std::string>() + one["params"].dump();
    const auto optimizer = Make(one["kind"], one["params"]);
    ASSERT_EQ(optimizer->slots().size(), one["slots"].size()) << what;
    for (std::size_t k = 0; k < one["slots"].size(); ++k) EXPECT_EQ(optimizer->slots()[k].name, one["slots"][k]) << what;
    Moved moved(*optimizer, one["dense"], what + " dense");
    for (std::size_t step = 0; step + 1 < one["dense"].size(); ++step) {
      const auto gradient = Golden()["dense_gradients"][step].get<std::vector<float>>();
      optimizer->Update({static_cast<std::int64_t>(step)}, gradient, moved.weight, moved.From(0));
      moved.Compare(step + 1);
    }
  }
}

TEST(GoldenOptimizers, MoveRowsOfATableAsTensorFlowDoes) {
  const std::size_t dim = Golden()["dim"];
  for (const json& one : Golden()["cases"]) {
    const auto optimizer = Make(one["kind"], one["params"]);
    Moved moved(*optimizer, one["sparse"], one["kind"].get<std::string>() + one["params"].dump() + " sparse");
    for (std::size_t step = 0; step + 1 < one["sparse"].size(); ++step) {
      const StepContext context{static_cast<std::int64_t>(step)};
      std::map<std::int32_t, std::vector<float>> sums;   // of equal rows, as a table's gradient has them
      const auto values = Golden()["sparse_gradients"][step].get<std::vector<float>>();
      const auto indices = Golden()["indices"][step].get<std::vector<std::int32_t>>();
      for (std::size_t i = 0; i < indices.size(); ++i) {
        std::vector<float>& sum = sums[indices[i]];
        sum.resize(dim);
        for (std::size_t d = 0; d < dim; ++d) sum[d] += values[i * dim + d];
      }
      std::vector<std::int32_t> rows;
      std::vector<float> gradient;
      for (const auto& [row, sum] : sums) {
        rows.push_back(row);
        gradient.insert(gradient.end(), sum.begin(), sum.end());
      }
      optimizer->UpdateRows(context, rows, dim, gradient.data(), moved.weight.data(), moved.From(0));
      for (std::size_t row = 0; optimizer->moves_untouched_rows() && row < moved.weight.size() / dim; ++row) {
        if (sums.count(static_cast<std::int32_t>(row)) != 0) continue;
        const std::vector<float> zeros(dim);
        optimizer->UpdateUntouched(context, zeros, {moved.weight.data() + row * dim, dim}, moved.From(row * dim));
      }
      moved.Compare(step + 1);
    }
  }
}

TEST(GoldenOptimizers, LearningRatesGoAsTensorFlowsSchedules) {
  for (const json& one : Golden()["rates"]) {
    const auto optimizer = Make("sgd", one["params"], "learning_rate.");
    for (std::size_t step = 0; step < one["rates"].size(); ++step) {
      EXPECT_NEAR(optimizer->learning_rate(static_cast<std::int64_t>(step)), one["rates"][step].get<double>(), 1e-6)
          << one["params"].dump() << " " << step;
    }
  }
}

}  // namespace
}  // namespace thalweg::golden
