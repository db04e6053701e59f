// thalweg train DATA…: rows in, a model file out.
#include <csignal>
#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/strings.h"
#include "base/thread_pool.h"
#include "columns/feature_plan.h"
#include "data/pipeline.h"
#include "fingerprint.h"
#include "model/defaults.h"
#include "model/head.h"
#include "progress.h"
#include "propose/propose.h"
#include "readers/open.h"
#include "rows_options.h"
#include "spec/set_key.h"
#include "spec/spec_lines.h"
#include "thalweg/training.h"
#include "verb.h"
#include "version.h"

namespace thalweg::cli {
namespace {

constexpr std::uint64_t kMaxSpecBytes = 64ull << 20;

struct Options {
  RowsOptions rows;
  std::string label, spec, task, positive, drop, header, names, separator, encoding, valid, weight, warm_start, history, precision;
  std::vector<std::string> set;
  std::string table_memory = "256MB";
  double passes = 0;
  std::int64_t batch_size = 0;
  std::int64_t seed = -1;
  int threads = 0;
  bool resume = false;
  std::int64_t checkpoint_steps = 0;
  double checkpoint_seconds = 300;
  std::string output = "model.thalweg";
};

std::atomic<bool> interrupted{false};

void OnInterrupt(int) {
  if (interrupted.exchange(true)) _exit(static_cast<int>(StatusCode::kInterrupted));
}

// "256MB", "1GB", "4096" (bytes).
Result<std::uint64_t> ParseBytes(const std::string& text) {
  std::size_t digits = 0;
  while (digits < text.size() && (std::isdigit(static_cast<unsigned char>(text[digits])) || text[digits] == '.')) ++digits;
  const std::optional<double> number = ParseNumber(text.substr(0, digits));
  std::string unit = text.substr(digits);
  for (char& c : unit) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (!unit.empty() && unit.back() == 'B') unit.pop_back();
  if (!unit.empty() && unit.back() == 'I') unit.pop_back();
  const double scale = unit.empty() ? 1 : unit == "K" ? 1 << 10 : unit == "M" ? 1 << 20 : unit == "G" ? 1 << 30 : 0;
  if (!number || scale == 0 || *number * scale < 1 || *number * scale > 1e15) {
    return Status::Usage(fmt::format("--table-memory: found {}, expected a size such as 256MB or 1GB", Quote(text)));
  }
  return static_cast<std::uint64_t>(*number * scale);
}

ReadSpec ReadOptions(const Options& options, ReadSpec read) {
  if (!options.header.empty()) read.header = options.header;
  if (!options.names.empty()) {
    read.names = SplitList(options.names);
    if (options.header.empty() && read.header == "auto") read.header = "no";
  }
  if (!options.separator.empty()) read.separator = options.separator == "\\t" ? "\t" : options.separator;
  if (!options.encoding.empty()) read.encoding = options.encoding;
  return read;
}

// What the options say beside the spec; options win.
void ApplyOptions(const Options& options, ModelSpec* spec) {
  if (!options.label.empty()) spec->label.name = options.label;
  if (!options.task.empty()) spec->task = options.task;
  if (!options.positive.empty()) spec->label.positive = options.positive;
  if (!options.weight.empty()) spec->weight = options.weight;
  if (options.passes > 0) spec->training.passes = options.passes;
  if (options.batch_size > 0) spec->training.batch_size = options.batch_size;
  if (options.seed >= 0) spec->training.seed = options.seed;
  if (!options.precision.empty()) spec->training.precision = options.precision;
}

// --valid FRACTION, or rows of their own.
std::optional<double> ValidFraction(const std::string& valid) {
  const std::optional<double> number = ParseNumber(valid);
  return number && !std::filesystem::exists(valid) ? number : std::nullopt;
}

TableOptions TableFor(const ModelSpec& spec, const std::shared_ptr<const FeaturePlan>& plan, OnBadRow on_bad_row) {
  TableOptions table;
  table.schema = plan->schema();
  table.check = RowCheck(plan);
  table.task = spec.task;
  table.label = spec.label;
  table.label_field.name = spec.label.name;
  for (const FieldSpec& field : spec.fields) {
    if (field.name == spec.label.name) table.label_field = field;
  }
  table.weight = spec.weight;
  table.on_bad_row = on_bad_row;
  return table;
}

class Training {
 public:
  Training(const Options& options, const Talk& talk) : options_(options), talk_(talk), pool_(options.threads) {}

