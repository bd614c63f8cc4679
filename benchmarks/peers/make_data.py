"""Writes the data of end_to_end.py: reference.parquet and analysis.parquet, seeded, in the order of their timestamps.

40 numbers (five families, 1 % nulls in five of them, five shifted in the second half of the analysis), 10 texts of 3
to 100 values, an id and a timestamp; zstd, row groups of 100,000 rows, numbers plainly encoded.
Usage: make_data.py FOLDER ROWS
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FAMILIES = [
    lambda random, rows: random.normal(size=rows),
    lambda random, rows: random.lognormal(sigma=1.0, size=rows),
    lambda random, rows: random.exponential(size=rows),
    lambda random, rows: random.uniform(-1, 1, size=rows),
    lambda random, rows: np.where(random.random(rows) < 0.3, 0.0, np.round(random.gamma(2.0, 10.0, size=rows))),
]
CARDINALITIES = [3, 4, 5, 8, 10, 15, 20, 40, 70, 100]


def make(rows: int, seed: int, shifted: bool) -> pa.Table:
    random = np.random.default_rng(seed)
    first = np.datetime64("2024-07-01" if shifted else "2024-01-01", "us")
    columns = {
        "id": pa.array(np.arange(rows) + (rows if shifted else 0)),
        "timestamp": pa.array(first + np.arange(rows) * np.timedelta64(10, "s")),
    }
    for i in range(40):
        values = FAMILIES[i % len(FAMILIES)](random, rows)
        if shifted and i % 8 == 0:
            values[rows // 2 :] += 0.1
        columns[f"number_{i:02d}"] = pa.array(values, mask=random.random(rows) < 0.01 if i % 8 == 1 else None)
    for i, cardinality in enumerate(CARDINALITIES):
        shares = 1.0 / np.arange(1, cardinality + 1)
        codes = random.choice(cardinality, size=rows, p=shares / shares.sum())
        names = pa.array([f"value_{k:03d}" for k in range(cardinality)])
        columns[f"text_{i:02d}"] = pa.DictionaryArray.from_arrays(codes, names).cast(pa.string())
    return pa.table(columns)


def main() -> None:
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, seed, shifted in (("reference", 1, False), ("analysis", 2, True)):
        table = make(rows, seed, shifted)
        texts = [field.name for field in table.schema if field.type == pa.string()]
        path = folder / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=100_000, use_dictionary=texts)


main()
