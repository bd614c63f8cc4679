"""Holds what the peers computed in end_to_end.py against Longwatch: a benchmark of unequal answers says nothing.

Mean, standard deviation, minimum, maximum and null count against Polars, the Jensen-Shannon distance against NannyML,
for every chunk and column of the analysis. Prints the largest difference of each, relative to the larger of 1 and the value.
Usage: check.py LONGWATCH FOLDER    (FOLDER as end_to_end.py left it, such as build/benchmarks/wide_100000)
"""

import subprocess
import sys
from pathlib import Path

import polars as pl

NUMBERS = ("mean", "standard_deviation", "minimum", "maximum", "null_count")
TOLERANCE = 1e-6


def longwatch_values(program: str, folder: Path) -> dict[tuple[str, str, int], float]:
    subprocess.run([program, "run", folder / "everything.yaml", "-o", folder / "checked", "--quiet"], check=True)
    rows = pl.read_parquet(folder / "checked" / "results.parquet").filter(
        pl.col("period") == "analysis", pl.col("column").is_not_null(), pl.col("chunk_index").is_not_null()
    )
    return {(m, c, i): v for m, c, i, v in rows.select("metric", "column", "chunk_index", "value").iter_rows()}


def peer_values(folder: Path) -> dict[tuple[str, str, int], float]:
    found = {}
    if (folder / "polars.parquet").exists():
        for row in pl.read_parquet(folder / "polars.parquet").iter_rows(named=True):
            for name, value in row.items():
                column, _, metric = name.partition("|")
                if metric:
                    found[metric, column, row["chunk"]] = value
    if (folder / "nannyml.parquet").exists():
        frame = pl.read_parquet(folder / "nannyml.parquet")
        suffix = "_jensen_shannon_value"
        for name in frame.columns:
            if name.endswith(suffix):
                for chunk, value in enumerate(frame[name]):
                    found["jensen_shannon", name.removesuffix(suffix), chunk] = value
    return found


def main() -> None:
    folder = Path(sys.argv[2])
    ours, peers = longwatch_values(sys.argv[1], folder), peer_values(folder)
    worst: dict[str, tuple[float, int]] = {}
    for key, value in peers.items():
        difference = abs(ours[key] - value) / max(1.0, abs(value))
        largest, count = worst.get(key[0], (0.0, 0))
        worst[key[0]] = (max(largest, difference), count + 1)
    for metric, (largest, count) in sorted(worst.items()):
        print(f"{metric}: {count} values, largest difference {largest:.1e}")
    if not worst or any(largest > TOLERANCE for largest, _ in worst.values()):
        sys.exit("the answers differ, or there are none")


main()
