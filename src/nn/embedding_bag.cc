#include "nn/embedding_bag.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "base/strings.h"
#include "nn/packed_rows.h"
#include "nn/picked_rows.h"

namespace thalweg {
namespace {

// Short loops over a row of a table. By fours, so that the compiler does not make a call of it, which would cost more
// than the work.
inline void Assign(const float* from, std::size_t n, float* to) {
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) std::memcpy(to + i, from + i, 4 * sizeof(float));
  for (; i < n; ++i) to[i] = from[i];
}
inline void Add(const float* from, std::size_t n, float* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
}
inline void AddScaled(float factor, const float* from, std::size_t n, float* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += factor * from[i];
}

float Norm(const float* v, std::size_t n) {
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += v[i] * v[i];
  return std::sqrt(sum);
}

}  // namespace

Result<Combiner> ParseCombiner(std::string_view text, std::string_view where) {
  if (text == "sum") return Combiner::kSum;
  if (text == "mean") return Combiner::kMean;
  if (text == "sqrtn") return Combiner::kSqrtN;
  const std::string known[] = {"sum", "mean", "sqrtn"};
  return Status::BadConfig(std::string(where) + ": " + UnknownName(text, "combiner", known));
}

bool EmbeddingBag::Dropped(const IdLists& lists, std::uint32_t position) const {
  return lists.ids[position] < 0 ||
         (combiner_ != Combiner::kSum && !lists.weights.empty() && !(lists.weights[position] > 0.0f));
}

bool EmbeddingBag::AnyEmpty(const IdLists& lists) const {
  for (std::size_t row = 0; row < lists.num_rows(); ++row) {
    std::uint32_t i = lists.offsets[row];
    while (i < lists.offsets[row + 1] && Dropped(lists, i)) ++i;
    if (i == lists.offsets[row + 1]) return true;
  }
  return false;
}

// 1/d, or 0 where nothing is left.
float EmbeddingBag::InverseDenominator(const IdLists& lists, std::size_t row) const {
  if (combiner_ == Combiner::kSum) return 1.0f;
  float sum = 0;
  for (std::uint32_t i = lists.offsets[row]; i < lists.offsets[row + 1]; ++i) {
    if (Dropped(lists, i)) continue;
    const float w = lists.weights.empty() ? 1.0f : lists.weights[i];
    sum += combiner_ == Combiner::kMean ? w : w * w;
  }
  if (!(sum > 0.0f)) return 0.0f;
  return 1.0f / (combiner_ == Combiner::kMean ? sum : std::sqrt(sum));
}

// As Norm of the whole row, number by number in the same order.
float EmbeddingBag::PackedNorm(std::size_t row) const {
  float sum = 0, some[64];
  for (std::size_t first = 0; first < dim(); first += std::size(some)) {
    const std::size_t count = std::min(std::size(some), dim() - first);
    table_->packed->Read(row, first, count, some);
    for (std::size_t i = 0; i < count; ++i) sum += some[i] * some[i];
  }
  return std::sqrt(sum);
}

// Any number of ids, weights, clips. The row is combined by itself, then added: one order of sums in both forms.
template <bool kAdd>
void EmbeddingBag::CombineRow(const IdLists& lists, std::size_t row, float* out) const {
  constexpr std::size_t kChunk = 64;
  const float inverse = InverseDenominator(lists, row);
  float sum[kChunk], decoded[kChunk];
  for (std::size_t first = 0; first < dim(); first += kChunk) {
    const std::size_t count = std::min(kChunk, dim() - first);
    std::fill_n(sum, count, 0.0f);
    for (std::uint32_t i = lists.offsets[row]; i < lists.offsets[row + 1]; ++i) {
      if (Dropped(lists, i)) continue;
      const std::size_t id = static_cast<std::size_t>(lists.ids[i]);
      float factor = lists.weights.empty() ? 1.0f : lists.weights[i];
      if (max_norm_ > 0) {
        const float norm = table_->packed == nullptr ? Norm(table_->value.row(id), dim()) : PackedNorm(id);
        if (norm > max_norm_) factor *= max_norm_ / norm;
      }
      const float* value = decoded;
      if (table_->packed == nullptr) {
        value = table_->value.row(id) + first;
      } else {
        table_->packed->Read(id, first, count, decoded);
      }
      AddScaled(factor, value, count, sum);
    }
    for (std::size_t c = 0; c < count; ++c) {
      if constexpr (kAdd) {
        out[first + c] += sum[c] * inverse;
      } else {
        out[first + c] = sum[c] * inverse;
      }
    }
  }
}

