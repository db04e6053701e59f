// What training says while it runs: a line that is redrawn on a terminal, a plain line now and then elsewhere; and the
// history file.
#ifndef THALWEG_CLI_PROGRESS_H_
#define THALWEG_CLI_PROGRESS_H_

#include <chrono>
#include <string>
#include <vector>

#include "talk.h"
#include "thalweg/training.h"

namespace thalweg::cli {

class Progress {
 public:
  // `total_rows`: what all passes together will see, for the time left; 0: unknown.
  Progress(const Talk& talk, double total_rows, std::string metric);
  void On(const TrainEvent& event);
  void Finish();   // ends the line on a terminal

  // JSON lines: one for each validation and about a thousand of the steps.
  const std::string& history() const { return history_; }

 private:
  using Clock = std::chrono::steady_clock;
  std::string Line(const TrainEvent& event, double seconds) const;
  void Show(const std::string& line, bool keep);

  const Talk& talk_;
  double total_rows_;
  std::string metric_;
  Clock::time_point start_ = Clock::now(), last_ = start_;
  std::int64_t first_rows_ = -1;   // seen before this run began (--resume)
  double smooth_loss_ = 0;
  double metric_value_ = 0;
  bool has_metric_ = false, drawn_ = false;
  std::int64_t history_step_ = 0, history_every_ = 1, history_lines_ = 0;
  std::string history_;
};

}  // namespace thalweg::cli

#endif  // THALWEG_CLI_PROGRESS_H_
