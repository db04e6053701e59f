#!/usr/bin/env python3
"""Write testdata/rows/: the same four rows as Parquet, as an Arrow IPC file and as an Arrow IPC stream.

usage: make_rows_testdata.py testdata/rows        (needs pyarrow)
"""
import sys

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

folder = sys.argv[1]
table = pa.table({
    "age": pa.array([42.0, 0.5, None, -3.0], pa.float64()),
    "city": pa.array(["Oslo", "San José, CR", "x", "y"], pa.string()),
    "id": pa.array([7, 8, 9, 10], pa.int32()),
})
pyarrow.parquet.write_table(table, f"{folder}/rows.parquet", row_group_size=3, compression="zstd")
with pa.ipc.new_file(f"{folder}/rows.arrow", table.schema) as writer:
    writer.write_table(table, max_chunksize=3)
with pa.ipc.new_stream(f"{folder}/rows.arrows", table.schema) as writer:
    writer.write_table(table, max_chunksize=3)
