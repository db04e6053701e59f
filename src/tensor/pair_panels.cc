#include "tensor/pair_panels.h"

#include <algorithm>

#include "tensor/pair_tiles-inl.h"
#include "tensor/product.h"

namespace thalweg {
namespace {

constexpr std::size_t kPanelLanes = 16;
constexpr std::size_t kPanelVectors = 4;  // with strips of 6 rows: 24 sums, 4 vectors of b and a factor in 32 registers

std::size_t Vectors(std::size_t cols) { return (cols + kPanelLanes - 1) / kPanelLanes; }

}  // namespace

bool PacksPairs(Precision precision, std::size_t cols) {
  return precision == Precision::kBf16 && cols >= kBf16Columns && HasFastBf16();
}

void PairPanels::Resize(std::size_t depth, std::size_t cols) {
  depth_ = depth;
  cols_ = cols;
  memory_.Resize((depth + 1) / 2, Vectors(cols) * kPanelLanes);
}

}  // namespace thalweg

#if THALWEG_HAS_PAIR_TILES
HWY_PUSH_ATTRIBUTES("avx,avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")
namespace thalweg {

// A panel, of which columns [begin, end) are asked for.
struct PairPanels::Part {
  std::uint32_t* words;        // of its first pair and column
  std::size_t width;           // columns, filled up
  std::size_t at, begin, end;  // its first column; those asked for
};

template <class Use>
void PairPanels::ForPanels(std::size_t j, std::size_t cols, const Use& use) {
  const std::size_t pairs = (depth_ + 1) / 2, end = j + cols;
  const Cut panels(Vectors(cols_), kPanelVectors);
  for (std::size_t p = 0; p < panels.parts; ++p) {
    const std::size_t at = panels.begin(p) * kPanelLanes, width = panels.size(p) * kPanelLanes;
    if (at >= end || at + width <= j) continue;
    use(Part{words() + pairs * at, width, at, std::max(j, at), std::min(end, at + width)});
  }
}

void PairPanels::Pack(std::size_t k, std::size_t j, ConstMatrixView from) {
  ForPanels(j, from.cols, [&](const Part& part) {
    pairs::PackRows(from.data + (part.begin - j), from.stride, from.rows, part.end - part.begin, part.width,
                    part.words + k / 2 * part.width + (part.begin - part.at));
  });
}

void PairPanels::PackTransposed(std::size_t k, std::size_t j, ConstMatrixView from) {
  ForPanels(j, from.rows, [&](const Part& part) {
    pairs::PackTransposed(from.row(part.begin - j), from.stride, from.cols, part.end - part.begin, part.width,
                          part.words + k / 2 * part.width + (part.begin - part.at));
  });
}

class PanelProduct {
 public:
  static void Run(ConstMatrixView x, const PairPanels& w, const float* start, std::size_t start_stride, MatrixView y) {
    thread_local Matrix memory(1, kRows * kStep);
    std::uint32_t* const packed = reinterpret_cast<std::uint32_t*>(memory.data());
    const Cut row_blocks(y.rows, kRows), pair_blocks((w.depth() + 1) / 2, kPairBlock);
    for (std::size_t ib = 0; ib < row_blocks.parts; ++ib) {
      const std::size_t i0 = row_blocks.begin(ib);
      const Cut strips(row_blocks.size(ib), kMaxStrip);
      for (std::size_t kb = 0; kb < pair_blocks.parts; ++kb) {
        const std::size_t p0 = pair_blocks.begin(kb), k0 = 2 * p0;
        pairs::PackAlong(x.row(i0) + k0, x.stride, row_blocks.size(ib), std::min(x.cols - k0, 2 * pair_blocks.size(kb)),
                         kStep, packed);
        pairs::PairTile tile = {};
        tile.pairs = pair_blocks.size(kb);
        tile.a_row_step = kStep;
        tile.a_pair_step = 1;
        tile.c_stride = y.stride;
        tile.start_stride = kb == 0 ? start_stride : y.stride;
        Of(w).ForPanels(0, y.cols, [&](const PairPanels::Part& part) {
          const std::size_t vectors = part.width / kPanelLanes;
          tile.b = part.words + p0 * part.width;
          tile.b_pair_step = part.width;
          tile.last = part.end - part.at - (vectors - 1) * kPanelLanes;
          for (std::size_t s = 0; s < strips.parts; ++s) {
            const std::size_t row = i0 + strips.begin(s);
            tile.a = packed + strips.begin(s) * kStep;
            tile.c = y.row(row) + part.at;
            tile.start = kb > 0 ? tile.c : start == nullptr ? nullptr : start + row * start_stride + part.at;
            pairs::TileOf(strips.size(s), vectors)(tile);
          }
        });
      }
    }
  }

