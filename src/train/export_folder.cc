#include "train/export_folder.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "base/strings.h"
#include "bundle/bundle.h"

namespace thalweg {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kModelEnd = ".thalweg", kBest = "best", kLatest = "latest", kFinal = "final";
constexpr std::string_view kValid = "valid/";

// "best-000000123.thalweg" is of the kind "best".
bool IsOf(std::string_view name, std::string_view kind) {
  if (!name.starts_with(kind) || !name.ends_with(kModelEnd) || name.size() <= kind.size() + 1 + kModelEnd.size()) return false;
  if (name[kind.size()] != '-') return false;
  const std::string_view step = name.substr(kind.size() + 1, name.size() - kind.size() - 1 - kModelEnd.size());
  return std::all_of(step.begin(), step.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool ExportFolder::Better(double a, double b) const {
  if (std::isnan(a) || std::isnan(b)) return !std::isnan(a);
  return higher_is_better_ ? a > b : a < b;
}

// Steps of different trainings say nothing of their order, so the time of writing does.
std::vector<std::string> ExportFolder::List(std::string_view kind) const {
  std::vector<std::pair<fs::file_time_type, std::string>> files;
  std::error_code error;
  for (fs::directory_iterator file(options_.folder, error), end; !error && file != end; file.increment(error)) {
    if (!IsOf(file->path().filename().string(), kind)) continue;
    std::error_code ignored;
    files.emplace_back(fs::last_write_time(file->path(), ignored), file->path().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> names;
  for (auto& [time, name] : files) names.push_back(std::move(name));
  return names;
}

void ExportFolder::RemoveUnfinished() const {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator file(options_.folder, error), end; !error && file != end; file.increment(error)) {
    const std::string name = file->path().filename().string();
    const std::size_t at = name.find(".thalweg.tmp.");   // as AtomicFile names what it has not renamed yet
    if (at == std::string::npos) continue;
    const std::string_view whole = std::string_view(name).substr(0, at + kModelEnd.size());
    if (IsOf(whole, kBest) || IsOf(whole, kLatest) || IsOf(whole, kFinal)) files.push_back(file->path());
  }
  for (const fs::path& file : files) fs::remove(file, error);
}

Status ExportFolder::Begin(const std::string& metric, bool higher_is_better, const std::function<void(const std::string&)>& say) {
  if (!options_.any()) return Status::Ok();
  if (options_.folder.empty()) return Status::Usage("exports: no folder is named");
  metric_ = metric;
  higher_is_better_ = higher_is_better;
  std::error_code error;
  fs::create_directories(options_.folder, error);
  if (error) return Status::CannotWrite(options_.folder + ": the folder of exports cannot be made: " + error.message());
  RemoveUnfinished();
  best_.clear();
  latest_.clear();
  final_.clear();
  written_.clear();
  for (const std::string& file : List(kLatest)) latest_.push_back({file});
  for (const std::string& file : List(kFinal)) final_.push_back({file});
  if (options_.best == 0) return Status::Ok();
  for (const std::string& file : List(kBest)) {
    const auto bundle = Bundle::Open(file, true);
    if (!bundle.ok()) {
      say("export left out: " + bundle.status().message());
      continue;
    }
    const auto& provenance = (*bundle)->provenance();
    const auto value = provenance.find(std::string(kValid) + metric_);
    if (value == provenance.end()) {
      return Status::Usage(file + ": has no held-out " + metric_ + " to compare new ones with; move it elsewhere, or export to another folder");
    }
    best_.push_back({file, ParseNumber(value->second).value_or(std::numeric_limits<double>::quiet_NaN())});
  }
  std::stable_sort(best_.begin(), best_.end(), [this](const Entry& a, const Entry& b) { return Better(b.value, a.value); });
  return Status::Ok();
}

Status ExportFolder::Add(std::string_view kind, std::int64_t step, const Metrics& metrics, const Write& write, std::vector<Entry>* kept) {
  Entry entry{(fs::path(options_.folder) / fmt::format("{}-{:09}{}", kind, step, kModelEnd)).string()};
  std::map<std::string, std::string> more = {{"exported_as", std::string(kind)}};
  for (const auto& [name, value] : metrics) more[std::string(kValid) + name] = FormatNumber(value);
  if (const auto value = metrics.find(metric_); value != metrics.end()) entry.value = value->second;
  THALWEG_RETURN_IF_ERROR(write(entry.file, more));
  const auto same = [&](const Entry& other) { return other.file == entry.file; };
  std::erase_if(*kept, same);
  std::erase(written_, entry.file);
  written_.push_back(entry.file);
  kept->push_back(std::move(entry));
  return Status::Ok();
}

void ExportFolder::Remove(const Entry& entry) {
  std::error_code ignored;   // one that stays does no harm
  fs::remove(entry.file, ignored);
  std::erase(written_, entry.file);
}

Result<std::vector<std::string>> ExportFolder::AfterValidation(std::int64_t step, const Metrics& metrics, const Write& write) {
  std::vector<std::string> files;
  const auto add = [&](std::string_view kind, std::int64_t most, std::vector<Entry>* kept) -> Status {
    THALWEG_RETURN_IF_ERROR(Add(kind, step, metrics, write, kept));
    files.push_back(kept->back().file);
    while (kept->size() > static_cast<std::size_t>(most)) {
      Remove(kept->front());
      kept->erase(kept->begin());
    }
    return Status::Ok();
  };
  if (options_.best > 0) {
    const auto value = metrics.find(metric_);
    if (value != metrics.end() && !std::isnan(value->second) && (best_.empty() || Better(value->second, best_.back().value))) {
      THALWEG_RETURN_IF_ERROR(add(kBest, options_.best, &best_));
    }
  }
  if (options_.latest > 0) THALWEG_RETURN_IF_ERROR(add(kLatest, options_.latest, &latest_));
  return files;
}

Result<std::vector<std::string>> ExportFolder::AtEnd(std::int64_t step, const Metrics& metrics, const Write& write) {
  if (!options_.final) return std::vector<std::string>{};
  THALWEG_RETURN_IF_ERROR(Add(kFinal, step, metrics, write, &final_));
  for (; final_.size() > 1; final_.erase(final_.begin())) Remove(final_.front());
  return std::vector<std::string>{final_.front().file};
}

}  // namespace thalweg
