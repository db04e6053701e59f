// thalweg evaluate MODEL DATA…: metrics on rows with labels.
#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rows_options.h"
#include "thalweg/evaluation.h"
#include "verb.h"

namespace thalweg::cli {
namespace {

struct Options {
  std::string model;
  RowsOptions rows;
  std::string label, weight;
  bool json = false;
  EvaluateOptions evaluate;
};

nlohmann::ordered_json JsonMetrics(const std::map<std::string, double>& metrics) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (const auto& [name, value] : metrics) {
    if (std::isfinite(value)) out[name] = value;
    else out[name] = nullptr;   // undefined: one class only, say
  }
  return out;
}

void PrintJson(const EvalReport& report, const std::string& by) {
  nlohmann::ordered_json out;
  out["rows"] = report.rows;
  out["weight"] = report.weight;
  out["metrics"] = JsonMetrics(report.metrics);
  if (!report.standard_errors.empty()) out["standard_errors"] = JsonMetrics(report.standard_errors);
  if (!by.empty()) {
    out["by"] = by;
    out["slices"] = nlohmann::ordered_json::array();
    for (const SliceReport& slice : report.slices) {
      out["slices"].push_back({{"value", slice.value}, {"rows", slice.rows}, {"metrics", JsonMetrics(slice.metrics)}});
    }
  }
  std::puts(out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void PrintText(const EvalReport& report, const std::string& by) {
  std::string out = fmt::format("{:<24} {}\n", "rows", WithThousands(static_cast<std::uint64_t>(report.rows)));
  for (const auto& [name, value] : report.metrics) {
    out += fmt::format("{:<24} {}", name, Metric(value));
    const auto error = report.standard_errors.find(name);
    if (error != report.standard_errors.end()) out += fmt::format(" ± {}", Metric(error->second));
    out += '\n';
  }
  if (!report.slices.empty()) {
    // Of each slice only what tells most: the whole is in --json.
    std::vector<std::string> shown;
    for (const char* name : {"auc", "log_loss", "accuracy", "label_mean", "prediction_mean", "rmse", "mae"}) {
      if (report.metrics.count(name) != 0) shown.emplace_back(name);
    }
    out += fmt::format("\n{:<28} {:>10}", by, "rows");
    for (const std::string& name : shown) out += fmt::format(" {:>15}", name);
    out += '\n';
    for (const SliceReport& slice : report.slices) {
      out += fmt::format("{:<28} {:>10}", slice.value, WithThousands(static_cast<std::uint64_t>(slice.rows)));
      for (const std::string& name : shown) out += fmt::format(" {:>15}", Metric(slice.metrics.at(name)));
      out += '\n';
    }
  }
  std::fputs(out.c_str(), stdout);
}

Status Run(const Options& options, const Talk& talk) {
  THALWEG_ASSIGN_OR_RETURN(Predictor predictor, Predictor::Open(options.model));
  const ModelSpec& spec = predictor.spec();
  const std::string label = options.label.empty() ? spec.label.name : options.label;
  const std::string weight = options.weight.empty() ? spec.weight : options.weight;
  const std::string& by = options.evaluate.by;
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<TableSource> source,
                           OpenModelRows(predictor, options.rows, label, weight,
                                         by.empty() ? std::vector<std::string>{} : std::vector<std::string>{by}, false, talk));
  EvaluateOptions evaluate = options.evaluate;
  if (!by.empty()) evaluate.slice_values = [&source](const ExampleBatch&) -> const FieldValues& { return source->kept()[0]; };
  THALWEG_ASSIGN_OR_RETURN(const EvalReport report, Evaluate(predictor, *source, evaluate));
  TellBadRows(*source, talk);
  options.json ? PrintJson(report, by) : PrintText(report, by);
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("MODEL", options->model, "The model file")->required();
  options->rows.Declare(app);
  app.add_flag("--json", options->json, "Print JSON: {\"rows\", \"metrics\": {…}, …}");
  app.add_option("--by", options->evaluate.by, "A field: the metrics of each of its values too");
  app.add_option("--label", options->label, "The field of the label, when it is not the model's");
  app.add_option("--weight", options->weight, "The field of row weights, when it is not the model's");
  app.add_option("--batch-size", options->evaluate.batch_size, "Rows scored at once")->check(CLI::Range(1, 1 << 24));
  app.add_option("--bootstrap", options->evaluate.bootstrap, "Resamples for standard errors")->check(CLI::Range(0, 100000));
  app.add_option("--seed", options->evaluate.seed, "Of the bootstrap")->check(CLI::NonNegativeNumber);
  app.add_option("--threads", options->evaluate.threads, "Threads; 0: one a processor")->check(CLI::Range(0, 1024));
  return [options](const Talk& talk) { return Run(*options, talk); };
}

}  // namespace

const Verb kEvaluateVerb = {"evaluate", "Metrics of a model on rows with labels",
                            "  thalweg evaluate income.thalweg test.csv\n"
                            "  thalweg evaluate income.thalweg test.csv --by education --bootstrap 200\n"
                            "  thalweg evaluate income.thalweg test.csv --json\n",
                            &Declare};

}  // namespace thalweg::cli
