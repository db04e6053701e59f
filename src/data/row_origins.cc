#include "thalweg/example.h"

namespace thalweg {

RowOrigin RowOrigins::At(std::size_t row) const {
  if (rows.empty()) return {nullptr, row + 1};
  RowOrigin origin;
  const std::size_t file = file_of.empty() ? 0 : file_of[row];
  if (file < files.size()) origin.file = files[file];
  origin.row = rows.size() == 1 ? rows[0] + row : rows[row];
  return origin;
}

}  // namespace thalweg
