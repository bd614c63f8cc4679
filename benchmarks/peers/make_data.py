"""Writes the data of end_to_end.py: reference.parquet and analysis.parquet, seeded, in the order of their timestamps.

40 numbers (five families, 1 % nulls in five of them, five shifted in the second half of the analysis), 10 texts of 3
to 100 values, an id and a timestamp; zstd, row groups of 100,000 rows, numbers plainly encoded. Made and written a row
group at a time, so any number of rows takes the same memory, about 250 MiB.
Last comes ends.json, the reference's minimum and maximum of each number: what the one-file cases of the peers start
from, as `longwatch analyze` starts from a profile. Needs NumPy and pyarrow only.
Usage: make_data.py FOLDER ROWS
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

GROUP_ROWS = 100_000
SECONDS = np.timedelta64(10, "s")  # from row to row
FAMILIES = [
    lambda random, rows: random.normal(size=rows),
    lambda random, rows: random.lognormal(sigma=1.0, size=rows),
    lambda random, rows: random.exponential(size=rows),
    lambda random, rows: random.uniform(-1, 1, size=rows),
    lambda random, rows: np.where(random.random(rows) < 0.3, 0.0, np.round(random.gamma(2.0, 10.0, size=rows))),
]
CARDINALITIES = [3, 4, 5, 8, 10, 15, 20, 40, 70, 100]


def make_group(seed: int, begin: int, rows: int, total: int, shifted: bool) -> pa.Table:
    """Rows [begin, begin + rows) of a file of `total`; its values depend on the seed and `begin` only."""
    random = np.random.default_rng([seed, begin])
    at = begin + np.arange(rows) + (total if shifted else 0)
    columns = {"id": pa.array(at), "timestamp": pa.array(np.datetime64("2024-01-01", "us") + at * SECONDS)}
    moved = max(0, min(rows, total // 2 - begin))  # the first row of the second half
    for i in range(40):
        values = FAMILIES[i % len(FAMILIES)](random, rows)
        if shifted and i % 8 == 0:
            values[moved:] += 0.1
        columns[f"number_{i:02d}"] = pa.array(values, mask=random.random(rows) < 0.01 if i % 8 == 1 else None)
    for i, cardinality in enumerate(CARDINALITIES):
        shares = 1.0 / np.arange(1, cardinality + 1)
        codes = random.choice(cardinality, size=rows, p=shares / shares.sum())
        names = pa.array([f"value_{k:03d}" for k in range(cardinality)])
        columns[f"text_{i:02d}"] = pa.DictionaryArray.from_arrays(codes, names).cast(pa.string())
    return pa.table(columns)


def write_file(path: Path, rows: int, seed: int, shifted: bool) -> dict[str, tuple[float, float]]:
    """Returns the least and the greatest value of each number."""
    ends: dict[str, tuple[float, float]] = {}
    writer = None
    for begin in range(0, rows, GROUP_ROWS):
        table = make_group(seed, begin, min(GROUP_ROWS, rows - begin), rows, shifted)
        if writer is None:
            texts = [field.name for field in table.schema if field.type == pa.string()]
            writer = pq.ParquetWriter(path, table.schema, compression="zstd", use_dictionary=texts)
        writer.write_table(table, row_group_size=GROUP_ROWS)
        for name in table.column_names:
            if name.startswith("number"):
                found = pc.min_max(table[name]).as_py()
                low, high = ends.get(name, (np.inf, -np.inf))
                ends[name] = (min(low, found["min"]), max(high, found["max"]))
    if writer is not None:
        writer.close()
    return ends


def main() -> None:
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    if rows < 1:
        sys.exit("ROWS must be at least 1")
    folder.mkdir(parents=True, exist_ok=True)
    ends = write_file(folder / "reference.parquet", rows, 1, False)
    write_file(folder / "analysis.parquet", rows, 2, True)
    (folder / "ends.json").write_text(json.dumps(ends))


main()
