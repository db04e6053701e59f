// Rows of several batches into one: what the sources of pipeline.h are made of.
#ifndef THALWEG_DATA_GATHER_H_
#define THALWEG_DATA_GATHER_H_

#include <cstdint>
#include <span>

#include "thalweg/example.h"
#include "thalweg/status.h"

namespace thalweg {

struct RowRef {
  std::uint32_t batch = 0;
  std::uint32_t row = 0;
};

// The rows `refs` of `batches`, copied column by column, in that order; owns its memory, one allocation a field. All
// batches have the same fields. Error (kBadData): a field of these rows with 2^32 values or bytes of text, or more.
Result<ExampleBatch> GatherRows(std::span<const ExampleBatch* const> batches, std::span<const RowRef> refs);

// Rows [begin, end) of `from`: views of the same memory, but for the row offsets of lists, labels and weights.
ExampleBatch Slice(const ExampleBatch& from, std::size_t begin, std::size_t end);

}  // namespace thalweg

#endif  // THALWEG_DATA_GATHER_H_
