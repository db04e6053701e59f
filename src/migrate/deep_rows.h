// The rows of a network's first kernel, where TensorFlow has the network's inputs in another order.
#ifndef THALWEG_MIGRATE_DEEP_ROWS_H_
#define THALWEG_MIGRATE_DEEP_ROWS_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "columns/feature_plan.h"

namespace thalweg {

inline constexpr std::string_view kFirstKernel = "dnn/hiddenlayer_0/kernel";

// [row here] = row there, where the columns follow each other as in `order`; empty: the same. kBadData: `order` is not the
// network's columns.
Result<std::vector<std::size_t>> DeepRows(const FeaturePlan& plan, std::span<const std::string> order);

// Of [rows×cols] in the other order: here from there, and there from here.
void TakeRows(std::span<const std::size_t> rows, std::span<const float> there, std::span<float> here);
void GiveRows(std::span<const std::size_t> rows, std::span<const float> here, std::span<float> there);

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_DEEP_ROWS_H_
