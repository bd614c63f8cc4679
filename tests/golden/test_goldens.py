"""Longwatch against NannyML's results and against SciPy on the same rows, cell by cell."""
import collections
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy import stats

from sets import HERE, SETS, chunkings, fleet

CASES = [(name, suffix, rule) for name in SETS for suffix, rule in chunkings(name)]
# golden calculator -> our metric, relative tolerance, absolute tolerance
COLUMN_METRICS = {
    "stats_avg": ("mean", 1e-7, 1e-12), "stats_std": ("standard_deviation", 1e-7, 1e-12), "stats_sum": ("sum", 1e-7, 1e-9),
    "missing_values": ("missing_rate", 1e-7, 1e-12), "missing_values_count": ("missing_count", 1e-7, 0),
    "unseen_values": ("unseen_rate", 1e-7, 1e-12), "numerical_range": ("out_of_range_rate", 1e-7, 1e-12),
}
DRIFT = {"jensen_shannon": ("jensen_shannon", 0, 1e-7), "hellinger": ("hellinger", 1e-7, 1e-9),
         "l_infinity": ("l_infinity", 1e-7, 1e-12), "chi2": ("chi_squared", 1e-7, 1e-9)}
compared = collections.Counter()


def close(ours, theirs, relative, absolute):
    return abs(ours - theirs) <= max(absolute, relative * abs(theirs))


class Results:
    """results.parquet as a dictionary (period, chunk, column, metric) -> row."""

    def __init__(self, path):
        self.rows = {(r["period"], r["chunk_index"], r["column"], r["metric"]): r for r in pq.read_table(path).to_pylist()
                     if r["segment_column"] is None}

    def get(self, chunk, column, metric):
        return self.rows[(chunk["chunk__period"], chunk["chunk__chunk_index"], column, metric)]


@pytest.fixture(scope="module")
def results(longwatch, tmp_path_factory):
    cache = {}

    def of(name, suffix, rule):
        if (name, suffix) not in cache:
            folder = tmp_path_factory.mktemp("golden")
            (folder / "fleet.yaml").write_text(json.dumps(fleet(name, rule)))
            run = longwatch("run", folder / "fleet.yaml", "-o", folder / "out", "--quiet")
            assert run.returncode == 0, run.stderr
            cache[name, suffix] = Results(folder / "out" / "results.parquet")
        return cache[name, suffix]

    return of


def golden(name, calculator, suffix):
    return pq.read_table(HERE / "expected" / name / f"{calculator}__{suffix}.parquet").to_pylist()


def check(failures, kind, row, chunk, prefix, relative, absolute, thresholds=True):
    """Value, thresholds and alert of one golden cell. A value on its limit may differ in alert only."""
    where = f"{prefix} {chunk['chunk__period']} {chunk['chunk__key']}"
    value = chunk[prefix + "__value"]
    if value is None or np.isnan(value):
        if row["status"] == "ok":
            failures.append(f"{where}: {row['value']} where the peer has none")
        return
    compared[kind] += 1
    if row["status"] != "ok" or not close(row["value"], value, relative, absolute):
        failures.append(f"{where}: {row['value']} ({row['status']}) is not {value}")
        return
    if not thresholds:
        return
    on_limit = False
    for side in ("lower", "upper"):
        theirs, ours = chunk[f"{prefix}__{side}_threshold"], row[f"threshold_{side}"]
        if theirs is None:
            continue
        compared[kind + " thresholds"] += 1
        if ours is None or not close(ours, theirs, max(relative, 1e-7), max(absolute, 1e-9)):
            failures.append(f"{where}: {side} threshold {ours} is not {theirs}")
        on_limit |= close(value, theirs, 1e-9, 1e-12)
    if not on_limit:
        compared[kind + " alerts"] += 1
        outside = row["p_value"] < 0.05 if kind == "chi2" else bool(row["outside"])
        if outside != bool(chunk[prefix + "__alert"]):
            failures.append(f"{where}: outside {outside}, the peer's alert {chunk[prefix + '__alert']}")


def columns_of(rows):
    return sorted({key.split("__")[0] for key in rows[0] if not key.startswith("chunk__")})


@pytest.mark.parametrize("name,suffix,rule", CASES)
@pytest.mark.parametrize("calculator", COLUMN_METRICS)
def test_column_metrics(results, name, suffix, rule, calculator):
    metric, relative, absolute = COLUMN_METRICS[calculator]
    failures, ours, rows = [], results(name, suffix, rule), golden(name, calculator, suffix)
    for chunk in rows:
        for column in columns_of(rows):
            check(failures, calculator, ours.get(chunk, column, metric), chunk, column, relative, absolute)
    assert not failures, "\n".join(failures[:20])


