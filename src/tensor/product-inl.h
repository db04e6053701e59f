// The one product behind MultiplyAdd, MultiplyTransposed and OuterProductSum, compiled for each set of instructions:
//
//   c[rows×cols] = start + a[rows×depth] · b[depth×cols]
//
// Layers of the loop, from the outside: blocks of the depth, blocks of rows, panels of columns, strips of rows, and
// the tile: a strip times a panel, held in registers over the whole depth block. A panel of b is copied side by side
// (packed) when enough strips will read it; b as it stands has a power-of-two stride in the layers that matter, and
// would use a few sets of the cache only. A depth block starts from what the one before it left in c, so the chain of
// an element is unbroken: float32 in memory is float32 in a register.
#if defined(THALWEG_TENSOR_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef THALWEG_TENSOR_PRODUCT_INL_H_
#undef THALWEG_TENSOR_PRODUCT_INL_H_
#else
#define THALWEG_TENSOR_PRODUCT_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "tensor/product.h"

#if HWY_NATIVE_FMA
HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;

// Accumulators of the tile: what the registers hold beside a row of b and one broadcast. 6×4 of 32, 6×2 or 4×3 of 16.
constexpr std::size_t kAccumulators = HWY_TARGET == HWY_AVX2 ? 12 : 24;
constexpr std::size_t MostVectors(std::size_t strip) { return std::min(kMaxVectors, kAccumulators / strip); }

struct TileArgs {
  const float* a;
  std::size_t a_row_step, a_depth_step;
  const float* b;
  std::size_t b_step;
  float* c;
  std::size_t c_stride;
  std::size_t depth;
  std::size_t last;  // lanes used of the last vector
  bool accumulate;
};

template <std::size_t kRows, std::size_t kVectors, bool kPartial>
void Tile(const TileArgs& t) {
  const Floats d;
  using V = hn::Vec<Floats>;
  const std::size_t lanes = hn::Lanes(d);
  const auto mask = hn::FirstN(d, t.last);
  V acc[kRows][kVectors];
  HWY_UNROLL(8)
  for (std::size_t i = 0; i < kRows; ++i) {
    HWY_UNROLL(8)
    for (std::size_t j = 0; j < kVectors; ++j) {
      const float* c = t.c + i * t.c_stride + j * lanes;
      if (!t.accumulate) {
        acc[i][j] = hn::Zero(d);
      } else if (kPartial && j + 1 == kVectors) {
        acc[i][j] = hn::MaskedLoad(mask, d, c);
      } else {
        acc[i][j] = hn::LoadU(d, c);
      }
    }
  }
  const float* a = t.a;
  const float* b = t.b;
  const std::size_t a_row_step = t.a_row_step, a_depth_step = t.a_depth_step, b_step = t.b_step;
  for (std::size_t k = t.depth; k != 0; --k) {
    V row[kVectors];
    HWY_UNROLL(8)
    for (std::size_t j = 0; j < kVectors; ++j) {
      if (kPartial && j + 1 == kVectors) {
        row[j] = hn::MaskedLoad(mask, d, b + j * lanes);
      } else {
        row[j] = hn::LoadU(d, b + j * lanes);
      }
    }
    HWY_UNROLL(8)
    for (std::size_t i = 0; i < kRows; ++i) {
      const V factor = hn::Set(d, a[i * a_row_step]);
      HWY_UNROLL(8)
      for (std::size_t j = 0; j < kVectors; ++j) acc[i][j] = hn::MulAdd(factor, row[j], acc[i][j]);
    }
    a += a_depth_step;
    b += b_step;
  }
  HWY_UNROLL(8)
  for (std::size_t i = 0; i < kRows; ++i) {
    HWY_UNROLL(8)
    for (std::size_t j = 0; j < kVectors; ++j) {
      float* c = t.c + i * t.c_stride + j * lanes;
      if (kPartial && j + 1 == kVectors) {
        hn::BlendedStore(acc[i][j], mask, d, c);
      } else {
        hn::StoreU(acc[i][j], d, c);
      }
    }
  }
}

