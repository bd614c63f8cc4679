"""Decoding alone: reads the reference, then the analysis, into Arrow tables with pyarrow. Usage: decode.py FOLDER"""

import sys

import pyarrow.parquet as pq

for period in ("reference", "analysis"):
    print(period, pq.read_table(f"{sys.argv[1]}/{period}.parquet").num_rows)
