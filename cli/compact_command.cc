// thalweg compact MODEL -o OUT: the same model in a smaller file.
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bundle/bundle.h"
#include "option_values.h"
#include "rows_options.h"
#include "thalweg/evaluation.h"
#include "verb.h"

namespace thalweg::cli {
namespace {

struct Options {
  std::string model, out;
  std::string tables = "fp32";
  RowsOptions rows;
  bool json = false;
};

constexpr std::array kForms = {NumberForm::kF32, NumberForm::kBf16, NumberForm::kInt8};
constexpr std::array kParts = {"wide tables", "deep tables", "network", "optimizers' memory", "spec, words, checksums"};
using PartBytes = std::array<std::uint64_t, kParts.size()>;

PartBytes BytesByPart(const Bundle& bundle, const WideDeepModel& model, std::uint64_t file_bytes) {
  std::map<std::string_view, const Parameter*> parameters;
  for (const Parameter* parameter : model.parameters()) parameters.emplace(parameter->name, parameter);
  PartBytes bytes{};
  std::uint64_t rest = file_bytes;
  for (const std::string& name : bundle.tensor_names()) {
    const auto found = parameters.find(name);
    const std::size_t part = found == parameters.end() ? 3 : !found->second->table ? 2 : found->second->part == Part::kLinear ? 0 : 1;
    bytes[part] += bundle.Find(name)->bytes;
    rest -= bundle.Find(name)->bytes;
  }
  bytes.back() = rest;
  return bytes;
}

std::uint64_t FileBytes(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::file_size(path, ignored);
}

// What rows say of a model: its loss by the name under which people know it.
struct Loss {
  std::string name;
  double value = 0;
  std::int64_t rows = 0;
};

Result<Loss> LossOn(const std::string& model, const Options& options, const Talk* talk) {
  THALWEG_ASSIGN_OR_RETURN(const Predictor predictor, Predictor::Open(model));
  const ModelSpec& spec = predictor.spec();
  THALWEG_ASSIGN_OR_RETURN(const std::unique_ptr<TableSource> source, OpenModelRows(predictor, options.rows, spec.label.name, spec.weight, {}, ""));
  THALWEG_ASSIGN_OR_RETURN(const EvalReport report, Evaluate(predictor, *source, {}));
  if (talk != nullptr) TellBadRows(*source, *talk);
  for (const char* name : {"log_loss", "rmse"}) {
    const auto found = report.metrics.find(name);
    if (found != report.metrics.end() && (name[0] == 'l' || spec.task == "regression")) return Loss{name, found->second, report.rows};
  }
  return Loss{"average_loss", report.tensorflow.at("average_loss"), report.rows};
}

Status Write(const Bundle& bundle, const WideDeepModel& model, NumberForm form, const std::string& out) {
  BundleContents contents;
  contents.spec = &bundle.spec();
  contents.provenance = bundle.provenance();
  contents.provenance["tables"] = NameOf(form);
  for (const Parameter* parameter : model.parameters()) {
    THALWEG_ASSIGN_OR_RETURN(const TensorView* const view, bundle.FindFloats(parameter->name));
    TensorToWrite tensor = {parameter->name, parameter->shape, view->data};
    if (parameter->table) tensor.pack = form;
    contents.tensors.push_back(std::move(tensor));
  }
  return WriteBundle(out, contents);
}

nlohmann::ordered_json JsonNumber(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

void Print(const Options& options, const PartBytes& before, const PartBytes& after, const std::array<std::uint64_t, 2>& whole,
           const std::array<std::optional<Loss>, 2>& loss) {
  if (options.json) {
    nlohmann::ordered_json out = {{"tables", options.tables}, {"bytes", {{"before", whole[0]}, {"after", whole[1]}}}};
    for (std::size_t p = 0; p < kParts.size(); ++p) out["parts"].push_back({{"part", kParts[p]}, {"before", before[p]}, {"after", after[p]}});
    if (loss[0]) {
      out["loss"] = {{"name", loss[0]->name}, {"rows", loss[0]->rows}, {"before", JsonNumber(loss[0]->value)},
                     {"after", JsonNumber(loss[1]->value)}, {"change", JsonNumber(loss[1]->value - loss[0]->value)}};
    }
    std::puts(out.dump(1).c_str());
    return;
  }
  std::string out = fmt::format("{:<24} {:>12} {:>12}\n", "", "before", "after");
  const auto line = [&out](const char* what, std::uint64_t from, std::uint64_t to) {
    if (from != 0 || to != 0) out += fmt::format("{:<24} {:>12} {:>12}\n", what, ByteSize(from), ByteSize(to));
  };
  for (std::size_t p = 0; p < kParts.size(); ++p) line(kParts[p], before[p], after[p]);
  line("file", whole[0], whole[1]);
  if (loss[0]) {
    const double change = loss[1]->value - loss[0]->value;
    out += fmt::format("\n{:<24} {:>12.6f} {:>12.6f}  {} on {} rows\n", loss[0]->name, loss[0]->value, loss[1]->value,
                       change == 0 ? "the same" : fmt::format("{:+.3g}", change), WithThousands(static_cast<std::uint64_t>(loss[0]->rows)));
  }
  std::fputs(out.c_str(), stdout);
}

Status Run(const Options& options, const Talk& talk) {
  std::vector<std::string> inputs = options.rows.data;
  for (const std::string& file : inputs) {
    if (file == "-") return Status::Usage("DATA: the rows are read twice, before and after; standard input cannot be: name a file");
  }
  inputs.push_back(options.model);
  THALWEG_RETURN_IF_ERROR(CheckOutput(options.out, inputs));
  THALWEG_ASSIGN_OR_RETURN(const std::shared_ptr<const Bundle> bundle, Bundle::Open(options.model, true));
  THALWEG_ASSIGN_OR_RETURN(const std::unique_ptr<WideDeepModel> made, bundle->NewModel());
  const WideDeepModel& model = *made;
  const bool has_rows = !options.rows.data.empty();
  std::array<std::optional<Loss>, 2> loss;
  if (has_rows) {
    THALWEG_ASSIGN_OR_RETURN(loss[0], LossOn(options.model, options, &talk));
  }
  NumberForm form = NumberForm::kF32;
  for (const NumberForm known : kForms) {
    if (options.tables == NameOf(known)) form = known;
  }
  THALWEG_RETURN_IF_ERROR(Write(*bundle, model, form, options.out));
  if (has_rows) {
    THALWEG_ASSIGN_OR_RETURN(loss[1], LossOn(options.out, options, nullptr));
  }
  THALWEG_ASSIGN_OR_RETURN(const std::shared_ptr<const Bundle> compact, Bundle::Open(options.out, false));
  const std::array<std::uint64_t, 2> whole = {FileBytes(options.model), FileBytes(options.out)};
  Print(options, BytesByPart(*bundle, model, whole[0]), BytesByPart(*compact, model, whole[1]), whole, loss);
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("MODEL", options->model, "The model file")->required()->type_name("");
  app.add_option("-o,--output", options->out, "The smaller model file")->required()->type_name("FILE");
  OneOf(app.add_option("--tables", options->tables,
                       "How numbers of tables are kept: fp32, exactly; bf16, half of that; int8, a quarter, with a scale for each row (rows of "
                       "up to 4 numbers: bf16)"),
        {"fp32", "bf16", "int8"});
  options->rows.Declare(app, "Rows with labels: the loss on them before and after", false);
  app.add_flag("--json", options->json, "Print JSON: {\"bytes\", \"parts\": […], \"loss\": {…}}");
  return [options](const Talk& talk) { return Run(*options, talk); };
}

}  // namespace

const Verb kCompactVerb = {"compact", "The same model in a smaller file: without slots, rows of zeros, spare bits",
                           "  thalweg compact clicks.thalweg -o small.thalweg\n"
                           "  thalweg compact clicks.thalweg -o small.thalweg --tables int8 test.csv\n",
                           &Declare};

}  // namespace thalweg::cli
