#include "nn/picked_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/picked_rows.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kAhead = 16;  // rows to prefetch ahead: far enough for memory to answer
constexpr std::size_t kLine = 16;   // floats of a cache line

// A row of kDim floats; 0: `dim` of them. Vectors of as many lanes as fit, then one by one.
template <std::size_t kDim>
struct Row {
  std::size_t dim;
  std::size_t size() const { return kDim == 0 ? dim : kDim; }

  template <class Vectors, class Each>
  HWY_INLINE void ForEach(const Vectors& vectors, const Each& each) const {
    const hn::CappedTag<float, kDim == 0 ? 16 : kDim> d;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t c = 0;
    for (; c + lanes <= size(); c += lanes) vectors(d, c);
    for (; c < size(); ++c) each(c);
  }
  HWY_INLINE void Copy(const float* HWY_RESTRICT from, float* HWY_RESTRICT to) const {
    ForEach([&](auto d, std::size_t c) { hn::StoreU(hn::LoadU(d, from + c), d, to + c); }, [&](std::size_t c) { to[c] = from[c]; });
  }
  HWY_INLINE void Add(const float* HWY_RESTRICT from, float* HWY_RESTRICT to) const {
    ForEach([&](auto d, std::size_t c) { hn::StoreU(hn::Add(hn::LoadU(d, to + c), hn::LoadU(d, from + c)), d, to + c); },
            [&](std::size_t c) { to[c] += from[c]; });
  }
  HWY_INLINE void Zero(float* to) const {
    ForEach([&](auto d, std::size_t c) { hn::StoreU(hn::Zero(d), d, to + c); }, [&](std::size_t c) { to[c] = 0; });
  }
  HWY_INLINE void Prefetch(const float* from) const {
    for (std::size_t c = 0; c < size(); c += kLine) hwy::Prefetch(from + c);
  }
};

template <std::size_t kDim, bool kAdd>
std::size_t PickRowsOf(ConstMatrixView table, const IdLists& lists, std::size_t begin, std::size_t first, MatrixView out) {
  const Row<kDim> row_of_table{table.cols};
  const std::uint32_t* HWY_RESTRICT offsets = lists.offsets.data() + begin;
  const std::int32_t* HWY_RESTRICT ids = lists.ids.data();
  const std::size_t last = lists.ids.size();
  for (std::size_t row = first; row < out.rows; ++row) {
    float* to = out.row(row);
    const std::uint32_t i = offsets[row], count = offsets[row + 1] - i;
    // Rows that are one number lie close together: the processor finds the next ones by itself.
    if (kDim != 1 && i + kAhead < last && ids[i + kAhead] >= 0) {
      row_of_table.Prefetch(table.row(static_cast<std::size_t>(ids[i + kAhead])));
    }
    if (count > 1) return row;
    if (count == 1 && ids[i] >= 0) {
      const float* from = table.row(static_cast<std::size_t>(ids[i]));
      kAdd ? row_of_table.Add(from, to) : row_of_table.Copy(from, to);
    } else if (!kAdd) {
      row_of_table.Zero(to);
    }
  }
  return out.rows;
}

template <bool kAdd>
std::size_t PickRowsOfAnyDim(ConstMatrixView table, const IdLists& lists, std::size_t begin, std::size_t first, MatrixView out) {
  switch (table.cols) {
    case 1: return PickRowsOf<1, kAdd>(table, lists, begin, first, out);
    case 8: return PickRowsOf<8, kAdd>(table, lists, begin, first, out);
    case 16: return PickRowsOf<16, kAdd>(table, lists, begin, first, out);
    case 32: return PickRowsOf<32, kAdd>(table, lists, begin, first, out);
    default: return PickRowsOf<0, kAdd>(table, lists, begin, first, out);
  }
}

std::size_t PickRowsOn(ConstMatrixView table, const IdLists& lists, std::size_t begin, std::size_t first, bool add, MatrixView out) {
  return add ? PickRowsOfAnyDim<true>(table, lists, begin, first, out) : PickRowsOfAnyDim<false>(table, lists, begin, first, out);
}

template <std::size_t kDim, bool kRowOf>
void SumGroupsOf(std::span<const std::uint32_t> starts, std::span<const std::uint32_t> positions, const std::uint32_t* row_of,
                 ConstMatrixView from, MatrixView sums) {
  const Row<kDim> row{from.cols};
  const auto row_at = [&](std::size_t p) { return from.row(kRowOf ? row_of[positions[p]] : positions[p]); };
  for (std::size_t g = 0; g + 1 < starts.size(); ++g) {
    float* to = sums.row(g);
    std::size_t p = starts[g];
    const std::size_t end = starts[g + 1];
    if (kDim != 1 && p + kAhead < positions.size()) row.Prefetch(row_at(p + kAhead));
    row.Copy(row_at(p), to);
    for (++p; p < end; ++p) {
      if (kDim != 1 && p + kAhead < positions.size()) row.Prefetch(row_at(p + kAhead));
      row.Add(row_at(p), to);
    }
  }
}

template <bool kRowOf>
void SumGroupsOfAnyDim(std::span<const std::uint32_t> starts, std::span<const std::uint32_t> positions, const std::uint32_t* row_of,
                       ConstMatrixView from, MatrixView sums) {
  switch (from.cols) {
    case 1: return SumGroupsOf<1, kRowOf>(starts, positions, row_of, from, sums);
    case 8: return SumGroupsOf<8, kRowOf>(starts, positions, row_of, from, sums);
    case 16: return SumGroupsOf<16, kRowOf>(starts, positions, row_of, from, sums);
    case 32: return SumGroupsOf<32, kRowOf>(starts, positions, row_of, from, sums);
    default: return SumGroupsOf<0, kRowOf>(starts, positions, row_of, from, sums);
  }
}

void SumGroupsOn(std::span<const std::uint32_t> starts, std::span<const std::uint32_t> positions, const std::uint32_t* row_of,
                 ConstMatrixView from, MatrixView sums) {
  return row_of == nullptr ? SumGroupsOfAnyDim<false>(starts, positions, row_of, from, sums)
                           : SumGroupsOfAnyDim<true>(starts, positions, row_of, from, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {

HWY_EXPORT(PickRowsOn);
HWY_EXPORT(SumGroupsOn);

std::size_t PickRows(ConstMatrixView table, const IdLists& lists, std::size_t begin, std::size_t first, bool add, MatrixView out) {
  return HWY_DYNAMIC_DISPATCH(PickRowsOn)(table, lists, begin, first, add, out);
}

void SumRowsByGroup(std::span<const std::uint32_t> starts, std::span<const std::uint32_t> positions,
                    const std::uint32_t* row_of, ConstMatrixView from, MatrixView sums) {
  HWY_DYNAMIC_DISPATCH(SumGroupsOn)(starts, positions, row_of, from, sums);
}

}  // namespace thalweg
#endif  // HWY_ONCE
