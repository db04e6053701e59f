// thalweg verify MODEL --examples … --table …: the same rows fed in two ways, and which columns take them for others.
#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "columns/feature_plan.h"
#include "evaluate/compare_feedings.h"
#include "option_values.h"
#include "rows_options.h"
#include "thalweg/prediction.h"
#include "verb.h"

namespace thalweg::cli {
namespace {

constexpr const char* kSides[] = {"examples", "table"};

struct Options {
  std::string model;
  std::vector<std::string> files[2];
  std::string as_sparse, as_dense;
  std::int64_t limit = 3;
  bool json = false;
};

// The spec with the fields in `list` ("all": every one) marked dense, or not.
Result<ModelSpec> Fed(ModelSpec spec, const Schema& schema, const std::string& list, bool dense, const char* option) {
  const std::vector<std::string> names = SplitList(list);
  const bool all = names.size() == 1 && names[0] == "all" && schema.Find("all") == nullptr;
  std::vector<std::string> known;
  for (const FieldSpec& field : schema.fields) known.push_back(field.name);
  for (const std::string& name : all ? known : names) {
    if (schema.Find(name) == nullptr) return Status::Usage(fmt::format("{}: {}", option, UnknownName(name, "field of the model", known)));
    for (FieldSpec& field : spec.fields) {
      if (field.name == name) field.dense = dense;
    }
  }
  return spec;
}

std::string Text(const FedValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return Quote(*text);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return FormatInteger(*integer);
  return FormatNumber(std::get<float>(value));
}

constexpr std::size_t kMaxShown = 12;   // items of a list

// "[a, b, …]", or the one alone.
std::string List(const std::vector<std::string>& items) {
  if (items.size() == 1) return items[0];
  std::vector<std::string> shown(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(std::min(items.size(), kMaxShown)));
  if (items.size() > kMaxShown) shown.push_back(fmt::format("… {} more", items.size() - kMaxShown));
  return "[" + Join(shown, ", ") + "]";
}

// `occupation "007" → 17 (occupation=007)`
std::string Text(const FedRow& row, const ColumnDifferences& column, const FeaturePlan& plan) {
  std::vector<std::string> fields, made;
  for (const auto& [name, values] : row.fields) {
    std::vector<std::string> texts;
    for (const FedValue& value : values) texts.push_back(Text(value));
    fields.push_back(Printable(name) + " " + (texts.empty() ? "missing" : List(texts)));
  }
  for (std::size_t i = 0; i < row.ids.size(); ++i) {
    std::string id = FormatInteger(row.ids[i]);
    if (row.ids[i] >= 0 && i < kMaxShown) {
      const std::string meaning = plan.Describe(column.index, row.ids[i]);
      if (meaning != fmt::format("{}#{}", column.column, row.ids[i])) id += " (" + Printable(meaning) + ")";
    }
    if (!row.weights.empty()) id += " × " + FormatNumber(row.weights[i]);
    made.push_back(std::move(id));
  }
  for (const float number : row.numbers) made.push_back(FormatNumber(number));
  return Join(fields, ", ") + " → " + (made.empty() ? (column.categorical ? "no id" : "no number") : List(made));
}

void PrintText(const FeedingsReport& report, const std::array<FeaturePlan, 2>& plans) {
  std::string out = fmt::format("{:<32} {:>12} {:>12}\n", "column", "rows", "differ");
  // First what differs, and of that what is made of fewer fields: it tells the cause of the others.
  std::vector<const ColumnDifferences*> columns;
  for (const ColumnDifferences& column : report.columns) columns.push_back(&column);
  std::stable_sort(columns.begin(), columns.end(), [](const auto* a, const auto* b) {
    if ((a->differ == 0) != (b->differ == 0)) return b->differ == 0;
    return a->differ != 0 && std::pair(a->fields.size(), b->differ) < std::pair(b->fields.size(), a->differ);
  });
  for (const ColumnDifferences* column : columns) {
    out += fmt::format("{:<32} {:>12} {:>12}\n", Printable(column->column), WithThousands(column->rows), WithThousands(column->differ));
  }
  const auto difference = [&out](const RowDifference& one, const auto& text) {
    out += fmt::format("  row {}: {}, {}\n", one.row, one.sides[0].origin, one.sides[1].origin);
    for (std::size_t s = 0; s < 2; ++s) out += fmt::format("    {:<8}  {}\n", kSides[s], text(one.sides[s], s));
  };
  for (const ColumnDifferences* column : columns) {
    if (column->differ == 0) continue;
    out += fmt::format("\n{}: {} of {} rows differ", Printable(column->column), WithThousands(column->differ), WithThousands(column->rows));
    if (column->of_equal_values > 0) {
      out += fmt::format(", {} of them with equal values: their fields are fed as arrays on one side only, and are crossed in another order or mean missing there",
                         column->of_equal_values == column->differ ? "all" : WithThousands(column->of_equal_values));
    }
    out += '\n';
    for (const RowDifference& one : column->first) {
      difference(one, [&](const FedRow& row, std::size_t s) { return Text(row, *column, plans[s]); });
    }
  }
  if (report.refused_by_one > 0) {
    out += fmt::format("\n{} rows are refused by the model on one side only\n", WithThousands(report.refused_by_one));
    for (const RowDifference& one : report.first_refused) {
      difference(one, [](const FedRow& row, std::size_t) { return row.refused.empty() ? "taken" : Printable(row.refused); });
    }
  }
  if (report.refused_by_both > 0) {
    out += fmt::format("\n{} rows are refused by the model on both sides\n", WithThousands(report.refused_by_both));
  }
  std::fputs(out.c_str(), stdout);
}

nlohmann::ordered_json Json(const FedValue& value) {
  return std::visit([](const auto& v) { return nlohmann::ordered_json(v); }, value);
}

nlohmann::ordered_json Json(const FedRow& row, const ColumnDifferences* column) {
  nlohmann::ordered_json out;
  out["origin"] = row.origin;
  if (column == nullptr) {
    if (row.refused.empty()) out["refused"] = nullptr;
    else out["refused"] = row.refused;
    return out;
  }
  out["fields"] = nlohmann::ordered_json::object();
  for (const auto& [name, values] : row.fields) {
    nlohmann::ordered_json& field = out["fields"][name] = nlohmann::ordered_json::array();
    for (const FedValue& value : values) field.push_back(Json(value));
  }
  if (column->categorical) out["ids"] = row.ids;
  else out["numbers"] = row.numbers;
  if (!row.weights.empty()) out["weights"] = row.weights;
  return out;
}

nlohmann::ordered_json Json(const std::vector<RowDifference>& differences, const ColumnDifferences* column) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const RowDifference& one : differences) {
    nlohmann::ordered_json& entry = out.emplace_back();
    entry["row"] = one.row;
    for (std::size_t s = 0; s < 2; ++s) entry[kSides[s]] = Json(one.sides[s], column);
  }
  return out;
}