using TileFunction = void (*)(const TileArgs&);

template <std::size_t kRows, std::size_t kVectors>
constexpr TileFunction TileOrNone(bool partial) {
  if constexpr (kVectors <= MostVectors(kRows)) {
    return partial ? &Tile<kRows, kVectors, true> : &Tile<kRows, kVectors, false>;
  } else {
    return nullptr;
  }
}

// By [strip − 1][vectors − 1][partial].
struct TileTable {
  TileFunction tiles[kMaxStrip][kMaxVectors][2];
};
template <std::size_t... kRows>
constexpr TileTable MakeTiles(std::index_sequence<kRows...>) {
  TileTable table = {};
  const auto fill_row = [&table]<std::size_t kRow, std::size_t... kVectors>(std::index_sequence<kVectors...>) {
    ((table.tiles[kRow][kVectors][0] = TileOrNone<kRow + 1, kVectors + 1>(false),
      table.tiles[kRow][kVectors][1] = TileOrNone<kRow + 1, kVectors + 1>(true)),
     ...);
  };
  (fill_row.template operator()<kRows>(std::make_index_sequence<kMaxVectors>()), ...);
  return table;
}
constexpr TileTable kTiles = MakeTiles(std::make_index_sequence<kMaxStrip>());

// to[k·width + j] = b[k·stride + j], j < cols
inline void PackRows(const float* b, std::size_t stride, std::size_t depth, std::size_t cols, std::size_t width,
                     float* to) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t whole = cols / lanes * lanes;
  const auto mask = hn::FirstN(d, cols - whole);
  for (std::size_t k = 0; k < depth; ++k, b += stride, to += width) {
    for (std::size_t j = 0; j < whole; j += lanes) hn::StoreU(hn::LoadU(d, b + j), d, to + j);
    if (whole < cols) hn::StoreU(hn::MaskedLoad(mask, d, b + whole), d, to + whole);
  }
}

// to[k·width + j] = b[j·stride + k], j < cols: squares of 4×4.
inline void PackTransposed(const float* b, std::size_t stride, std::size_t depth, std::size_t cols, std::size_t width,
                           float* to) {
  const hn::Full128<float> d;
  const hn::RepartitionToWide<decltype(d)> pairs;
  // A cache line of each row of b at a time, so that none is fetched twice when the rows share a set.
  for (std::size_t k0 = 0; k0 < depth; k0 += 16) {
    const std::size_t k1 = std::min(depth, k0 + 16);
    std::size_t j = 0;
    for (; j + 4 <= cols; j += 4) {
      const float* from = b + j * stride;
      std::size_t k = k0;
      for (; k + 4 <= k1; k += 4) {
        const auto r0 = hn::LoadU(d, from + k);
        const auto r1 = hn::LoadU(d, from + stride + k);
        const auto r2 = hn::LoadU(d, from + 2 * stride + k);
        const auto r3 = hn::LoadU(d, from + 3 * stride + k);
        const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, r0, r1));
        const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, r2, r3));
        const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, r0, r1));
        const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, r2, r3));
        hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23)), d, to + k * width + j);
        hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23)), d, to + (k + 1) * width + j);
        hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23)), d, to + (k + 2) * width + j);
        hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23)), d, to + (k + 3) * width + j);
      }
      for (; k < k1; ++k) {
        for (std::size_t i = 0; i < 4; ++i) to[k * width + j + i] = from[i * stride + k];
      }
    }
    for (; j < cols; ++j) {
      for (std::size_t k = k0; k < k1; ++k) to[k * width + j] = b[j * stride + k];
    }
  }
}