@pytest.mark.parametrize("name,suffix,rule", CASES)
def test_univariate_drift(results, name, suffix, rule):
    failures, ours = [], results(name, suffix, rule)
    for calculator in ("univariate_all", "univariate_default"):
        rows = golden(name, calculator, suffix)
        keys = sorted({tuple(key.split("__")[:2]) for key in rows[0] if not key.startswith("chunk__")})
        for chunk in rows:
            for column, method in keys:
                if method in DRIFT:
                    metric, relative, absolute = DRIFT[method]
                    check(failures, method, ours.get(chunk, column, metric), chunk, f"{column}__{method}", relative, absolute)
    assert not failures, "\n".join(failures[:20])


@pytest.mark.parametrize("name,suffix,rule", CASES)
def test_reconstruction_and_rows(results, name, suffix, rule):
    failures, ours = [], results(name, suffix, rule)
    for chunk in golden(name, "pca_reconstruction", suffix):
        check(failures, "pca", ours.get(chunk, None, "reconstruction_error"), chunk, "reconstruction_error", 1e-6, 0)
    for chunk in golden(name, "stats_count", suffix):
        check(failures, "rows", ours.get(chunk, None, "row_count"), chunk, "rows_count", 0, 0)
    assert not failures, "\n".join(failures[:20])


@pytest.mark.parametrize("name,suffix,rule", CASES)
def test_chunk_boundaries(results, name, suffix, rule):
    ours = results(name, suffix, rule)
    for chunk in golden(name, "stats_count", suffix):
        row = ours.get(chunk, None, "row_count")
        assert row["chunk_key"] == chunk["chunk__key"]
        compared["chunk keys"] += 1
        if chunk["chunk__start_date"] is None:
            continue
        start, end = row["chunk_start"].replace(tzinfo=None), row["chunk_end"].replace(tzinfo=None)
        assert start == chunk["chunk__start_date"]
        # A period's end is the next one's start here, a microsecond before it there.
        assert abs((end - chunk["chunk__end_date"]).total_seconds()) <= (1e-6 if suffix.startswith("period") else 0)
        compared["chunk dates"] += 2


def rows_of(name, chunk, table):
    return table.slice(chunk["chunk__start_index"], chunk["chunk__end_index"] - chunk["chunk__start_index"] + 1)


def finite(table, column):
    values = table.column(column).combine_chunks().drop_null().to_numpy(zero_copy_only=False).astype(float)
    return values[np.isfinite(values)]


@pytest.mark.parametrize("name,suffix,rule", CASES)
def test_against_scipy(results, name, suffix, rule):
    """KS, Wasserstein and the median, from the rows themselves."""
    failures, ours = [], results(name, suffix, rule)
    tables = {period: pq.read_table(HERE / "data" / name / f"{period}.parquet") for period in ("reference", "analysis")}
    rows = golden(name, "stats_median", suffix)
    for column in columns_of(rows):
        reference = np.sort(finite(tables["reference"], column))
        exact = len(np.unique(reference)) <= 1024
        for chunk in rows:
            values = finite(rows_of(name, chunk, tables[chunk["chunk__period"]]), column)
            where = f"{column} {chunk['chunk__period']} {chunk['chunk__key']}"
            ks = ours.get(chunk, column, "kolmogorov_smirnov")["value"]
            if abs(ks - stats.ks_2samp(reference, values, method="asymp").statistic) > (1e-12 if exact else 2e-3):
                failures.append(f"{where}: KS {ks}")
            distance = stats.wasserstein_distance(reference, values)
            w = ours.get(chunk, column, "wasserstein")["value"]
            if abs(w - distance) > 0.01 * distance + 1e-12:
                failures.append(f"{where}: Wasserstein {w} is not {distance}")
            rank = lambda x: np.searchsorted(reference, x, "left"), lambda x: np.searchsorted(reference, x, "right")
            median, true = ours.get(chunk, column, "median")["value"], chunk[column + "__value"]
            low, high = min(rank[0](median), rank[0](true)), max(rank[1](median), rank[1](true))
            inside = rank[0](median) - rank[1](true), rank[0](true) - rank[1](median)
            if max(*inside, 0) / len(reference) > 1 / 1024:
                failures.append(f"{where}: median {median} is not {true} (ranks {low} to {high})")
            compared.update({"KS": 1, "Wasserstein": 1, "medians": 1})
    assert not failures, "\n".join(failures[:20])


def test_cells_compared_only_grow(capsys):
    """Runs last. Raise the numbers in cells.json when more is compared; never lower them."""
    least = json.loads((HERE / "cells.json").read_text())
    with capsys.disabled():
        print(f"\ngolden cells compared: {sum(compared.values())} {dict(sorted(compared.items()))}")
    assert sum(compared.values()) >= least["total"]
