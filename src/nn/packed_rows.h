// As PickRows of picked_rows.h, of a table that is not kept as float32 or not whole: its rows are decoded on the way.
#ifndef THALWEG_NN_PACKED_ROWS_H_
#define THALWEG_NN_PACKED_ROWS_H_

#include "tensor/matrix.h"
#include "tensor/packed_table.h"

namespace thalweg {

std::size_t PickRows(const PackedTable& table, const IdLists& lists, std::size_t begin, std::size_t first, bool add, MatrixView out);

}  // namespace thalweg

#endif  // THALWEG_NN_PACKED_ROWS_H_
