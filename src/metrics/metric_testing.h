// Rows for the tests of metrics: written by hand, or drawn.
#ifndef THALWEG_METRICS_METRIC_TESTING_H_
#define THALWEG_METRICS_METRIC_TESTING_H_

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "metrics/metric_set.h"

namespace thalweg {

// Rows of one task with all that Predictions has. Probabilities follow from logits.
struct TestRows {
  std::string task;
  std::vector<std::string> classes;
  Predictions scores;
  std::vector<float> label, weight;

  void Add(const std::vector<float>& logits, float label_of_row, float weight_of_row = 1) {
    scores.num_logits = logits.size();
    ++scores.num_rows;
    scores.logits.insert(scores.logits.end(), logits.begin(), logits.end());
    if (task == "regression") {
      scores.predictions.push_back(logits[0]);
    } else {
      std::vector<double> of_classes(logits.begin(), logits.end());
      if (task == "binary") of_classes.insert(of_classes.begin(), 0.0);
      double sum = 0;
      for (double& one : of_classes) sum += one = std::exp(one);
      std::size_t best = 0;
      for (std::size_t c = 0; c < of_classes.size(); ++c) {
        scores.probabilities.push_back(static_cast<float>(of_classes[c] / sum));
        if (of_classes[c] > of_classes[best]) best = c;
      }
      scores.class_ids.push_back(static_cast<std::int32_t>(best));
    }
    label.push_back(label_of_row);
    weight.push_back(weight_of_row);
  }
};

inline TestRows NewRows(const std::string& task) {
  TestRows rows;
  rows.task = task;
  if (task == "binary") rows.classes = {"no", "yes"};
  if (task == "multiclass") rows.classes = {"a", "b", "c", "d"};
  return rows;
}

// Binary rows of the given probabilities of class 1.
inline TestRows BinaryRows(const std::vector<double>& probabilities, const std::vector<float>& label,
                           const std::vector<float>& weight = {}) {
  TestRows rows = NewRows("binary");
  for (std::size_t i = 0; i < label.size(); ++i) {
    const double p = probabilities[i];
    rows.Add({static_cast<float>(std::log(p / (1 - p)))}, label[i], weight.empty() ? 1 : weight[i]);
  }
  return rows;
}

inline TestRows RegressionRows(const std::vector<float>& predictions, const std::vector<float>& label,
                               const std::vector<float>& weight = {}) {
  TestRows rows = NewRows("regression");
  for (std::size_t i = 0; i < label.size(); ++i) rows.Add({predictions[i]}, label[i], weight.empty() ? 1 : weight[i]);
  return rows;
}

inline MetricSet SetOf(const TestRows& rows, const MetricOptions& options = {}) {
  MetricSet set = MetricSet::Create(rows.task, rows.classes, options).value();
  const Status status = set.Update(rows.scores, rows.label, rows.weight);
  EXPECT_TRUE(status.ok()) << status.message();
  return set;
}

inline std::map<std::string, double> ValuesOf(const TestRows& rows, const MetricOptions& options = {}) {
  return SetOf(rows, options).Values().value();
}

inline double ValueOf(const TestRows& rows, const std::string& name) {
  const std::map<std::string, double> values = ValuesOf(rows);
  EXPECT_EQ(values.count(name), 1u) << name;
  return values.at(name);
}

}  // namespace thalweg

#endif  // THALWEG_METRICS_METRIC_TESTING_H_