  Status Run() {
    THALWEG_RETURN_IF_ERROR(CheckOutputs());
    THALWEG_RETURN_IF_ERROR(Settle());
    THALWEG_RETURN_IF_ERROR(OpenSources());
    return Train();
  }

 private:
  Status CheckOutputs() const {
    if (options_.spec.empty() && options_.label.empty()) {
      return Status::Usage("neither --label nor --spec: which field is to be predicted?");
    }
    // An output that cannot be written is said now, not after an hour.
    for (const std::string& path : {options_.output, options_.history}) {
      if (path.empty()) continue;
      const std::filesystem::path folder = std::filesystem::path(path).parent_path();
      const std::string where = folder.empty() ? "." : folder.string();
      if (std::filesystem::is_directory(path)) return Status::CannotWrite(path + ": is a folder");
      if (access(where.c_str(), W_OK) != 0) {
        return Status::CannotWrite(fmt::format("{}: cannot write into the folder {}", path, Quote(where)));
      }
    }
    return Status::Ok();
  }

  Result<std::unique_ptr<RawSource>> Open(const std::vector<std::string>& data, const ReadSpec& read,
                                          std::vector<std::string> columns) const {
    OpenRowsOptions open;
    open.read = read;
    open.columns = std::move(columns);
    return OpenRows(data, open);
  }

  // The spec, given or chosen, with everything fitted.
  Status Settle() {
    SpecLines lines;
    if (!options_.spec.empty()) {
      THALWEG_ASSIGN_OR_RETURN(const std::string text, ReadFile(options_.spec, kMaxSpecBytes));
      THALWEG_ASSIGN_OR_RETURN(spec_, ParseModelSpec(text, options_.spec, &lines));
    }
    ApplyOptions(options_, &spec_);
    spec_.read = ReadOptions(options_, spec_.read);
    THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<RawSource> raw, Open(options_.rows.data, spec_.read, {}));
    spec_.read = raw->read();
    std::optional<Profile> profile;
    if (options_.spec.empty()) {
      THALWEG_ASSIGN_OR_RETURN(const std::uint64_t table_memory, ParseBytes(options_.table_memory));
      THALWEG_ASSIGN_OR_RETURN(profile, ProfileRows(*raw, {}, &pool_));
      ProposeOptions propose;
      propose.label = options_.label;
      propose.task = options_.task;
      propose.positive = options_.positive;
      propose.weight = options_.weight;
      propose.drop = SplitList(options_.drop);
      propose.table_memory_bytes = table_memory;
      propose.has_valid = !options_.valid.empty();
      propose.seed = std::max<std::int64_t>(options_.seed, 1);
      THALWEG_ASSIGN_OR_RETURN(ProposedSpec proposed, ProposeSpec(*profile, spec_.read, propose));
      for (const std::string& note : proposed.notes) talk_.Say(note);
      rows_in_data_ = static_cast<double>(profile->rows);
      spec_ = std::move(proposed.spec);
      ApplyOptions(options_, &spec_);
    }
    if (const std::optional<double> fraction = ValidFraction(options_.valid)) spec_.training.valid_fraction = *fraction;
    for (const std::string& assignment : options_.set) {
      const std::size_t equals = assignment.find('=');
      if (equals == std::string::npos) return Status::Usage("--set " + assignment + ": expected KEY=VALUE");
      THALWEG_RETURN_IF_ERROR(SetSpecKey(&spec_, assignment.substr(0, equals), assignment.substr(equals + 1)));
    }
    const auto located = [&](const Status& status) { return AtLine(lines, status); };
    FillDefaults(&spec_);
    return located(FitSpec(*raw, profile ? &*profile : nullptr, &pool_, &spec_));
  }

