#include "model/tower.h"

#include <algorithm>

namespace thalweg {
namespace {

// The length of each of the fewest parts of at most `most` that n is cut into, in whole steps.
std::size_t Even(std::size_t n, std::size_t most, std::size_t step) {
  const std::size_t parts = std::max<std::size_t>(1, (n + most - 1) / most);
  return std::max(step, (n + parts * step - 1) / (parts * step) * step);
}

}  // namespace

std::vector<Tile> CutTiles(const Parameter& parameter) {
  constexpr std::size_t kColumns = 512, kElements = std::size_t{1} << 16, kStep = 64;
  const std::size_t rows = parameter.value.rows, cols = parameter.value.cols;
  const std::size_t tile_cols = cols > kColumns ? Even(cols, kColumns, kStep) : cols;
  const std::size_t most_rows = std::max(kStep, kElements / std::max<std::size_t>(tile_cols, 1) / kStep * kStep);
  const std::size_t tile_rows = Even(rows, most_rows, kStep);
  std::vector<Tile> tiles;
  for (std::size_t r = 0; r < rows; r += tile_rows) {
    for (std::size_t c = 0; c < cols; c += tile_cols) {
      tiles.push_back({r, std::min(rows, r + tile_rows), c, std::min(cols, c + tile_cols)});
    }
  }
  return tiles;
}

}  // namespace thalweg
