// The folder of model files that are exported while training: which are there, which is better, which must go.
#ifndef THALWEG_TRAIN_EXPORT_FOLDER_H_
#define THALWEG_TRAIN_EXPORT_FOLDER_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "thalweg/training.h"

namespace thalweg {

class ExportFolder {
 public:
  // Writes a model file at a path, with more provenance.
  using Write = std::function<Status(const std::string& path, const std::map<std::string, std::string>& more)>;
  using Metrics = std::map<std::string, double>;

  explicit ExportFolder(const ExportOptions& options) : options_(options) {}

  // Makes the folder and looks at what earlier trainings exported. `metric` decides what is best. `say` is told of files
  // that are no models: they are let be. kCannotWrite; kUsage: a best one that has no such metric.
  Status Begin(const std::string& metric, bool higher_is_better, const std::function<void(const std::string&)>& say);
  // After the validation of `step`. Nothing of the folder's is removed before the new one is there. Returns the files written.
  Result<std::vector<std::string>> AfterValidation(std::int64_t step, const Metrics& metrics, const Write& write);
  // At the end, with the last weights; `metrics` may be empty.
  Result<std::vector<std::string>> AtEnd(std::int64_t step, const Metrics& metrics, const Write& write);
  // Those that were written here and are kept, in order.
  const std::vector<std::string>& written() const { return written_; }

 private:
  struct Entry {
    std::string file;
    double value = 0;   // best: of the metric; not a number: worse than all
  };
  std::vector<std::string> List(std::string_view kind) const;   // the oldest first
  void RemoveUnfinished() const;
  bool Better(double a, double b) const;
  Status Add(std::string_view kind, std::int64_t step, const Metrics& metrics, const Write& write, std::vector<Entry>* kept);
  void Remove(const Entry& entry);

  const ExportOptions& options_;
  std::string metric_;
  bool higher_is_better_ = false;
  std::vector<Entry> best_, latest_, final_;   // the best last; the newest last
  std::vector<std::string> written_;
};

}  // namespace thalweg

#endif  // THALWEG_TRAIN_EXPORT_FOLDER_H_
