#include "model/tower.h"

#include <algorithm>

namespace thalweg {

std::vector<Tile> CutTiles(const Parameter& parameter) {
  constexpr std::size_t kColumns = 512, kElements = std::size_t{1} << 16;
  const std::size_t rows = parameter.value.rows, cols = parameter.value.cols;
  const std::size_t col_parts = (cols + kColumns - 1) / kColumns;
  const std::size_t most_rows = std::max<std::size_t>(1, kElements * col_parts / cols);
  const std::size_t row_parts = (rows + most_rows - 1) / most_rows;
  std::vector<Tile> tiles;
  for (std::size_t r = 0; r < row_parts; ++r) {
    for (std::size_t c = 0; c < col_parts; ++c) {
      tiles.push_back(
          {r * rows / row_parts, (r + 1) * rows / row_parts, c * cols / col_parts, (c + 1) * cols / col_parts});
    }
  }
  return tiles;
}

}  // namespace thalweg
