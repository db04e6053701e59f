// thalweg import-tf PATH: a model that TensorFlow trained, as one of ours.
#include <fmt/format.h>

#include "base/file.h"
#include "base/strings.h"
#include "migrate/import.h"
#include "thalweg/model_spec.h"
#include "verb.h"

namespace thalweg::cli {
namespace {

struct Options {
  std::string path, model = "model.thalweg", label, weight, spec;
};

Status Run(const Options& options, const Talk& talk) {
  ImportOptions import;
  import.label = options.label;
  import.weight = options.weight;
  if (!options.spec.empty()) {
    THALWEG_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.spec, std::uint64_t{64} << 20));
    THALWEG_ASSIGN_OR_RETURN(import.spec, ParseModelSpec(text, options.spec));
  }
  THALWEG_ASSIGN_OR_RETURN(const ImportReport report, ImportTensorFlow(options.path, import, options.model));
  const ModelSpec& spec = report.spec;
  talk.Say(fmt::format("{}: {}, {} wide and {} deep columns, {} variables{}, step {}", report.from, spec.head.kind, spec.wide.columns.size(),
                       spec.deep.columns.size(), report.parameters,
                       report.slots > 0 ? fmt::format(", {} of the optimizers", report.slots) : "", WithThousands(static_cast<std::uint64_t>(report.global_step))));
  for (const std::string& note : report.notes) talk.Say("note: " + note);
  talk.Say(fmt::format("wrote {}; next: thalweg show {}", options.model, options.model));
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("PATH", options->path, "An exported SavedModel, a folder of exports (the newest is taken), a model_dir, or a checkpoint (…/model.ckpt-1000)")
      ->required()
      ->type_name("");
  app.add_option("-o,--output", options->model, "The model file to write")->type_name("MODEL")->capture_default_str();
  app.add_option("--label", options->label, "The field of labels, which TensorFlow's files do not name: to evaluate and train on")->type_name("NAME");
  app.add_option("--weight", options->weight, "The field of row weights")->type_name("NAME");
  app.add_option("--spec", options->spec, "For a checkpoint the model's spec; for a SavedModel what it lacks: label, weight, optimizers, dropout, training")
      ->type_name("FILE");
  return [options](const Talk& talk) { return Run(*options, talk); };
}

}  // namespace

const Verb kImportTfVerb = {
    "import-tf", "Take over a model that TensorFlow's estimators trained",
    "  thalweg import-tf export/1700000000 -o clicks.thalweg\n"
    "  thalweg import-tf export/1700000000 --label clicked -o clicks.thalweg && thalweg evaluate clicks.thalweg test.csv\n"
    "  thalweg import-tf model_dir --spec clicks.toml -o clicks.thalweg && thalweg train today.csv --warm-start clicks.thalweg -o new.thalweg",
    Declare};

}  // namespace thalweg::cli
