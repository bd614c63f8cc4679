"""Plain statistics with Polars, lazily and on its streaming engine, the way its user guide recommends.

For each chunk of both files: mean, standard deviation, minimum, maximum and nulls of the numbers, 50-bin histograms
with the reference's edges, counts of the texts. No distance, threshold, quantile or PCA.
Usage: polars_statistics.py FOLDER CHUNK_ROWS [OUTPUT]
"""

import sys

import polars as pl

BINS = 50


def main() -> None:
    folder, chunk_rows = sys.argv[1], int(sys.argv[2])
    schema = pl.read_parquet_schema(f"{folder}/reference.parquet")
    numbers = [name for name, kind in schema.items() if kind == pl.Float64]
    texts = [name for name, kind in schema.items() if kind == pl.String]
    ends = pl.scan_parquet(f"{folder}/reference.parquet").select(
        pl.col(numbers).min().name.suffix("|min"), pl.col(numbers).max().name.suffix("|max")
    )
    ends = ends.collect(engine="streaming").row(0, named=True)

    queries = []
    for period in ("reference", "analysis"):
        rows = pl.scan_parquet(f"{folder}/{period}.parquet", row_index_name="row")
        chunk = (pl.col("row") // chunk_rows).alias("chunk")
        columns = pl.col(numbers)
        queries.append(
            rows.group_by(chunk).agg(
                columns.mean().name.suffix("|mean"),
                columns.std().name.suffix("|standard_deviation"),
                columns.min().name.suffix("|minimum"),
                columns.max().name.suffix("|maximum"),
                columns.null_count().name.suffix("|null_count"),
            )
        )
        for name in numbers:
            low, high = ends[f"{name}|min"], ends[f"{name}|max"]
            place = ((pl.col(name) - low) * (BINS / (high - low))).floor().clip(-1, BINS).cast(pl.Int8)
            queries.append(rows.group_by(chunk, place.alias("bin")).len())
        queries += [rows.group_by(chunk, name).len() for name in texts]
    results = pl.collect_all(queries, engine="streaming")
    print(len(results), "tables,", sum(table.height for table in results), "rows")
    if len(sys.argv) > 3:
        results[len(queries) // 2].sort("chunk").write_parquet(sys.argv[3])


main()