// Strips of a whose rows lie side by side: strip s to to + s·StripFloats(depth), in it [depth × strip].
inline void PackStrips(const float* a, std::size_t depth_step, std::size_t depth, const Cut& strips, float* to) {
  const hn::CappedTag<float, 8> d;
  const bool vectors = hn::Lanes(d) >= kMaxStrip;
  const auto pack = [&](std::size_t size, std::size_t begin, std::size_t end) HWY_ATTR {
    const auto mask = hn::FirstN(d, size);
    const float* from = a + strips.begin(begin);
    float* strip = to + begin * StripFloats(depth);
    for (std::size_t k = 0; k < depth; ++k, from += depth_step, strip += size) {
      for (std::size_t s = 0; s < end - begin; ++s) {
        if (vectors) {  // runs over into what the next k writes, or into the gap behind the strip
          hn::StoreU(hn::MaskedLoad(mask, d, from + s * size), d, strip + s * StripFloats(depth));
        } else {
          std::copy_n(from + s * size, size, strip + s * StripFloats(depth));
        }
      }
    }
  };
  if (strips.longer > 0) pack(strips.shortest + 1, 0, strips.longer);
  pack(strips.shortest, strips.longer, strips.parts);
}

inline void Product(const ProductArgs& p, const ProductScratch& scratch) {
  const std::size_t lanes = hn::Lanes(Floats());
  if (p.depth == 0 && !p.accumulate) {
    for (std::size_t i = 0; i < p.rows; ++i) std::fill_n(p.c + i * p.c_stride, p.cols, 0.0f);
  }
  const Cut depth_blocks(p.depth, kDepthBlock), row_blocks(p.rows, kRowBlock);
  for (std::size_t kb = 0; kb < depth_blocks.parts; ++kb) {
    const std::size_t k0 = depth_blocks.begin(kb);
    TileArgs tile = {};
    tile.depth = depth_blocks.size(kb);
    tile.accumulate = p.accumulate || kb > 0;
    tile.c_stride = p.c_stride;
    for (std::size_t ib = 0; ib < row_blocks.parts; ++ib) {
      const std::size_t i0 = row_blocks.begin(ib);
      const Cut strips(row_blocks.size(ib), kMaxStrip);
      const float* a = p.a + i0 * p.a_row_step + k0 * p.a_depth_step;
      const bool pack_a = p.a_row_step == 1 && p.a_depth_step != 1 && p.cols > lanes;
      if (pack_a) PackStrips(a, p.a_depth_step, tile.depth, strips, scratch.a);
      tile.a_row_step = p.a_row_step;

      const Cut panels((p.cols + lanes - 1) / lanes, MostVectors(strips.size(0)));
      for (std::size_t jp = 0; jp < panels.parts; ++jp) {
        const std::size_t vectors = panels.size(jp);
        const std::size_t j0 = panels.begin(jp) * lanes, cols = std::min(p.cols - j0, vectors * lanes);
        tile.last = cols - (vectors - 1) * lanes;
        tile.b_step = vectors * lanes;
        tile.b = scratch.b;
        if (p.b_transposed) {
          PackTransposed(p.b + j0 * p.b_stride + k0, p.b_stride, tile.depth, cols, tile.b_step, scratch.b);
        } else if (strips.parts >= kPackFrom) {
          PackRows(p.b + k0 * p.b_stride + j0, p.b_stride, tile.depth, cols, tile.b_step, scratch.b);
        } else {
          tile.b = p.b + k0 * p.b_stride + j0;
          tile.b_step = p.b_stride;
        }
        for (std::size_t s = 0; s < strips.parts; ++s) {
          const std::size_t begin = strips.begin(s), size = strips.size(s);
          tile.a = pack_a ? scratch.a + s * StripFloats(tile.depth) : a + begin * p.a_row_step;
          tile.a_depth_step = pack_a ? size : p.a_depth_step;
          tile.c = p.c + (i0 + begin) * p.c_stride + j0;
          kTiles.tiles[size - 1][vectors - 1][tile.last < lanes](tile);
        }
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();
#endif  // HWY_NATIVE_FMA

#endif  // THALWEG_TENSOR_PRODUCT_INL_H_
