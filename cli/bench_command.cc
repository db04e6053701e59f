// thalweg bench MODEL DATA…: how long a request takes, on this machine.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "data/pipeline.h"
#include "option_values.h"
#include "rows_options.h"
#include "thalweg/request.h"
#include "verb.h"

namespace thalweg::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostRequests = 1000;         // different ones, taken in turn
constexpr std::size_t kMostRows = 1'000'000;        // that they hold together
constexpr std::size_t kWarmUp = 50;
constexpr std::size_t kMostTimes = 10'000'000;

struct Options {
  std::string model;
  RowsOptions rows;
  std::int64_t candidates = 200;
  std::string context;
  std::int64_t callers = 1;
  int threads = 1;
  double seconds = 3;
  bool json = false;
};

struct Request {
  ExampleBatch context;   // one row, where there is a context
  ExampleBatch rows;
};

// The fields of `rows` that `schema` has, out of those of `all`.
ExampleBatch FieldsOf(const ExampleBatch& rows, const Schema& all, const Schema& schema) {
  ExampleBatch out;
  out.num_rows = rows.num_rows;
  for (const FieldSpec& field : schema.fields) {
    const auto at = std::find_if(all.fields.begin(), all.fields.end(), [&](const FieldSpec& f) { return f.name == field.name; });
    out.fields.push_back(rows.fields[static_cast<std::size_t>(at - all.fields.begin())]);
  }
  return out;
}

double Quantile(const std::vector<double>& sorted, double q) {
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(q * static_cast<double>(sorted.size())))];
}

double MicrosecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

// What a loop of `microseconds` without work suffers: the machine's own share of the slow requests.
double EmptyLoopAt99(double microseconds, std::size_t times) {
  std::vector<double> took;
  for (std::size_t i = 0; i < times; ++i) {
    const Clock::time_point begin = Clock::now();
    while (MicrosecondsSince(begin) < microseconds) {
    }
    took.push_back(MicrosecondsSince(begin));
  }
  std::sort(took.begin(), took.end());
  return Quantile(took, 0.99);
}

