#include "nn/packed_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/packed_rows.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kPlaces = 32;      // rows looked for at a time, so that memory answers for all of them at once
constexpr std::size_t kLineBytes = 64;

// Decoding `count` numbers at `from`: vectors of as many lanes as fit, then one by one.
template <NumberForm kForm>
struct Decode;

template <>
struct Decode<NumberForm::kF32> {
  using Number = float;
  template <class D>
  static HWY_INLINE hn::Vec<D> Some(D d, const float* from, float) { return hn::LoadU(d, from); }
  static HWY_INLINE float One(const float* from, float) { return *from; }
};

template <>
struct Decode<NumberForm::kBf16> {
  using Number = std::uint16_t;
  template <class D>
  static HWY_INLINE hn::Vec<D> Some(D d, const std::uint16_t* from, float) {
    const hn::RebindToUnsigned<D> wide;
    const hn::Rebind<std::uint16_t, D> narrow;
    return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(wide, hn::LoadU(narrow, from))));
  }
  static HWY_INLINE float One(const std::uint16_t* from, float) {
    const std::uint32_t bits = static_cast<std::uint32_t>(*from) << 16;
    float one;
    __builtin_memcpy(&one, &bits, sizeof(one));
    return one;
  }
};

template <>
struct Decode<NumberForm::kInt8> {
  using Number = std::int8_t;
  template <class D>
  static HWY_INLINE hn::Vec<D> Some(D d, const std::int8_t* from, float scale) {
    const hn::RebindToSigned<D> wide;
    const hn::Rebind<std::int8_t, D> narrow;
    return hn::Mul(hn::ConvertTo(d, hn::PromoteTo(wide, hn::LoadU(narrow, from))), hn::Set(d, scale));
  }
  static HWY_INLINE float One(const std::int8_t* from, float scale) { return static_cast<float>(*from) * scale; }
};

template <NumberForm kForm, bool kAdd>
HWY_INLINE void TakeRow(const typename Decode<kForm>::Number* HWY_RESTRICT from, float scale, std::size_t count, float* HWY_RESTRICT to) {
  const hn::CappedTag<float, 16> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t c = 0;
  for (; c + lanes <= count; c += lanes) {
    const auto some = Decode<kForm>::Some(d, from + c, scale);
    hn::StoreU(kAdd ? hn::Add(hn::LoadU(d, to + c), some) : some, d, to + c);
  }
  for (; c < count; ++c) {
    const float one = Decode<kForm>::One(from + c, scale);
    to[c] = kAdd ? to[c] + one : one;
  }
}

template <NumberForm kForm, bool kAdd>
std::size_t PickPacked(const PackedTable& table, const IdLists& lists, std::size_t begin, std::size_t first, MatrixView out) {
  using Number = typename Decode<kForm>::Number;
  const auto* HWY_RESTRICT data = static_cast<const Number*>(table.data);
  const std::uint32_t* HWY_RESTRICT offsets = lists.offsets.data() + begin;
  const std::int32_t* HWY_RESTRICT ids = lists.ids.data();
  const std::size_t cols = table.cols;
  std::size_t places[kPlaces];
  for (std::size_t row = first; row < out.rows;) {
    std::size_t n = 0;
    for (; n < kPlaces && row + n < out.rows; ++n) {
      const std::uint32_t i = offsets[row + n], count = offsets[row + n + 1] - i;
      if (count > 1) break;
      places[n] = count == 1 && ids[i] >= 0 ? table.Find(static_cast<std::size_t>(ids[i])) : PackedTable::kNone;
      if (places[n] == PackedTable::kNone) continue;
      const Number* from = data + places[n] * cols;
      for (std::size_t c = 0; c < cols; c += kLineBytes / sizeof(Number)) hwy::Prefetch(from + c);
      if (kForm == NumberForm::kInt8) hwy::Prefetch(table.scales + places[n]);
    }
    if (n == 0) return row;
    for (std::size_t k = 0; k < n; ++k) {
      float* to = out.row(row + k);
      if (places[k] != PackedTable::kNone) {
        TakeRow<kForm, kAdd>(data + places[k] * cols, kForm == NumberForm::kInt8 ? table.scales[places[k]] : 1.0f, cols, to);
      } else if (!kAdd) {
        for (std::size_t c = 0; c < cols; ++c) to[c] = 0;
      }
    }
    row += n;
  }
  return out.rows;
}

template <bool kAdd>
std::size_t PickPackedOfAnyForm(const PackedTable& table, const IdLists& lists, std::size_t begin, std::size_t first, MatrixView out) {
  switch (table.form) {
    case NumberForm::kBf16: return PickPacked<NumberForm::kBf16, kAdd>(table, lists, begin, first, out);
    case NumberForm::kInt8: return PickPacked<NumberForm::kInt8, kAdd>(table, lists, begin, first, out);
    case NumberForm::kF32: break;
  }
  return PickPacked<NumberForm::kF32, kAdd>(table, lists, begin, first, out);
}

std::size_t PickPackedOn(const PackedTable& table, const IdLists& lists, std::size_t begin, std::size_t first, bool add, MatrixView out) {
  return add ? PickPackedOfAnyForm<true>(table, lists, begin, first, out) : PickPackedOfAnyForm<false>(table, lists, begin, first, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {

HWY_EXPORT(PickPackedOn);

std::size_t PickRows(const PackedTable& table, const IdLists& lists, std::size_t begin, std::size_t first, bool add, MatrixView out) {
  return HWY_DYNAMIC_DISPATCH(PickPackedOn)(table, lists, begin, first, add, out);
}

}  // namespace thalweg
#endif  // HWY_ONCE
