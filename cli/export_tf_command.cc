// thalweg export-tf MODEL DIR: a model as TensorFlow's files.
#include <fmt/format.h>

#include "bundle/bundle.h"
#include "migrate/export.h"
#include "verb.h"

namespace thalweg::cli {
namespace {

struct Options {
  std::string model, dir;
};

Status Run(const Options& options, const Talk& talk) {
  THALWEG_ASSIGN_OR_RETURN(std::shared_ptr<const Bundle> bundle, Bundle::Open(options.model, true));
  THALWEG_ASSIGN_OR_RETURN(const ExportReport report, ExportTensorFlow(std::move(bundle), options.dir));
  for (const std::string& note : report.notes) talk.Say("note: " + note);
  talk.Say(fmt::format("wrote {0}/model.ckpt-{1} ({2} variables) and {0}/saved_model (signatures serving_default, predict, …)", options.dir, report.global_step, report.variables));
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("MODEL", options->model, "The model file")->required()->type_name("");
  app.add_option("DIR", options->dir, "A new folder: a model_dir with a checkpoint, and the SavedModel in DIR/saved_model")->required()->type_name("");
  return [options](const Talk& talk) { return Run(*options, talk); };
}

}  // namespace

const Verb kExportTfVerb = {"export-tf", "Write a model as TensorFlow's checkpoint and SavedModel",
                            "  thalweg export-tf clicks.thalweg model_dir\n"
                            "  saved_model_cli show --dir model_dir/saved_model --all",
                            Declare};

}  // namespace thalweg::cli
