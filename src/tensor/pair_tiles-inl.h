// Tiles of a product of bf16 operands, and the ways to pack them, for processors that add two products of bf16 to a float32
// in one instruction (AVX512_BF16): twice the rate of float32, and half the bytes of a packed panel.
//
// An operand is packed in pairs, two neighbours along the depth in 32 bits, the first in the lower half; an odd last one
// is paired with 0. An element of c is one chain over ascending pairs.
#ifndef THALWEG_TENSOR_PAIR_TILES_INL_H_
#define THALWEG_TENSOR_PAIR_TILES_INL_H_

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

#include "tensor/product.h"

#if HWY_ARCH_X86_64 && (HWY_COMPILER_GCC_ACTUAL || HWY_COMPILER_CLANG)
#define THALWEG_HAS_PAIR_TILES 1
#include <immintrin.h>

#if HWY_COMPILER_GCC_ACTUAL  // its own header's "undefined" vectors
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

HWY_PUSH_ATTRIBUTES("avx,avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")
namespace thalweg {
namespace pairs {
constexpr std::size_t kLanes = 16;
constexpr std::size_t MostVectors(std::size_t strip) { return std::min(kMaxVectors, 24 / strip); }
inline __mmask16 FirstLanes(std::size_t n) { return static_cast<__mmask16>(n >= 16 ? 0xffff : (1u << n) - 1); }

struct PairTile {
  const std::uint32_t* a;
  std::size_t a_row_step, a_pair_step;
  const std::uint32_t* b;
  std::size_t b_pair_step;
  const float* start;  // what the chains begin with: of row i at start + i·start_stride; null: 0
  std::size_t start_stride;
  float* c;
  std::size_t c_stride, pairs;
  std::size_t last;  // lanes used of the last vector
};

template <std::size_t kStrip, std::size_t kVectors>
void Tile(const PairTile& t) {
  const __mmask16 mask = FirstLanes(t.last);
  __m512 acc[kStrip][kVectors];
  HWY_UNROLL(8)
  for (std::size_t i = 0; i < kStrip; ++i) {
    HWY_UNROLL(8)
    for (std::size_t j = 0; j < kVectors; ++j) {
      if (t.start == nullptr) {
        acc[i][j] = _mm512_setzero_ps();
      } else {
        const float* from = t.start + i * t.start_stride + j * kLanes;
        acc[i][j] = j + 1 == kVectors ? _mm512_maskz_loadu_ps(mask, from) : _mm512_loadu_ps(from);
      }
    }
  }
  const std::uint32_t* a = t.a;
  const std::uint32_t* b = t.b;
  const std::size_t a_row_step = t.a_row_step, a_pair_step = t.a_pair_step, b_pair_step = t.b_pair_step;
  for (std::size_t k = t.pairs; k != 0; --k) {
    __m512i row[kVectors];
    HWY_UNROLL(8)
    for (std::size_t j = 0; j < kVectors; ++j) row[j] = _mm512_loadu_si512(b + j * kLanes);
    HWY_UNROLL(8)
    for (std::size_t i = 0; i < kStrip; ++i) {
      const __m512i factor = _mm512_set1_epi32(static_cast<int>(a[i * a_row_step]));
      HWY_UNROLL(8)
      for (std::size_t j = 0; j < kVectors; ++j) {
        acc[i][j] = _mm512_dpbf16_ps(acc[i][j], (__m512bh)factor, (__m512bh)row[j]);
      }
    }
    a += a_pair_step;
    b += b_pair_step;
  }
  HWY_UNROLL(8)
  for (std::size_t i = 0; i < kStrip; ++i) {
    HWY_UNROLL(8)
    for (std::size_t j = 0; j < kVectors; ++j) {
      float* c = t.c + i * t.c_stride + j * kLanes;
      if (j + 1 == kVectors) {
        _mm512_mask_storeu_ps(c, mask, acc[i][j]);
      } else {
        _mm512_storeu_ps(c, acc[i][j]);
      }
    }
  }
}

using TileFunction = void (*)(const PairTile&);

template <std::size_t kStrip>
TileFunction TileOf(std::size_t vectors) {
  const auto at = []<std::size_t kVectors>() -> TileFunction {
    if constexpr (kVectors <= MostVectors(kStrip)) {
      return &Tile<kStrip, kVectors>;
    } else {
      return nullptr;
    }
  };
  static const TileFunction kTiles[kMaxVectors] = {
      at.template operator()<1>(), at.template operator()<2>(), at.template operator()<3>(), at.template operator()<4>(),
      at.template operator()<5>(), at.template operator()<6>(), at.template operator()<7>(), at.template operator()<8>()};
  return kTiles[vectors - 1];
}
inline TileFunction TileOf(std::size_t strip, std::size_t vectors) {
  static_assert(kMaxStrip == 6);
  switch (strip) {
    case 1: return TileOf<1>(vectors);
    case 2: return TileOf<2>(vectors);
    case 3: return TileOf<3>(vectors);
    case 4: return TileOf<4>(vectors);
    case 5: return TileOf<5>(vectors);
    default: return TileOf<6>(vectors);
  }
}

// 32 values of a row, of which n exist, as 16 pairs.
inline __m512i PairsAlong(const float* from, std::size_t n) {
  const __m512 low = _mm512_maskz_loadu_ps(FirstLanes(n), from);
  const __m512 high = n > 16 ? _mm512_maskz_loadu_ps(FirstLanes(n - 16), from + 16) : _mm512_setzero_ps();
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

// 16 pairs across: value j of `first` and value j of `second`.
inline __m512i PairsAcross(__m512 first, __m512 second) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8,  //
                                         23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(second, first));
}

// a's rows as they lie: to[i·step + pair].
inline void PackAlong(const float* a, std::size_t stride, std::size_t rows, std::size_t depth, std::size_t step,
                      std::uint32_t* to) {
  for (std::size_t i = 0; i < rows; ++i, a += stride, to += step) {
    for (std::size_t k = 0; k < depth; k += 32) _mm512_storeu_si512(to + k / 2, PairsAlong(a + k, depth - k));
  }
}

// a's rows side by side: strip s to to + s·StripFloats(pairs), in it [pairs × strip]. A store runs over into what the
// next pair writes, or into the gap behind the strip.
inline void PackStrips(const float* a, std::size_t depth_step, std::size_t depth, const Cut& strips, std::uint32_t* to) {
  const std::size_t pairs = (depth + 1) / 2;
  for (std::size_t p = 0; p < pairs; ++p, a += 2 * depth_step) {
    const bool whole = 2 * p + 1 < depth;
    for (std::size_t s = 0; s < strips.parts; ++s) {
      const std::size_t size = strips.size(s);
      const __mmask16 mask = FirstLanes(size);
      const float* from = a + strips.begin(s);
      const __m512 first = _mm512_maskz_loadu_ps(mask, from);
      const __m512 second = whole ? _mm512_maskz_loadu_ps(mask, from + depth_step) : _mm512_setzero_ps();
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + s * StripFloats(pairs) + p * size),
                          _mm512_castsi512_si256(PairsAcross(first, second)));
    }
  }
}

