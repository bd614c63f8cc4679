"""The smallest cases of what the random tables have found wrong, and what was mended since."""
import json
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


@pytest.fixture
def results(tmp_path, longwatch):
    def run(reference, analysis, **model):
        for name, values in (("reference", reference), ("analysis", analysis)):
            pq.write_table(pa.table({"x": values}), tmp_path / f"{name}.parquet")
        (tmp_path / "fleet.yaml").write_text(json.dumps(
            {"models": {"m": {"reference": "reference.parquet", "analysis": "analysis.parquet", **model}}}))
        done = longwatch("run", tmp_path / "fleet.yaml", "-o", tmp_path / "out", "--quiet")
        assert done.returncode == 0, done.stderr
        return pq.read_table(tmp_path / "out" / "results.parquet").to_pylist()

    return run


def test_without_a_threshold_nothing_is_said_of_outside(results):
    rows = results([1.0, 2, 3, 4], [1.0, 2, 3, 4], chunk={"number": 2}, metrics=["jensen_shannon"], thresholds={"jensen_shannon": "none"})
    assert [row["outside"] for row in rows if row["metric"] == "jensen_shannon"] == [None] * 4


def test_limits_of_huge_values_are_finite(results):
    rows = results([1e300, -1e300, 2e300, -3e300], [1e300] * 4, chunk={"number": 4}, metrics=["mean"], thresholds={"mean": {"standard_deviation": 3}})
    for row in rows:
        assert math.isclose(row["threshold_lower"], -6.0109e300, rel_tol=1e-4) and math.isclose(row["threshold_upper"], 5.5109e300, rel_tol=1e-4)


def test_the_standard_deviation_of_huge_values(results):
    rows = results([1e300, -1e300] * 2, [1e300, -1e300] * 2, chunk={"number": 1}, metrics=["standard_deviation"])
    assert [row["value"] for row in rows] == [pytest.approx(2e300 / math.sqrt(3), rel=1e-9)] * 2


def test_the_median_of_whole_numbers_is_one_of_them(results):
    for lone in (3, 7, 11):
        rows = results(list(range(30, 51)), [1, lone, 29], chunk={"number": 1}, metrics=["median"])
        row = next(row for row in rows if row["period"] == "analysis")
        assert abs(row["value"] - lone) <= row["resolution"]