  Status OpenSources() {
    THALWEG_ASSIGN_OR_RETURN(FeaturePlan plan, FeaturePlan::Create(spec_));
    const TableOptions table = TableFor(spec_, std::make_shared<FeaturePlan>(std::move(plan)), options_.rows.OnBad());
    const std::vector<std::string> columns = ColumnsOf(table);
    const auto source = [&](const std::vector<std::string>& data) -> Result<std::unique_ptr<TableSource>> {
      THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<RawSource> raw, Open(data, spec_.read, columns));
      return TableSource::Create(std::move(raw), table);
    };
    THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<TableSource> train, source(options_.rows.data));
    rows_ = train.get();
    train_ = std::move(train);
    std::vector<std::string> inputs = options_.rows.data;
    const bool fraction = spec_.training.valid_fraction > 0;
    if (fraction && !options_.valid.empty() && !ValidFraction(options_.valid)) {
      return Status::Usage("both --valid DATA and training.valid_fraction: which rows are held out?");
    }
    const auto seed = static_cast<std::uint64_t>(spec_.training.seed);
    if (fraction) {
      THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<TableSource> valid, source(options_.rows.data));
      valid_ = HoldOut(std::move(valid), spec_.training.valid_fraction, seed, true);
      train_ = HoldOut(std::move(train_), spec_.training.valid_fraction, seed, false);
    } else if (!options_.valid.empty()) {
      THALWEG_ASSIGN_OR_RETURN(valid_, source({options_.valid}));
      inputs.push_back(options_.valid);
    }
    THALWEG_ASSIGN_OR_RETURN(fingerprint_, FingerprintFiles(inputs));
    return Status::Ok();
  }

  Status Train() {
    RunOptions run;
    run.threads = options_.threads;
    run.checkpoint_dir = options_.output + ".checkpoint";
    run.checkpoint_every_steps = options_.checkpoint_steps;
    run.checkpoint_every_seconds = options_.checkpoint_seconds;
    run.resume = options_.resume;
    run.data_fingerprint = fingerprint_;
    run.warm_start_model = options_.warm_start;
    run.model_path = options_.output;
    run.interrupt = &interrupted;
    run.provenance["version"] = Version();
    run.late_provenance = [this](std::map<std::string, std::string>* provenance) {
      (*provenance)["rows_fingerprint"] = fmt::format("{:016x}", rows_->fingerprint());
    };
    THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<Head> head, MakeHead(spec_));
    std::string metric = spec_.training.early_stopping_metric;
    if (metric.empty()) metric = head->default_metric();
    const TrainingSpec& training = spec_.training;
    Progress progress(talk_, rows_in_data_ * (1 - training.valid_fraction) * training.passes, metric);
    run.on_event = [&](const TrainEvent& event) { progress.On(event); };
    THALWEG_ASSIGN_OR_RETURN(Trainer trainer, Trainer::Create(spec_, run));
    std::signal(SIGINT, OnInterrupt);
    std::signal(SIGTERM, OnInterrupt);
    const Result<TrainReport> report = trainer.Train(*train_, valid_.get());
    progress.Finish();
    TellBadRows(*rows_, talk_);
    if (!report.ok()) return report.status();
    if (!options_.history.empty()) {
      THALWEG_ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(options_.history));
      THALWEG_RETURN_IF_ERROR(file.Write(progress.history()));
      THALWEG_RETURN_IF_ERROR(file.Commit());
    }
    std::string line = fmt::format("trained on {} rows in {} ({} rows/s)", WithThousands(static_cast<std::uint64_t>(report->rows)),
                                   Duration(report->seconds),
                                   WithThousands(static_cast<std::uint64_t>(static_cast<double>(report->rows) / std::max(report->seconds, 1e-9))));
    const auto valid = report->valid_metrics.find(metric);
    if (valid != report->valid_metrics.end()) line += fmt::format(", held-out {} {}", metric, Metric(valid->second));
    std::error_code ignored;
    talk_.Say(fmt::format("{}; wrote {} ({})", line, options_.output, ByteSize(std::filesystem::file_size(options_.output, ignored))));
    return Status::Ok();
  }

  const Options& options_;
  const Talk& talk_;
  ThreadPool pool_;
  ModelSpec spec_;
  std::unique_ptr<ExampleSource> train_, valid_;
  TableSource* rows_ = nullptr;   // within train_
  std::string fingerprint_;
  double rows_in_data_ = 0;   // where they were counted
};

