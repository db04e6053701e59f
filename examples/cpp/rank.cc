// Ranks candidates for one person: what they have in common is computed once. usage: rank income.thalweg (of ./quickstart)
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <vector>

#include "thalweg/request.h"

int main(int argc, char** argv) {
  const auto model = thalweg::Predictor::Open(argc > 1 ? argv[1] : "income.thalweg");
  if (!model.ok()) return std::fprintf(stderr, "%s\n", model.status().message().c_str()), model.status().exit_code();
  std::vector<std::string> common;   // all fields but the one that the candidates differ in
  for (const thalweg::FieldSpec& field : model->schema().fields) {
    if (field.name != "occupation") common.push_back(field.name);
  }
  const auto scorer = thalweg::RequestScorer::Create(&*model, common);
  if (!scorer.ok()) return std::fprintf(stderr, "%s\n", scorer.status().message().c_str()), scorer.status().exit_code();

  // A scorer, too, may be used from any number of threads at once.
  thalweg::ExampleBuilder person = scorer->NewContext(), jobs = scorer->NewCandidates();
  const std::vector<const char*> occupations = {"Exec-managerial", "Other-service", "Sales", "Tech-support"};
  bool fits = true;
  for (const auto& [field, value] : {std::pair{"age", 44}, {"education_num", 13}, {"capital_gain", 0}, {"capital_loss", 0}, {"hours_per_week", 40}}) {
    fits = fits && person.Number(field, value).ok();
  }
  fits = fits && person.Text("education", "Bachelors").ok();
  person.EndRow();
  for (const char* occupation : occupations) {
    fits = fits && jobs.Text("occupation", occupation).ok();
    jobs.EndRow();
  }
  thalweg::Predictions scores;
  const thalweg::Status status = scorer->Score(person.Take(), jobs.Take(), &scores);
  if (!fits || !status.ok()) return std::fprintf(stderr, "not scored: %s\n", status.message().c_str()), 1;
  std::vector<std::size_t> order(occupations.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores.logits[a] > scores.logits[b]; });
  for (const std::size_t i : order) std::printf("%.4f %s\n", scores.probabilities[2 * i + 1], occupations[i]);
}
