// Scores rows with a model, from two threads at once. usage: score income.thalweg (of ./quickstart)
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include "thalweg/prediction.h"

using Numbers = std::vector<std::pair<const char*, double>>;
using Texts = std::vector<std::pair<const char*, const char*>>;

int main(int argc, char** argv) {
  const auto model = thalweg::Predictor::Open(argc > 1 ? argv[1] : "income.thalweg");
  if (!model.ok()) return std::fprintf(stderr, "%s\n", model.status().message().c_str()), model.status().exit_code();

  // A Predictor is immutable: any number of threads may use it.
  const auto score = [&model](const Numbers& numbers, const Texts& texts) {
    thalweg::ExampleBuilder rows = model->NewExamples();
    thalweg::Status status;
    for (const auto& [field, value] : numbers) status = status.ok() ? rows.Number(field, value) : status;
    for (const auto& [field, value] : texts) status = status.ok() ? rows.Text(field, value) : status;
    rows.EndRow();  // what was not set is missing
    thalweg::Predictions scores;
    if (status.ok()) status = model->Predict(rows.Take(), &scores);
    if (!status.ok()) return (void)std::fprintf(stderr, "not scored: %s\n", status.message().c_str());
    std::printf("%s: %s with %.9g\n", texts[0].second, model->classes()[1].c_str(), scores.probabilities[1]);
  };
  const Numbers grown = {
      {"age", 44}, {"education_num", 16}, {"capital_gain", 0}, {"capital_loss", 0}, {"hours_per_week", 50}};
  const Numbers young = {
      {"age", 19}, {"education_num", 9}, {"capital_gain", 0}, {"capital_loss", 0}, {"hours_per_week", 20}};
  std::thread one(score, grown, Texts{{"occupation", "Exec-managerial"}, {"education", "Doctorate"}});
  std::thread two(score, young, Texts{{"occupation", "Other-service"}, {"education", "HS-grad"}});
  one.join();
  two.join();
}