  static void Outer(const PairPanels& x, std::size_t row, const PairPanels& dy, std::size_t col, MatrixView dw,
                    const ComesNext& next) {
    const Cut pair_blocks((x.depth() + 1) / 2, kPairBlock / 2);
    for (std::size_t kb = 0; kb < pair_blocks.parts; ++kb) {
      const std::size_t p0 = pair_blocks.begin(kb);
      pairs::PairTile tile = {};
      tile.pairs = pair_blocks.size(kb);
      tile.a_row_step = 1;
      tile.c_stride = tile.start_stride = dw.stride;
      Of(dy).ForPanels(col, dw.cols, [&](const PairPanels::Part& b) {
        const std::size_t vectors = (b.end - b.begin + kPanelLanes - 1) / kPanelLanes;
        tile.b = b.words + p0 * b.width + (b.begin - b.at);
        tile.b_pair_step = b.width;
        tile.last = b.end - b.begin - (vectors - 1) * kPanelLanes;
        Of(x).ForPanels(row, dw.rows, [&](const PairPanels::Part& a) {
          const Cut strips(a.end - a.begin, kMaxStrip);
          tile.a_pair_step = a.width;
          for (std::size_t s = 0; s < strips.parts; ++s) {
            const std::size_t i = a.begin + strips.begin(s);
            tile.a = a.words + p0 * a.width + (i - a.at);
            tile.c = dw.row(i - row) + (b.begin - col);
            tile.start = kb > 0 ? tile.c : nullptr;
            if (kb == 0) Fetch(next, i - row, strips.size(s), b.begin - col, b.end - b.begin);
            pairs::TileOf(strips.size(s), vectors)(tile);
          }
        });
      });
    }
  }

 private:
  static constexpr std::size_t kPairBlock = 512;        // a panel: 512 × 64 pairs, 128 KiB; a strip: 12 KiB
  static constexpr std::size_t kRows = 128;             // of x at a time: 264 KiB
  static constexpr std::size_t kStep = kPairBlock + 16;

  // ForPanels hands out words to write and to read.
  static PairPanels& Of(const PairPanels& panels) { return const_cast<PairPanels&>(panels); }

  static void Fetch(const ComesNext& next, std::size_t row, std::size_t rows, std::size_t col, std::size_t cols) {
    for (const float* data : next.data) {
      for (std::size_t r = row; r < row + rows; ++r) {
        for (std::size_t c = col; c < col + cols; c += kPanelLanes) {
          _mm_prefetch(reinterpret_cast<const char*>(data + r * next.stride + c), _MM_HINT_T1);
        }
      }
    }
  }
};

void MultiplyAdd(ConstMatrixView x, const PairPanels& w, const float* bias, MatrixView y) {
  bias == nullptr ? PanelProduct::Run(x, w, y.data, y.stride, y) : PanelProduct::Run(x, w, bias, 0, y);
}
void Multiply(ConstMatrixView x, const PairPanels& w, MatrixView y) { PanelProduct::Run(x, w, nullptr, 0, y); }
void OuterProductSum(const PairPanels& x, std::size_t row, const PairPanels& dy, std::size_t col, MatrixView dw,
                     const ComesNext& next) {
  PanelProduct::Outer(x, row, dy, col, dw, next);
}

}  // namespace thalweg
HWY_POP_ATTRIBUTES

#else  // no such instruction: PacksPairs() is false

namespace thalweg {
void PairPanels::Pack(std::size_t, std::size_t, ConstMatrixView) {}
void PairPanels::PackTransposed(std::size_t, std::size_t, ConstMatrixView) {}
void MultiplyAdd(ConstMatrixView, const PairPanels&, const float*, MatrixView) {}
void Multiply(ConstMatrixView, const PairPanels&, MatrixView) {}
void OuterProductSum(const PairPanels&, std::size_t, const PairPanels&, std::size_t, MatrixView, const ComesNext&) {}
}  // namespace thalweg

#endif