template <bool kAdd>
void EmbeddingBag::LookupRows(const IdLists& lists, std::size_t begin, MatrixView out) const {
  // The common row has one id, whose divisor is 1 whatever the combiner.
  const bool plain = lists.weights.empty() && max_norm_ == 0;
  for (std::size_t row = 0; row < out.rows; ++row) {
    if (plain) {
      row = table_->packed == nullptr ? PickRows(table_->value, lists, begin, row, kAdd, out)
                                      : PickRows(*table_->packed, lists, begin, row, kAdd, out);
    }
    if (row < out.rows) CombineRow<kAdd>(lists, begin + row, out.row(row));
  }
}

void EmbeddingBag::Lookup(const IdLists& lists, std::size_t begin, MatrixView out) const {
  LookupRows<false>(lists, begin, out);
}
void EmbeddingBag::AddLookup(const IdLists& lists, std::size_t begin, MatrixView out) const {
  LookupRows<true>(lists, begin, out);
}

// e′ = e·m/‖e‖ where ‖e‖ > m, so its gradient g gives m/‖e‖ · (g - e·(e·g)/‖e‖²).
void EmbeddingBag::ClipGradient(const float* value, float* gradient) const {
  const float norm = Norm(value, dim());
  if (!(norm > max_norm_)) return;
  float along = 0;
  for (std::size_t c = 0; c < dim(); ++c) along += value[c] * gradient[c];
  along /= norm * norm;
  for (std::size_t c = 0; c < dim(); ++c) gradient[c] = max_norm_ / norm * (gradient[c] - along * value[c]);
}

void EmbeddingBag::Gradient(const IdLists& lists, const GroupedLists& grouped, ConstMatrixView dout,
                            std::vector<float>* scratch, SparseGradient* gradient) const {
  const GroupedIds& groups = grouped.groups();
  const std::size_t n = dim(), most = groups.ids().size();
  const bool first = empty_picks_first_ && AnyEmpty(lists);
  gradient->rows.resize(most + (first ? 1 : 0));
  gradient->values.Resize(gradient->rows.size(), n);
  // One id in a row: whatever the combiner, the divisor is 1.
  const bool plain = lists.weights.empty() && (combiner_ == Combiner::kSum || grouped.one_at_most());
  if (plain && !first && max_norm_ == 0) {
    std::copy(groups.ids().begin(), groups.ids().end(), gradient->rows.begin());
    SumRowsByGroup(groups.starts(), groups.positions(), grouped.rows(), dout, gradient->values.view());
    return;
  }
  if (!plain) {
    scratch->resize(lists.num_rows());
    for (std::size_t row = 0; row < scratch->size(); ++row) (*scratch)[row] = InverseDenominator(lists, row);
  }
  std::size_t out = 0;
  if (first) {
    std::fill_n(gradient->values.row(0), n, 0.0f);
    gradient->rows[out++] = 0;
  }
  for (std::size_t g = 0; g < most; ++g) {
    float* sum = gradient->values.row(out);
    bool reached = false;
    for (const std::uint32_t position : groups.occurrences(g)) {
      const std::uint32_t row = grouped.row_of(position);
      const float* slope = dout.row(row);
      if (plain) {
        reached ? Add(slope, n, sum) : Assign(slope, n, sum);
      } else {
        if (Dropped(lists, position)) continue;
        const float weight = lists.weights.empty() ? 1.0f : lists.weights[position];
        if (!reached) std::fill_n(sum, n, 0.0f);
        AddScaled(weight * (*scratch)[row], slope, n, sum);
      }
      reached = true;
    }
    // Ids whose every occurrence was dropped are not touched.
    if (!reached) continue;
    const std::int32_t id = groups.ids()[g];
    if (max_norm_ > 0) ClipGradient(table_->value.row(static_cast<std::size_t>(id)), sum);
    if (first && id == 0) {   // rows go up: it is the one before
      Assign(sum, n, gradient->values.row(0));
      continue;
    }
    gradient->rows[out++] = id;
  }
  gradient->rows.resize(out);
  gradient->values.Resize(out, n);
}

}  // namespace thalweg
