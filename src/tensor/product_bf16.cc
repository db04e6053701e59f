// The product of product.h with operands rounded to bf16, packed as they are met. The loops are those of product-inl.h.
#include <algorithm>
#include <cstdint>

#include "tensor/kernels.h"
#include "tensor/pair_tiles-inl.h"
#include "tensor/product.h"

#if THALWEG_HAS_PAIR_TILES
HWY_PUSH_ATTRIBUTES("avx,avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")
namespace thalweg {
namespace {

constexpr std::size_t kPairBlock = 256;  // pairs of the depth; a panel of b: 256 × 64 pairs, 64 KiB
constexpr std::size_t kRows = 512;       // a's block: 557 KB, half of a level-2 cache
constexpr std::size_t kStep = kPairBlock + 16;  // pairs from one row of a to the next, when its depth lies side by side
constexpr std::size_t kAPairs = std::max(kRows * kStep, (kRows / kMaxStrip + 1) * StripFloats(kPairBlock));
constexpr std::size_t kBPairs = kPairBlock * kMaxVectors * pairs::kLanes;

}  // namespace

void Bf16Product(const ProductArgs& p) {
  using namespace pairs;
  static_assert(sizeof(std::uint32_t) == sizeof(float));
  thread_local Matrix memory(1, kAPairs + kBPairs);
  std::uint32_t* const packed_b = reinterpret_cast<std::uint32_t*>(memory.data());
  std::uint32_t* const packed_a = packed_b + kBPairs;
  if (p.depth == 0 && !p.accumulate) {
    for (std::size_t i = 0; i < p.rows; ++i) std::fill_n(p.c + i * p.c_stride, p.cols, 0.0f);
  }
  const Cut pair_blocks((p.depth + 1) / 2, kPairBlock), row_blocks(p.rows, kRows);
  for (std::size_t kb = 0; kb < pair_blocks.parts; ++kb) {
    const std::size_t k0 = 2 * pair_blocks.begin(kb), depth = std::min(p.depth - k0, 2 * pair_blocks.size(kb));
    PairTile tile = {};
    tile.pairs = pair_blocks.size(kb);
    tile.c_stride = tile.start_stride = p.c_stride;
    for (std::size_t ib = 0; ib < row_blocks.parts; ++ib) {
      const std::size_t i0 = row_blocks.begin(ib), rows = row_blocks.size(ib);
      const Cut strips(rows, kMaxStrip);
      const float* a = p.a + i0 * p.a_row_step + k0 * p.a_depth_step;
      const bool along = p.a_depth_step == 1;
      if (along) {
        PackAlong(a, p.a_row_step, rows, depth, kStep, packed_a);
      } else {
        PackStrips(a, p.a_depth_step, depth, strips, packed_a);
      }
      const Cut panels((p.cols + kLanes - 1) / kLanes, MostVectors(strips.size(0)));
      for (std::size_t jp = 0; jp < panels.parts; ++jp) {
        const std::size_t vectors = panels.size(jp), width = vectors * kLanes;
        const std::size_t j0 = panels.begin(jp) * kLanes, cols = std::min(p.cols - j0, width);
        tile.last = cols - (vectors - 1) * kLanes;
        tile.b = packed_b;
        tile.b_pair_step = width;
        if (p.b_transposed) {
          PackTransposed(p.b + j0 * p.b_stride + k0, p.b_stride, depth, cols, width, packed_b);
        } else {
          PackRows(p.b + k0 * p.b_stride + j0, p.b_stride, depth, cols, width, packed_b);
        }
        for (std::size_t s = 0; s < strips.parts; ++s) {
          const std::size_t begin = strips.begin(s), size = strips.size(s);
          tile.a = packed_a + (along ? begin * kStep : s * StripFloats(tile.pairs));
          tile.a_row_step = along ? kStep : 1;
          tile.a_pair_step = along ? 1 : size;
          tile.c = p.c + (i0 + begin) * p.c_stride + j0;
          tile.start = p.accumulate || kb > 0 ? tile.c : nullptr;
          TileOf(size, vectors)(tile);
        }
      }
    }
  }
}

}  // namespace thalweg
HWY_POP_ATTRIBUTES

namespace thalweg {
bool CanBf16Product() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512bf16");
  return has;
}
}  // namespace thalweg

#else  // no such instruction

namespace thalweg {
bool CanBf16Product() { return false; }
void Bf16Product(const ProductArgs&) {}
}  // namespace thalweg

#endif
