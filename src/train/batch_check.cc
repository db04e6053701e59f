#include "train/batch_check.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/strings.h"

namespace thalweg {
namespace {

Status BadRow(const FeatureBatch& batch, std::size_t row, const std::string& field, float found,
              const std::string& expected) {
  return Status::BadData(batch.origin.OriginOf(row).ToString() + ": field " + Quote(field) + ": found " +
                         FormatNumber(found) + ", expected " + expected);
}

}  // namespace

Status CheckLabels(const ModelSpec& spec, const FeatureBatch& batch) {
  const std::string& name = spec.label.name;
  const std::size_t width = spec.LabelWidth();
  if (batch.label.size() != batch.num_rows * width) {
    return Status::BadData("a batch of " + std::to_string(batch.num_rows) + " rows has " +
                           std::to_string(batch.label.size()) + " labels (" + Quote(name) + "): training needs " +
                           (width == 1 ? "one" : std::to_string(width)) + " for each row");
  }
  const bool multiclass = spec.task == "multiclass", binary = spec.task == "binary", multilabel = spec.task == "multilabel";
  const bool share = spec.task == "logistic_regression", count = spec.task == "poisson";
  const float last_class = static_cast<float>(spec.label.classes.size()) - 1;
  for (std::size_t i = 0; i < batch.label.size(); ++i) {
    const std::size_t row = i / width;
    const float label = batch.label[i];
    if (!std::isfinite(label)) return BadRow(batch, row, name, label, "a finite number");
    if (binary && (label < 0 || label > 1)) return BadRow(batch, row, name, label, "a class index, 0 or 1");
    if (multilabel && label != 0 && label != 1) return BadRow(batch, row, name, label, "0 or 1 for each class");
    if (share && (label < 0 || label > 1)) return BadRow(batch, row, name, label, "a number from 0 to 1");
    if (count && label < 0) return BadRow(batch, row, name, label, "a count, 0 or more");
    if (multiclass && (label < 0 || label > last_class || label != std::floor(label))) {
      return BadRow(batch, row, name, label, "a class index, 0 to " + FormatNumber(last_class));
    }
  }
  if (!batch.weight.empty() && batch.weight.size() != batch.num_rows) {
    return Status::BadData("a batch of " + std::to_string(batch.num_rows) + " rows has " +
                           std::to_string(batch.weight.size()) + " weights (" + Quote(spec.weight) +
                           "): expected one for each row, or none");
  }
  for (std::size_t row = 0; row < batch.weight.size(); ++row) {
    const float weight = batch.weight[row];
    if (!(weight >= 0) || !std::isfinite(weight)) {
      return BadRow(batch, row, spec.weight, weight, "a weight of 0 or more");
    }
  }
  return Status::Ok();
}

std::string RowRange(const FeatureBatch& batch) {
  if (batch.origin.origins.rows.empty()) return "a batch of " + std::to_string(batch.num_rows) + " rows";
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> files;   // lowest and highest row
  for (std::size_t row = 0; row < batch.num_rows; ++row) {
    const RowOrigin origin = batch.origin.OriginOf(row);
    auto [file, added] = files.try_emplace(origin.file ? *origin.file : "", origin.row, origin.row);
    auto& [low, high] = file->second;
    low = std::min(low, origin.row);
    high = std::max(high, origin.row);
  }
  std::string text;
  for (const auto& [file, range] : files) {
    if (!text.empty()) text += ", ";
    if (!file.empty()) text += file + " ";
    text += "rows " + std::to_string(range.first) + " to " + std::to_string(range.second);
  }
  return text;
}

std::string LargestNumber(const FeaturePlan& plan, const FeatureBatch& batch) {
  const std::string* column = nullptr;
  float largest = 0;
  for (std::size_t i = 0; i < batch.dense.size(); ++i) {
    for (float x : batch.dense[i].span()) {
      if (std::isfinite(x) && std::fabs(x) <= std::fabs(largest)) continue;
      largest = x;
      column = &plan.dense()[i].column;
      if (!std::isfinite(x)) break;
    }
    if (!std::isfinite(largest)) break;
  }
  if (column == nullptr) return "";
  return "; the largest number there is " + FormatNumber(largest) + ", of " + Quote(*column);
}

}  // namespace thalweg
