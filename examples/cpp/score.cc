// Scores rows with a model, from two threads at once. usage: score income.thalweg (of ./quickstart)
#include <cstdio>
#include <thread>

#include "thalweg/prediction.h"

int main(int argc, char** argv) {
  const auto model = thalweg::Predictor::Open(argc > 1 ? argv[1] : "income.thalweg");
  if (!model.ok()) return std::fprintf(stderr, "%s\n", model.status().message().c_str()), model.status().exit_code();

  // A Predictor is immutable: any number of threads may use it.
  const auto score = [&model](double age, const char* education, const char* occupation) {
    thalweg::ExampleBuilder rows = model->NewExamples();
    bool ok = rows.Number("age", age).ok() && rows.Text("education", education).ok() && rows.Text("occupation", occupation).ok();
    rows.EndRow();   // what was not set is missing
    thalweg::Predictions scores;
    const thalweg::Status status = model->Predict(rows.Take(), &scores);
    if (!ok || !status.ok()) return (void)std::fprintf(stderr, "not scored: %s\n", status.message().c_str());
    std::printf("%s, %s, %g: %s with %.9g\n", education, occupation, age,
                model->classes()[static_cast<std::size_t>(scores.class_ids[0])].c_str(), scores.probabilities[1]);
  };
  std::thread one(score, 44, "Doctorate", "Exec-managerial"), two(score, 19, "HS-grad", "Other-service");
  one.join();
  two.join();
}
