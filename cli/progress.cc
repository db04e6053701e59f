#include "progress.h"

#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace thalweg::cli {

namespace {
constexpr double kTerminalSeconds = 0.2, kPlainSeconds = 15;
}

Progress::Progress(const Talk& talk, double total_rows, std::string metric)
    : talk_(talk), total_rows_(total_rows), metric_(std::move(metric)) {}

std::string Progress::Line(const TrainEvent& event, double seconds) const {
  const double rate = seconds > 0 ? static_cast<double>(event.rows - first_rows_) / seconds : 0;
  std::string line = fmt::format("{}{} rows  {} rows/s  loss {}", event.pass > 0 ? fmt::format("pass {:.2f}  ", event.pass) : "",
                                 WithThousands(static_cast<std::uint64_t>(event.rows)),
                                 WithThousands(static_cast<std::uint64_t>(rate)), Metric(smooth_loss_));
  if (has_metric_) line += fmt::format("  held-out {} {}", metric_, Metric(metric_value_));
  const double left = total_rows_ - static_cast<double>(event.rows);
  if (total_rows_ > 0 && rate > 0 && left > 0) line += fmt::format("  at most {} left", Duration(left / rate));
  return line;
}

void Progress::Show(const std::string& line, bool keep) {
  if (talk_.quiet) return;
  if (!talk_.terminal) {
    talk_.Say(line);
    return;
  }
  std::fputs(fmt::format("\r\x1b[K{}{}", line, keep ? "\n" : "").c_str(), stderr);
  drawn_ = !keep;
}

void Progress::On(const TrainEvent& event) {
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - start_).count();
  if (first_rows_ < 0) first_rows_ = event.kind == TrainEvent::Kind::kStep && event.step <= 1 ? 0 : event.rows;
  nlohmann::ordered_json entry;
  switch (event.kind) {
    case TrainEvent::Kind::kStep: {
      smooth_loss_ = smooth_loss_ == 0 ? event.loss : smooth_loss_ + (event.loss - smooth_loss_) * 0.02;
      if (event.step - history_step_ >= history_every_) {
        history_step_ = event.step;
        if (++history_lines_ == 1000) history_lines_ = 0, history_every_ *= 4;
        entry = {{"step", event.step}, {"rows", event.rows}, {"loss", event.loss}};
        if (event.pass > 0) entry["pass"] = event.pass;   // not known in the first one
      }
      const double since = std::chrono::duration<double>(now - last_).count();
      if (since >= (talk_.terminal ? kTerminalSeconds : kPlainSeconds)) {
        last_ = now;
        Show(Line(event, seconds), false);
      }
      break;
    }
    case TrainEvent::Kind::kValidation: {
      entry = {{"step", event.step}, {"pass", event.pass}, {"rows", event.rows}, {"best", event.best}};
      for (const auto& [name, value] : event.metrics) {
        if (std::isfinite(value)) entry["valid"][name] = value;
      }
      const auto found = event.metrics.find(metric_);
      if (found != event.metrics.end()) metric_value_ = found->second, has_metric_ = true;
      Show(Line(event, seconds) + (event.best ? "  (best)" : ""), true);
      last_ = now;
      break;
    }
    case TrainEvent::Kind::kCheckpoint:
      if (talk_.verbose) Show(event.text.empty() ? fmt::format("checkpoint at step {}", event.step) : event.text, true);
      break;
    case TrainEvent::Kind::kExport:
      if (talk_.verbose) Show("exported " + event.text, true);
      break;
    case TrainEvent::Kind::kBegin:
    case TrainEvent::Kind::kEnd:
      break;
    case TrainEvent::Kind::kNote:
    case TrainEvent::Kind::kStopped:
      Show(event.text, true);
      break;
  }
  if (!entry.is_null()) history_ += entry.dump() + '\n';
}

void Progress::Finish() {
  if (drawn_) std::fputs("\n", stderr);
  drawn_ = false;
}

}  // namespace thalweg::cli