// to[pair·width + j] of b[k·stride + j], j < cols, up to whole vectors
inline void PackRows(const float* b, std::size_t stride, std::size_t depth, std::size_t cols, std::size_t width,
              std::uint32_t* to) {
  for (std::size_t k = 0; k < depth; k += 2, b += 2 * stride, to += width) {
    const bool whole = k + 1 < depth;
    for (std::size_t j = 0; j < cols; j += kLanes) {
      const __mmask16 mask = FirstLanes(cols - j);
      const __m512 first = _mm512_maskz_loadu_ps(mask, b + j);
      const __m512 second = whole ? _mm512_maskz_loadu_ps(mask, b + stride + j) : _mm512_setzero_ps();
      _mm512_storeu_si512(to + j, PairsAcross(first, second));
    }
  }
}

// to[pair·width + j] of b[j·stride + k], j < cols, up to whole vectors: squares of 16×16 pairs.
inline void PackTransposed(const float* b, std::size_t stride, std::size_t depth, std::size_t cols, std::size_t width,
                    std::uint32_t* to) {
  const std::size_t pairs = (depth + 1) / 2;
  for (std::size_t j = 0; j < cols; j += kLanes) {
    for (std::size_t k = 0; k < depth; k += 32) {
      __m512i r[16], s[16];
      for (std::size_t i = 0; i < 16; ++i) {
        r[i] = j + i < cols ? PairsAlong(b + (j + i) * stride + k, depth - k) : _mm512_setzero_si512();
      }
      HWY_UNROLL(8)
      for (std::size_t i = 0; i < 16; i += 2) {
        s[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        s[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
      }
      HWY_UNROLL(4)
      for (std::size_t i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(s[i], s[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(s[i], s[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(s[i + 1], s[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(s[i + 1], s[i + 3]);
      }
      // r[4·q + p], quarter h: pair 4·h + p of rows 4·q … 4·q + 3. Quarters of four rows come together.
      HWY_UNROLL(4)
      for (std::size_t p = 0; p < 4; ++p) {
        const __m512i even0 = _mm512_shuffle_i32x4(r[p], r[p + 4], 0x88);
        const __m512i odd0 = _mm512_shuffle_i32x4(r[p], r[p + 4], 0xdd);
        const __m512i even1 = _mm512_shuffle_i32x4(r[p + 8], r[p + 12], 0x88);
        const __m512i odd1 = _mm512_shuffle_i32x4(r[p + 8], r[p + 12], 0xdd);
        s[p] = _mm512_shuffle_i32x4(even0, even1, 0x88);
        s[p + 4] = _mm512_shuffle_i32x4(odd0, odd1, 0x88);
        s[p + 8] = _mm512_shuffle_i32x4(even0, even1, 0xdd);
        s[p + 12] = _mm512_shuffle_i32x4(odd0, odd1, 0xdd);
      }
      const std::size_t rest = std::min<std::size_t>(16, pairs - k / 2);
      for (std::size_t i = 0; i < rest; ++i) _mm512_storeu_si512(to + (k / 2 + i) * width + j, s[i]);
    }
  }
}

}  // namespace pairs
}  // namespace thalweg
HWY_POP_ATTRIBUTES

#endif
#endif  // THALWEG_TENSOR_PAIR_TILES_INL_H_