Status Run(const Options& options, const Talk& talk) {
  THALWEG_ASSIGN_OR_RETURN(const Predictor predictor, Predictor::Open(options.model));
  const std::vector<std::string> context = SplitList(options.context);
  const bool whole = context.empty() && options.threads == 1;
  THALWEG_ASSIGN_OR_RETURN(const RequestScorer scorer, RequestScorer::Create(&predictor, context, {options.threads}));
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<TableSource> source, OpenModelRows(predictor, options.rows, "", "", {}, ""));
  const auto candidates = static_cast<std::size_t>(options.candidates);
  const std::unique_ptr<ExampleSource> batches = Rebatch(source.get(), candidates);
  std::vector<Request> requests;
  ExampleBatch batch;
  const std::uint32_t first = 0;
  while (requests.size() < kMostRequests && (requests.size() + 1) * candidates <= std::max(kMostRows, candidates)) {
    THALWEG_ASSIGN_OR_RETURN(const bool more, batches->Next(&batch));
    if (!more) break;
    if (batch.num_rows < candidates && !requests.empty()) break;   // the rest, at the end
    Request request;
    if (whole) {
      request.rows = batch;
    } else {
      request.context = FieldsOf(Gather(batch, {&first, 1}), predictor.schema(), scorer.context_schema());
      request.rows = FieldsOf(batch, predictor.schema(), scorer.candidate_schema());
    }
    requests.push_back(std::move(request));
  }
  if (requests.empty()) return Status::BadData("no rows to score");
  const std::size_t rows_each = requests[0].rows.num_rows;
  if (rows_each < candidates) talk.Warn(fmt::format("the data hold {} rows: requests have so many candidates, not {}", rows_each, candidates));

  // Each caller scores the requests in turn until the time is over.
  std::vector<std::vector<double>> took(static_cast<std::size_t>(options.callers));
  std::vector<Status> statuses(took.size());
  std::vector<double> spent(took.size());
  const auto call = [&](std::size_t caller) {
    Predictions scores;
    const auto score = [&](std::size_t i) {
      const Request& request = requests[i % requests.size()];
      return whole ? predictor.Predict(request.rows, &scores) : scorer.Score(request.context, request.rows, &scores);
    };
    for (std::size_t i = 0; i < kWarmUp && statuses[caller].ok(); ++i) statuses[caller] = score(caller + i);
    const Clock::time_point begin = Clock::now();
    for (std::size_t i = 0; statuses[caller].ok() && took[caller].size() < kMostTimes; ++i) {
      const Clock::time_point at = Clock::now();
      statuses[caller] = score(caller + i);
      took[caller].push_back(MicrosecondsSince(at));
      if (MicrosecondsSince(begin) > options.seconds * 1e6) break;
    }
    spent[caller] = MicrosecondsSince(begin) * 1e-6;
  };
  std::vector<std::thread> callers;
  for (std::size_t c = 1; c < took.size(); ++c) callers.emplace_back(call, c);
  call(0);
  for (std::thread& caller : callers) caller.join();
  std::vector<double> all;
  double rate = 0;
  for (std::size_t c = 0; c < took.size(); ++c) {
    THALWEG_RETURN_IF_ERROR(statuses[c]);
    all.insert(all.end(), took[c].begin(), took[c].end());
    rate += static_cast<double>(took[c].size() * rows_each) / spent[c];
  }
  std::sort(all.begin(), all.end());
  const double p50 = Quantile(all, 0.5), p99 = Quantile(all, 0.99);
  const double empty = EmptyLoopAt99(p50, std::min<std::size_t>(all.size(), static_cast<std::size_t>(1e6 / p50) + 1));
  if (options.json) {
    const nlohmann::ordered_json out = {{"candidates", rows_each}, {"context_fields", context.size()}, {"callers", options.callers},
                                        {"threads", options.threads}, {"requests", all.size()}, {"p50_us", p50}, {"p99_us", p99},
                                        {"empty_loop_p99_us", empty}, {"rows_per_second", rate}};
    std::fputs((out.dump(2) + "\n").c_str(), stdout);
    return Status::Ok();
  }
  std::fputs(fmt::format("requests        {} of {} rows{}\n"
                         "p50             {:.4g} µs\n"
                         "p99             {:.4g} µs (an empty loop as long as the p50: {:.4g} µs)\n"
                         "rows/s          {}\n",
                         WithThousands(all.size()), WithThousands(rows_each),
                         context.empty() ? "" : fmt::format(", {} fields in common", context.size()), p50, p99, empty,
                         WithThousands(static_cast<std::uint64_t>(rate)))
                 .c_str(),
             stdout);
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("MODEL", options->model, "The model file")->required()->type_name("");
  options->rows.Declare(app);
  Whole(app.add_option("--candidates", options->candidates, "Rows of a request"), 1, 1 << 20);
  app.add_option("--context", options->context, "Fields that the rows of a request have in common: their work is done once")->type_name("A,B");
  Whole(app.add_option("--callers", options->callers, "Requests under way at once, each from a thread of its own"), 1, 1024);
  Whole(app.add_option("--threads", options->threads, "Threads that one request is cut over; 0: one a processor"), 0, 1024);
  Number(app.add_option("--seconds", options->seconds, "How long to measure"), 0, true);
  app.add_flag("--json", options->json, "Print JSON");
  return [options](const Talk& talk) { return Run(*options, talk); };
}

}  // namespace

const Verb kBenchVerb = {"bench", "How long requests take: p50, p99, rows/s",
                         "  thalweg bench income.thalweg test.csv\n"
                         "  thalweg bench ads.thalweg log.tsv --candidates 200 --context user,country,device\n"
                         "  thalweg bench income.thalweg test.csv --candidates 1 --json\n",
                         &Declare};

}  // namespace thalweg::cli
