"""Plain statistics with DuckDB over Parquet, the same work and results as polars_statistics.py.

For each chunk of each file: mean, standard deviation, minimum, maximum and nulls of the numbers, 50-bin histograms with
the reference's edges, counts of the texts. No distance, threshold, quantile or PCA.
Usage: duckdb_statistics.py FOLDER CHUNK_ROWS OUTPUT [PERIOD]...
Writes OUTPUT_statistics.parquet and OUTPUT_counts.parquet. Periods are reference and analysis; without the reference
the edges come from FOLDER/ends.json.
"""

import json
import sys

import duckdb

BINS = 50


def literal(value: float) -> str:
    return f"'{value!r}'::DOUBLE"  # a bare 0.1 would be a DECIMAL


def read_ends(db: duckdb.DuckDBPyConnection, folder: str, numbers: list[str], periods: list[str]) -> dict:
    if "reference" not in periods:
        with open(f"{folder}/ends.json") as file:
            return json.load(file)
    ends = ", ".join(f'min("{name}"), max("{name}")' for name in numbers)
    row = db.execute(f"SELECT {ends} FROM read_parquet('{folder}/reference.parquet')").fetchone()
    return {name: row[2 * i : 2 * i + 2] for i, name in enumerate(numbers)}


# The fastest of seven ways tried on 200,000 + 200,000 rows, 2 cores (wall / CPU s): every column grouped by chunk and
# bin, statistics of the cells rolled up afterwards, as one UNION ALL (0.50 / 0.93); the same, a query a column
# (0.66 / 1.06); statistics in a query of their own, then counts as one UNION ALL (0.65 / 1.17), by GROUPING SETS
# (0.97 / 1.79), a query a column (1.04 / 1.72), the same with one integer key (1.03 / 1.69); histogram() of the bin in
# one query (1.29 / 2.03). One or two runs of each on a shared machine, before results were written to files and before
# nulls had a bin of their own: an order, not figures to quote.
def cells(folder: str, chunk_rows: int, periods: list[str], numbers: list[str], texts: list[str], ends: dict) -> str:
    queries = []
    for period in periods:
        rows = f"read_parquet('{folder}/{period}.parquet', file_row_number = true)"
        chunk = f"'{period}' AS period, CAST(file_row_number // {chunk_rows} AS INTEGER) AS chunk"
        for name in numbers:
            low, high = ends[name]
            place = f'floor(("{name}" - {literal(low)}) * {literal(BINS / (high - low))})'
            # Not least() and greatest(): they skip nulls, and took 15 % more CPU with a guard against that.
            clamped = f'CASE WHEN {place} < -1 THEN -1 WHEN {place} > {BINS} THEN {BINS} ELSE {place} END'
            queries.append(
                f"SELECT {chunk}, '{name}' AS name, CAST({clamped} AS TINYINT) AS bin,"
                f' NULL AS text, count(*) AS rows, avg("{name}") AS mean, var_pop("{name}") AS variance,'
                f' min("{name}") AS minimum, max("{name}") AS maximum FROM {rows} GROUP BY ALL'
            )
        for name in texts:
            queries.append(
                f"SELECT {chunk}, '{name}' AS name, NULL AS bin, \"{name}\" AS text, count(*) AS rows,"
                f" NULL AS mean, NULL AS variance, NULL AS minimum, NULL AS maximum FROM {rows} GROUP BY ALL"
            )
    return " UNION ALL ".join(queries)


ROLLED_UP = """
WITH centred AS (
  SELECT *, CASE WHEN bin IS NULL THEN 0 ELSE rows END AS n,
    sum(n * mean) OVER cell / sum(n) OVER cell AS centre
  FROM cells WHERE name LIKE 'number%' WINDOW cell AS (PARTITION BY period, chunk, name)
)
SELECT period, chunk, name, any_value(centre) AS mean,
  sqrt(sum(n * variance + n * (mean - centre) ** 2) / (sum(n) - 1)) AS standard_deviation,
  min(minimum) AS minimum, max(maximum) AS maximum, sum(rows - n) AS null_count
FROM centred GROUP BY period, chunk, name
"""


def main() -> None:
    folder, chunk_rows, output = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    periods = sys.argv[4:] or ["reference", "analysis"]
    db = duckdb.connect()  # as many threads as cores
    db.execute("SET preserve_insertion_order = false")
    columns = db.execute(f"DESCRIBE SELECT * FROM read_parquet('{folder}/{periods[0]}.parquet')").fetchall()
    numbers = [name for name, kind, *_ in columns if kind == "DOUBLE"]
    texts = [name for name, kind, *_ in columns if kind == "VARCHAR"]
    ends = read_ends(db, folder, numbers, periods)
    db.execute(f"CREATE TEMP TABLE cells AS {cells(folder, chunk_rows, periods, numbers, texts, ends)}")
    db.execute(f"COPY ({ROLLED_UP}) TO '{output}_statistics.parquet'")
    counts = "SELECT period, chunk, name, coalesce(text, bin::VARCHAR) AS key, rows FROM cells"
    db.execute(f"COPY ({counts}) TO '{output}_counts.parquet'")
    print(len(columns), "columns,", db.execute("SELECT count(*) FROM cells").fetchone()[0], "cells")


main()
