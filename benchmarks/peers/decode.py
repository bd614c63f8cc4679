"""Decoding alone with pyarrow, and the seconds it took apart from starting Python.

`tables` reads each whole file into an Arrow table; `groups` reads a row group at a time and lets go of it, its columns
on as many threads as the machine has cores: little memory.
Usage: decode.py FOLDER tables|groups PERIOD...
"""

import os
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq


def main() -> None:
    folder, how, periods = sys.argv[1], sys.argv[2], sys.argv[3:]
    pa.set_cpu_count(os.cpu_count() or 1)
    begin = time.perf_counter()
    for period in periods:
        path, rows = f"{folder}/{period}.parquet", 0
        if how == "tables":
            rows = pq.read_table(path).num_rows
        else:
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    rows += file.read_row_group(group, use_threads=True).num_rows
        print(period, rows)
    print(f"seconds {time.perf_counter() - begin:.4f}")


main()
