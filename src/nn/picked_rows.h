// Rows of a table picked by id, one at most for each row of a batch, and gradients summed by id: the loops that tables
// spend their time in, compiled for each set of instructions. Sums are made element by element in the order given, so all
// sets give the same bits.
#ifndef THALWEG_NN_PICKED_ROWS_H_
#define THALWEG_NN_PICKED_ROWS_H_

#include <cstdint>
#include <span>

#include "tensor/matrix.h"

namespace thalweg {

// Rows [begin, begin + out.rows) of lists without weights, row r having ids[offsets[r] .. offsets[r + 1]): out gets the
// picked row of the table, or zeros where there is no id or a negative one; with `add`, it is added. Stops at the first row of
// `out` that has more than one id, and returns its index; out.rows where there is none.
std::size_t PickRows(ConstMatrixView table, const IdLists& lists, std::size_t begin, std::size_t first, bool add, MatrixView out);

// sums[g] = Σ of the rows of `from` at positions[starts[g] .. starts[g + 1]), g < starts.size() - 1, each group having one at
// least; `row_of` says which row a position is, null: the one of its number. Not less than one row of `sums` for each group.
void SumRowsByGroup(std::span<const std::uint32_t> starts, std::span<const std::uint32_t> positions,
                    const std::uint32_t* row_of, ConstMatrixView from, MatrixView sums);

}  // namespace thalweg

#endif  // THALWEG_NN_PICKED_ROWS_H_
