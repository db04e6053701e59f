// Training. What decides the result is in ModelSpec::training; what decides only speed, place and talk is RunOptions.
#ifndef THALWEG_TRAINING_H_
#define THALWEG_TRAINING_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "thalweg/example.h"
#include "thalweg/model_spec.h"
#include "thalweg/schema.h"
#include "thalweg/status.h"

namespace thalweg {

// What happens while training, for a progress line, a history file, a callback. Called from the training thread.
struct TrainEvent {
  enum class Kind {
    kStep,         // one was done
    kValidation,
    kCheckpoint,   // one was written
    kNote,
    kStopped,      // before the steps and passes were done
    kBegin,        // before the first step, or the first after a resume
    kEnd,          // the model has the weights that are kept; its file is yet to be written. Not after an error or interrupt
    kExport,       // a model file was written while training
  } kind = Kind::kStep;
  std::int64_t step = 0;            // steps done
  double pass = 0;                  // passes done
  std::int64_t rows = 0;            // rows seen
  double loss = 0;                  // kStep: the loss of that step before its update, as the head reduces it
  std::map<std::string, double> metrics;  // kValidation
  bool best = false;                // kValidation: the best so far
  std::string text;                 // kStopped: why; kNote: what else is worth telling; kExport: the file
};

// What a callback may do while it is called.
class TrainControl {
 public:
  virtual ~TrainControl() = default;
  // Ends the training as if its steps were done: the last validation, exports and the model file follow.
  virtual void Stop(std::string why) = 0;
  // The weights as they are now, by name ("dnn/hiddenlayer_0/kernel"), row-major. kUsage: no such name.
  virtual std::vector<std::string> ParameterNames() const = 0;
  virtual Result<std::vector<float>> GetParameter(const std::string& name) const = 0;
};
using TrainCallback = std::function<void(const TrainEvent&, TrainControl*)>;

// Whole model files beside the one at the end: "best-000000400.thalweg" holds the weights after step 400, and in its
// provenance each metric of that validation ("valid/auc"). Each is there whole or not at all. A file of a step that was
// exported before is written anew.
struct ExportOptions {
  std::string folder;         // MODEL.exports on the command line
  // After a validation that is strictly better, by training.early_stopping_metric, than what the folder holds of this kind,
  // whichever training wrote it; the best so many are kept. 0: off.
  std::int64_t best = 0;
  std::int64_t latest = 0;    // after every validation; the newest so many are kept
  bool final = false;         // at the end: the last weights, which need not be the best; in place of the one before
  bool any() const { return best > 0 || latest > 0 || final; }
};

struct RunOptions {
  int threads = 0;                        // 0: one a processor. Never changes a bit of the result
  std::string checkpoint_dir;             // "" : none; MODEL.checkpoint on the command line
  std::int64_t checkpoint_every_steps = 0;
  double checkpoint_every_seconds = 0;
  bool resume = false;                    // go on from the newest whole checkpoint in checkpoint_dir
  std::string data_fingerprint;           // of the decoded rows; a checkpoint of other data is refused
  // Parameters of equal name and shape start from this model; optimizers go on where it stopped, if it keeps their memory.
  // Rows that stand for words of a vocabulary, and logits that stand for classes, go to the same word or class here; new ones,
  // and rows of words not listed where the vocabulary is another, begin with zeros. What stands for something else here
  // begins anew.
  std::string warm_start_model;
  // Only those whose names match this regular expression from their start: "linear/", ".*embedding". "": all.
  std::string warm_start_only;
  bool keep_slots = false;                // the model keeps what the optimizers remember: it is two to three times as large
  std::function<void(const TrainEvent&)> on_event;
  std::vector<TrainCallback> callbacks;   // called after it, in order
  ExportOptions exports;
  const std::atomic<bool>* interrupt = nullptr;  // set: write a checkpoint, return kInterrupted
  // Where the model is written at the end (replaced only once the new one is whole), and what its provenance says.
  std::string model_path;
  std::map<std::string, std::string> provenance;
  // Adds what is known only once the rows were read (their fingerprint). Called after every whole pass over `train`;
  // what it said last goes into the model, and into checkpoints, so that a resumed run knows it too.
  std::function<void(std::map<std::string, std::string>*)> late_provenance;
};

struct TrainReport {
  std::int64_t steps = 0;
  std::int64_t rows = 0;
  double last_loss = 0;
  std::map<std::string, double> valid_metrics;  // of the weights kept
  std::int64_t best_step = 0;
  std::vector<std::string> exports;             // files that were exported and kept, in order
  double seconds = 0;
  // Where they went: forward, backward, …, each with its seconds, in the order of a step.
  std::vector<std::pair<std::string, double>> phases;
};

// Trains the model of `spec` on `train` and writes it. `spec` is settled: types, classes and every fitted column are
// given (see data/ and columns/ for fitting; the command line does it). `valid` may be null.
class Trainer {
 public:
  // With initial weights, or those of warm_start_model, or of the file that an embedding column begins from where
  // warm_start_model has no such table. kBadConfig: a spec that cannot be made, or a file without its table; kNotFound: no such
  // file; kUsage: no parameter of warm_start_model fits, or warm_start_only is no regular expression.
  static Result<Trainer> Create(ModelSpec spec, RunOptions options);
  Trainer(Trainer&&) noexcept;
  ~Trainer();

  // The fields that rows must have: the order of ExampleBatch::fields. Label and weight are beside them.
  const Schema& schema() const;

  // Parameters by name ("dnn/hiddenlayer_0/kernel"), row-major, for starting from given weights and for looking.
  std::vector<std::string> ParameterNames() const;
  Result<std::vector<float>> GetParameter(const std::string& name) const;
  Status SetParameter(const std::string& name, std::span<const float> value);

  // `train` is rewound first; its rows are shuffled and cut into batches as spec.training says, in whatever batches they
  // come. Both sources are the trainer's alone until it returns. With `valid` the weights of the best validation are kept,
  // otherwise the last ones. Errors: those of the sources; kBadData: no rows, labels that do not fit, weights all zero, a
  // loss that is not finite (step and rows are named); kBadConfig: the checkpoint to resume is of another spec, seed or
  // other data; kInterrupted; kCannotWrite, kIoError.
  Result<TrainReport> Train(ExampleSource& train, ExampleSource* valid);

 private:
  struct Impl;
  explicit Trainer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace thalweg

#endif  // THALWEG_TRAINING_H_
