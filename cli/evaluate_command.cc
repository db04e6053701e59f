// thalweg evaluate MODEL DATA…: metrics on rows with labels.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "option_values.h"
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
  out["tensorflow"] = JsonMetrics(report.tensorflow);
  out["tensorflow"]["global_step"] = static_cast<std::int64_t>(report.tensorflow.at("global_step"));
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

// Texts that would break a table of lines, in quotes.
std::string Plainly(const std::string& text) {
  const bool plain = !text.empty() && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return plain ? text : Quote(text);
}

// "f1/CLASS" and its like: a table of them, classes in the model's order, is easier to read than lines.
std::string ClassTable(const EvalReport& report, const std::vector<std::string>& classes, std::set<std::string>* told) {
  const char* const names[] = {"precision", "recall", "f1"};
  std::string out;
  for (const std::string& one : classes) {
    std::string line = fmt::format("{:<24}", Plainly(one));
    for (const char* name : names) {
      const auto found = report.metrics.find(fmt::format("{}/{}", name, one));
      if (found == report.metrics.end() || report.standard_errors.count(found->first) != 0) return "";
      line += fmt::format(" {:>10}", Metric(found->second));
      told->insert(found->first);
    }
    out += line + '\n';
  }
  return out.empty() ? "" : fmt::format("\n{:<24} {:>10} {:>10} {:>10}\n{}", "class", names[0], names[1], names[2], out);
}

void PrintText(const EvalReport& report, const std::string& by, const std::vector<std::string>& classes) {
  std::string out = fmt::format("{:<24} {}\n", "rows", WithThousands(static_cast<std::uint64_t>(report.rows)));
  std::set<std::string> told;
  const std::string class_table = ClassTable(report, classes, &told);
  if (class_table.empty()) told.clear();
  for (const auto& [name, value] : report.metrics) {
    if (told.count(name) != 0) continue;
    out += fmt::format("{:<24} {}", name, Metric(value));
    const auto error = report.standard_errors.find(name);
    if (error != report.standard_errors.end()) out += fmt::format(" ± {}", Metric(error->second));
    out += '\n';
  }
  out += class_table;
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
      out += fmt::format("{:<28} {:>10}", Plainly(slice.value), WithThousands(static_cast<std::uint64_t>(slice.rows)));
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
                                         by.empty() ? std::vector<std::string>{} : std::vector<std::string>{by}, "--by"));
  EvaluateOptions evaluate = options.evaluate;
  if (!by.empty()) evaluate.slice_values = [&source](const ExampleBatch&) -> const FieldValues& { return source->kept()[0]; };
  THALWEG_ASSIGN_OR_RETURN(const EvalReport report, Evaluate(predictor, *source, evaluate));
  TellBadRows(*source, talk);
  options.json ? PrintJson(report, by) : PrintText(report, by, predictor.classes());
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("MODEL", options->model, "The model file")->required()->type_name("");
  options->rows.Declare(app);
  app.add_flag("--json", options->json, "Print JSON: {\"rows\", \"metrics\": {…}, \"tensorflow\": {…}, …}");
  app.add_option("--by", options->evaluate.by, "A field: the metrics of each of its values too")->type_name("FIELD");
  app.add_option("--label", options->label, "The field of the label, when it is not the model's")->type_name("FIELD");
  app.add_option("--weight", options->weight, "The field of row weights, when it is not the model's")->type_name("FIELD");
  Whole(app.add_option("--batch-size", options->evaluate.batch_size, "Rows of a batch: TensorFlow's loss is the mean over batches"), 1, 1 << 24);
  app.add_option("--thresholds", options->evaluate.thresholds, "TensorFlow's accuracy, precision and recall at these scores too")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("A,B");
  Whole(app.add_option("--bootstrap", options->evaluate.bootstrap, "Resamples for standard errors"), 0, 100000);
  Whole(app.add_option("--seed", options->evaluate.seed, "Of the bootstrap"), 0, INT64_MAX);
  Whole(app.add_option("--threads", options->evaluate.threads, "Threads; 0: one a processor"), 0, 1024);
  return [options](const Talk& talk) { return Run(*options, talk); };
}

}  // namespace

const Verb kEvaluateVerb = {"evaluate", "Metrics of a model on rows with labels",
                            "  thalweg evaluate income.thalweg test.csv\n"
                            "  thalweg evaluate income.thalweg test.csv --by education --bootstrap 200\n"
                            "  thalweg evaluate income.thalweg test.csv --json --thresholds 0.3,0.7\n",
                            &Declare};

}  // namespace thalweg::cli