void PrintJson(const FeedingsReport& report) {
  nlohmann::ordered_json out;
  out["equal"] = report.equal();
  out["rows"] = {{kSides[0], report.rows[0]}, {kSides[1], report.rows[1]}};
  out["rows_that_differ"] = report.rows_that_differ;
  out["refused"] = {{"by_both", report.refused_by_both}, {"by_one", report.refused_by_one}, {"first", Json(report.first_refused, nullptr)}};
  out["columns"] = nlohmann::ordered_json::array();
  for (const ColumnDifferences& column : report.columns) {
    out["columns"].push_back({{"column", column.column},
                              {"fields", column.fields},
                              {"rows", column.rows},
                              {"differ", column.differ},
                              {"of_equal_values", column.of_equal_values},
                              {"first", Json(column.first, &column)}});
  }
  std::puts(out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

// What was found, in a sentence: an error, so that a script sees it.
Status Verdict(const FeedingsReport& report) {
  std::vector<std::string> found;
  if (report.rows[0] != report.rows[1]) {
    found.push_back(fmt::format("the examples are {} rows and the table {}", WithThousands(report.rows[0]), WithThousands(report.rows[1])));
  }
  if (report.rows_that_differ > 0) {
    std::vector<std::string> names;
    for (const ColumnDifferences& column : report.columns) {
      if (column.differ > 0) names.push_back(Quote(column.column));
    }
    const std::size_t columns = names.size();
    if (names.size() > 8) names.resize(8), names.push_back("…");
    found.push_back(fmt::format("{} of {} rows differ{}", WithThousands(report.rows_that_differ),
                                WithThousands(std::min(report.rows[0], report.rows[1])),
                                columns == 0 ? "" : fmt::format(", in {} of {} columns: {}", columns, report.columns.size(), Join(names, ", "))));
  }
  return Status::BadData("not the same: " + Join(found, "; "));
}

Status Run(const Options& options, const Talk& talk) {
  THALWEG_ASSIGN_OR_RETURN(Predictor predictor, Predictor::Open(options.model));
  const auto pipe = [](const std::vector<std::string>& files) { return std::find(files.begin(), files.end(), "-") != files.end(); };
  if (pipe(options.files[0]) && pipe(options.files[1])) return Status::Usage("--examples and --table: standard input can be one of them only");
  const Schema& schema = predictor.schema();
  THALWEG_ASSIGN_OR_RETURN(const ModelSpec sparse, Fed(predictor.spec(), schema, options.as_sparse, false, "--as-sparse"));
  THALWEG_ASSIGN_OR_RETURN(const ModelSpec dense, Fed(predictor.spec(), schema, options.as_dense, true, "--as-dense"));
  THALWEG_ASSIGN_OR_RETURN(FeaturePlan examples_plan, FeaturePlan::Create(sparse));
  THALWEG_ASSIGN_OR_RETURN(FeaturePlan table_plan, FeaturePlan::Create(dense));
  const std::array<FeaturePlan, 2> plans = {std::move(examples_plan), std::move(table_plan)};
  std::array<std::unique_ptr<TableSource>, 2> sources;
  std::array<Feeding, 2> feedings;
  for (std::size_t s = 0; s < 2; ++s) {
    RowsOptions rows;
    rows.data = options.files[s];
    THALWEG_ASSIGN_OR_RETURN(sources[s], OpenModelRows(predictor.spec(), plans[s].schema(), rows, "", "", {}, ""));
    feedings[s] = {&plans[s], sources[s].get()};
  }
  THALWEG_ASSIGN_OR_RETURN(const FeedingsReport report, CompareFeedings(feedings, static_cast<std::size_t>(options.limit)));
  options.json ? PrintJson(report) : PrintText(report, plans);
  std::fflush(stdout);   // before what is said of it
  if (!report.equal()) return Verdict(report);
  talk.Say(fmt::format("the same: {} rows, {} columns", WithThousands(report.rows[0]), report.columns.size()));
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("MODEL", options->model, "The model file")->required()->type_name("");
  const auto files = [&](const char* name, std::vector<std::string>& value, const char* help) {
    app.add_option(name, value, help)->required()->type_name("FILE");
  };
  files("--examples", options->files[0], "Rows as they are fed in one place (when serving, say): any format that is read, globs, \"-\"");
  files("--table", options->files[1], "The same rows in the same order, as they are fed in another (when training)");
  app.add_option("--as-dense", options->as_dense, "Fields of --table to take as TensorFlow takes arrays; \"all\": every one")->type_name("A,B");
  app.add_option("--as-sparse", options->as_sparse, "Fields of --examples to take as TensorFlow takes them out of tf.Examples, where the model has arrays")->type_name("A,B");
  Whole(app.add_option("--limit", options->limit, "Differing rows to show of each column")->capture_default_str(), 0, 1000000);
  app.add_flag("--json", options->json, "Print JSON: {\"equal\", \"rows\", \"columns\": [{\"column\", \"rows\", \"differ\", \"first\": […]}, …], …}");
  return [options](const Talk& talk) { return Run(*options, talk); };
}

}  // namespace

const Verb kVerifyVerb = {"verify", "Whether the same rows in two feedings are the same to a model",
                          "  thalweg verify clicks.thalweg --examples served.tfrecord --table log.csv\n"
                          "  thalweg verify clicks.thalweg --examples log.csv --table log.csv --as-dense all\n"
                          "It exits with 0 where they are the same, with 65 where they differ.\n",
                          &Declare};

}  // namespace thalweg::cli
