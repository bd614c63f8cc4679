"""Holds what the peers computed in end_to_end.py against each other and against Longwatch: a benchmark of unequal
answers says nothing.

DuckDB against Polars: statistics and every count of every chunk and column, both periods. Longwatch against Polars:
mean, standard deviation, minimum, maximum and null count, against NannyML the Jensen-Shannon distance, for every chunk
and column of the analysis. Prints the largest difference of each, relative to the larger of 1 and the value.
Usage: check.py LONGWATCH FOLDER    (FOLDER as end_to_end.py left it, such as build/benchmarks/wide_100000)
"""

import subprocess
import sys
from pathlib import Path

import polars as pl

NUMBERS = ("mean", "standard_deviation", "minimum", "maximum", "null_count")
TOLERANCE = 1e-6
Values = dict[tuple, float]


def longwatch_values(program: str, folder: Path) -> Values:
    subprocess.run([program, "run", folder / "everything.yaml", "-o", folder / "checked", "--quiet"], check=True)
    rows = pl.read_parquet(folder / "checked" / "results.parquet").filter(
        pl.col("period") == "analysis", pl.col("column").is_not_null(), pl.col("chunk_index").is_not_null()
    )
    return {(m, c, i): v for m, c, i, v in rows.select("metric", "column", "chunk_index", "value").iter_rows()}


def statistics_of(path: Path) -> Values:
    """By metric, column, chunk and period."""
    rows = pl.read_parquet(path).unpivot(on=NUMBERS, index=["name", "chunk", "period"], variable_name="metric")
    return {(m, c, i, p): v for m, c, i, p, v in rows.select("metric", "name", "chunk", "period", "value").iter_rows()}


def counts_of(path: Path) -> Values:
    """By "count", column, chunk, period and key: a bin, or a text."""
    rows = pl.read_parquet(path).select("name", "chunk", "period", "key", "rows")
    return {("count", *key): n for *key, n in rows.iter_rows()}


def distances_of(path: Path) -> Values:
    frame, suffix = pl.read_parquet(path), "_jensen_shannon_value"
    names = [name for name in frame.columns if name.endswith(suffix)]
    return {("jensen_shannon", n.removesuffix(suffix), i): v for n in names for i, v in enumerate(frame[n])}


def compare(title: str, ours: Values, theirs: Values) -> bool:
    """Prints the largest difference of each metric. False where one is too large, a value is missing, or all are."""
    worst: dict[str, tuple[float, int]] = {}
    for key, value in theirs.items():
        other = ours.get(key)
        difference = abs(other - value) / max(1.0, abs(value)) if other is not None else float("inf")
        largest, count = worst.get(key[0], (0.0, 0))
        worst[key[0]] = (max(largest, difference), count + 1)
    for metric, (largest, count) in sorted(worst.items()):
        print(f"{title}: {metric}: {count} values, largest difference {largest:.1e}")
    exact = ("count", "minimum", "maximum", "null_count")
    return bool(worst) and all(
        largest <= (0.0 if metric in exact else TOLERANCE) for metric, (largest, _) in worst.items()
    )


def main() -> None:
    folder, good = Path(sys.argv[2]), []
    polars = {read.__name__: read(folder / f"polars_{name}.parquet") for read, name in READERS}
    duckdb = {read.__name__: read(folder / f"duckdb_{name}.parquet") for read, name in READERS}
    for kind, values in polars.items():
        good.append(compare("DuckDB and Polars", duckdb[kind], values))
        good.append(duckdb[kind].keys() == values.keys())
    ours = longwatch_values(sys.argv[1], folder)
    analysis = {key[:3]: v for key, v in polars["statistics_of"].items() if key[3] == "analysis"}
    good.append(compare("Longwatch and Polars", ours, analysis))
    if (folder / "nannyml.parquet").exists():
        good.append(compare("Longwatch and NannyML", ours, distances_of(folder / "nannyml.parquet")))
    if not all(good):
        sys.exit("the answers differ, or there are none")


READERS = ((statistics_of, "statistics"), (counts_of, "counts"))
main()