Action Declare(CLI::App& app) {
  auto o = std::make_shared<Options>();
  o->rows.Declare(app);
  const auto rows = "Rows", model = "Model", training = "Training", output = "Output";
  app.add_option("--label", o->label, "The field to predict (or the spec names it)")->group(rows);
  app.add_option("--weight", o->weight, "A field of row weights")->group(rows);
  app.add_option("--drop", o->drop, "Fields to leave out: A,B,…")->group(rows);
  app.add_option("--header", o->header, "Whether the first row of CSV and TSV holds names")->check(CLI::IsMember({"yes", "no", "auto"}))->group(rows);
  app.add_option("--names", o->names, "Names for a file without a header: A,B,…")->group(rows);
  app.add_option("--separator", o->separator, "Between fields of CSV and TSV, one character")->group(rows);
  app.add_option("--encoding", o->encoding, "utf-8 or latin-1")->check(CLI::IsMember({"utf-8", "latin-1"}))->group(rows);
  app.add_option("--valid", o->valid, "Rows to validate on: files, or a fraction of DATA to hold out")->group(rows);
  app.add_option("--spec", o->spec, "The model as TOML or JSON; without it one is chosen from the rows")->group(model);
  app.add_option("--set", o->set, "Set a key of the spec: --set training.seed=7")->allow_extra_args(false)->group(model);
  app.add_option("--task", o->task, "binary, multiclass or regression; without it by the label")->check(CLI::IsMember({"binary", "multiclass", "regression"}))->group(model);
  app.add_option("--positive", o->positive, "Binary: the value of the label that is predicted")->group(model);
  app.add_option("--table-memory", o->table_memory, "Without a spec: for tables, slots counted (256MB)")->group(model);
  app.add_option("--passes", o->passes, "Over the rows; fractions are allowed")->check(CLI::PositiveNumber)->group(training);
  app.add_option("--batch-size", o->batch_size, "Rows a step")->check(CLI::Range(1, 1 << 24))->group(training);
  app.add_option("--seed", o->seed, "Of every draw; same seed and rows, same bits")->check(CLI::NonNegativeNumber)->group(training);
  app.add_option("--precision", o->precision, "Of the network's products: fp32, bf16, or auto (bf16 where it is faster)")->check(CLI::IsMember({"auto", "fp32", "bf16"}))->group(training);
  app.add_option("--threads", o->threads, "Threads; 0: one a processor. Never changes the result")->check(CLI::Range(0, 1024))->group(training);
  app.add_option("--warm-start", o->warm_start, "Begin with the weights of this model, where name and shape are equal")->group(training);
  app.add_flag("--resume", o->resume, "Go on from the last checkpoint in MODEL.checkpoint")->group(training);
  app.add_option("--checkpoint-steps", o->checkpoint_steps, "A checkpoint every N steps")->check(CLI::NonNegativeNumber)->group(training);
  app.add_option("--checkpoint-seconds", o->checkpoint_seconds, "… or every so many seconds (300; 0: off)")->check(CLI::NonNegativeNumber)->group(training);
  app.add_option("-o,--output", o->output, "The model file (model.thalweg)")->group(output);
  app.add_option("--history", o->history, "Losses and validations, as JSON lines")->group(output);
  return [o](const Talk& talk) { return Training(*o, talk).Run(); };
}

}  // namespace

const Verb kTrainVerb = {"train", "Train a model on rows and write it to one file",
                         "  thalweg train rows.csv --label clicked\n"
                         "  thalweg train 'logs/*.tsv.gz' --spec clicks.toml -o clicks.thalweg\n"
                         "  thalweg train rows.csv --label price --task regression --drop id --valid 0.1\n"
                         "  thalweg show model.thalweg --spec > my.toml     (change it, then train --spec my.toml)\n",
                         &Declare};

}  // namespace thalweg::cli
