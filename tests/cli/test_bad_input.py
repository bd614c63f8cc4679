"""Bad input as a user meets it: the error says what and where, the exit code is right, nothing is half-written."""
import json
import os
import shutil
import subprocess

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import BINARY

ROWS = 2_000


def good_table(rows=ROWS, seed=1):
    rng = np.random.default_rng(seed)
    return pa.table({"when": pa.array(np.datetime64("2024-01-01", "us") + np.arange(rows).astype("timedelta64[h]")),
                     "x": rng.normal(size=rows), "c": pa.array(np.array(["a", "b"])[rng.integers(0, 2, rows)]), "score": rng.random(rows)})


class Case:
    def __init__(self, folder, longwatch):
        self.folder, self.longwatch = folder, longwatch
        self.model = dict(task="binary", score="score", timestamp="when", chunk="1w", reference="reference.parquet", analysis="analysis.parquet")
        pq.write_table(good_table(), folder / "reference.parquet")
        pq.write_table(good_table(seed=2), folder / "analysis.parquet")

    def run(self, models=None, *options):
        (self.folder / "fleet.yaml").write_text(json.dumps({"models": models or {"m": self.model}}))
        return self.longwatch("run", self.folder / "fleet.yaml", "-o", self.folder / "out", "--quiet", *options)

    def fails(self, code, *words):
        done = self.run()
        assert done.returncode == code, (done.returncode, done.stderr)
        for word in words:
            assert word in done.stderr, f"'{word}' is not in: {done.stderr}"
        assert not (self.folder / "out").exists(), "a failed run left a result"
        assert [p.name for p in self.folder.iterdir() if "longwatch-" in p.name] == [], "a failed run left its staging folder"

    def rows(self):
        return pq.read_table(self.folder / "out" / "results.parquet").to_pylist()


@pytest.fixture
def case(tmp_path, longwatch):
    return Case(tmp_path, longwatch)


pytestmark = pytest.mark.sanitized


def test_missing_file(case):
    (case.folder / "analysis.parquet").unlink()
    case.fails(3, "analysis.parquet", "model 'm'")


def test_empty_file(case):
    (case.folder / "analysis.parquet").write_bytes(b"")
    case.fails(3, "analysis.parquet")


def test_not_parquet(case):
    (case.folder / "analysis.parquet").write_text("when,x\n1,2\n")
    case.fails(3, "analysis.parquet", "not a Parquet file")


def test_truncated(case):
    path = case.folder / "analysis.parquet"
    path.write_bytes(path.read_bytes()[:-200])
    case.fails(3, "analysis.parquet")


def test_bad_checksum(case):
    path = case.folder / "analysis.parquet"
    pq.write_table(good_table(), path, write_page_checksum=True, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    case.fails(3, "analysis.parquet", "row group 0")


def test_no_rows_in_reference(case):
    pq.write_table(good_table().slice(0, 0), case.folder / "reference.parquet")
    case.fails(3, "reference", "no rows")


def test_missing_column_names_the_nearest(case):
    case.model["timestamp"] = "wehn"
    case.fails(2, "fleet.yaml:1", "wehn", "did you mean 'when'?")


def test_unknown_key(case):
    case.model["refrence"] = "x"
    case.fails(2, "fleet.yaml:1", "refrence", "did you mean 'reference'?")


def test_unknown_metric(case):
    case.model["thresholds"] = {"jensen_shanon": {"constant": {"upper": 0.1}}}
    case.fails(2, "jensen_shanon", "did you mean 'jensen_shannon'?")


def test_nested_column_named(case):
    table = good_table().append_column("list", pa.array([[1, 2]] * ROWS))
    pq.write_table(table, case.folder / "reference.parquet")
    case.model["features"] = ["x", "list"]
    case.fails(2, "list")


def test_nested_column_ignored_when_not_named(case):
    for name in ("reference", "analysis"):
        pq.write_table(good_table().append_column("list", pa.array([[1, 2]] * ROWS)), case.folder / f"{name}.parquet")
    assert case.run().returncode == 0
    assert all(row["column"] != "list" for row in case.rows())


def test_text_declared_continuous(case):
    case.model["treat_as"] = {"c": "continuous"}
    case.fails(2, "'c'")


def test_unique_ids_declared_a_feature(case):
    for name, seed in (("reference", 0), ("analysis", 1)):
        pq.write_table(good_table().append_column("key", pa.array([f"{seed}-{i}" for i in range(ROWS)])), case.folder / f"{name}.parquet")
    assert case.run().returncode == 0
    unseen = [r for r in case.rows() if r["column"] == "key" and r["metric"] == "unseen_rate" and r["period"] == "analysis"]
    assert all(r["value"] == 1 and r["outside"] for r in unseen)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), -float("inf"), 0.0])
def test_one_value_columns(case, value):
    """All null, all NaN, all infinite, constant: every row has a value or says why it has none."""
    for name in ("reference", "analysis"):
        pq.write_table(good_table().append_column("odd", pa.array([value] * ROWS, pa.float64())), case.folder / f"{name}.parquet")
    done = case.run()
    assert done.returncode == 0, done.stderr
    odd = [r for r in case.rows() if r["column"] == "odd"]
    assert odd
    for row in odd:
        assert (row["status"] == "ok") == (row["value"] is not None), row
        assert row["value"] is None or not np.isnan(row["value"]), row
    missing = {r["value"] for r in odd if r["metric"] == "missing_rate"}
    assert missing == {1.0 if value is None or value != value else 0.0}


def test_column_name_not_utf8(case):
    """Names are repaired for people; the data are read."""
    path = case.folder / "analysis.parquet"
    for name in ("reference", "analysis"):
        table = good_table().append_column("caf@", pa.array(np.arange(ROWS, dtype=float)))
        pq.write_table(table, case.folder / f"{name}.parquet", store_schema=False)
        data = (case.folder / f"{name}.parquet").read_bytes()
        (case.folder / f"{name}.parquet").write_bytes(data.replace(b"caf@", b"caf\xe9"))
    done = case.run()
    assert done.returncode == 0, done.stderr
    assert any(row["column"] == "caf\\xE9" for row in case.rows()), path


def test_type_change_and_missing_and_new_columns(case):
    table = good_table(seed=3)
    table = table.set_column(1, "x", table.column("x").cast(pa.string())).drop_columns(["c"]).append_column("fresh", pa.array([1] * ROWS))
    pq.write_table(table, case.folder / "analysis.parquet")
    assert case.run().returncode == 0
    changes = {(r["metric"], r["column"]): r["alert"] for r in case.rows() if r["chunk_index"] is None and r["metric"] in ("type_change", "missing_column", "new_column")}
    assert changes == {("type_change", "x"): True, ("missing_column", "c"): True, ("new_column", "fresh"): False}
    drift = [r for r in case.rows() if r["column"] == "x" and r["metric"] == "mean" and r["period"] == "analysis"]
    assert drift and all(r["status"].startswith("undefined: the type changed") for r in drift)


def test_one_failing_model_does_not_stop_the_others(case):
    broken = dict(case.model, analysis="nowhere.parquet")
    done = case.run({"good": case.model, "broken": broken})
    assert done.returncode == 4
    assert "model 'broken'" in done.stderr and "nowhere.parquet" in done.stderr
    assert {row["model"] for row in case.rows()} == {"good"}
    record = json.loads((case.folder / "out" / "run.json").read_text())
    assert {m["name"]: m["status"] == "ok" for m in record["models"]} == {"good": True, "broken": False}


def test_a_failing_model_changes_no_other(case):
    assert case.run({"good": case.model}).returncode == 0
    alone = (case.folder / "out" / "results.parquet").read_bytes()
    assert case.run({"good": case.model, "broken": dict(case.model, analysis="nowhere.parquet")}).returncode == 4
    assert (case.folder / "out" / "results.parquet").read_bytes() == alone


def test_foreign_directory_is_refused(case):
    (case.folder / "out").mkdir()
    (case.folder / "out" / "thesis.txt").write_text("years of work")
    done = case.run()
    assert done.returncode == 3 and "out" in done.stderr
    assert (case.folder / "out" / "thesis.txt").read_text() == "years of work"


def test_result_is_replaced_as_a_whole(case):
    assert case.run().returncode == 0
    (case.folder / "out" / "stale.txt").write_text("from the old result")
    assert case.run().returncode == 0
    assert not (case.folder / "out" / "stale.txt").exists()


def test_failed_run_keeps_the_old_result(case):
    assert case.run().returncode == 0
    before = (case.folder / "out" / "results.parquet").read_bytes()
    (case.folder / "analysis.parquet").write_bytes(b"gone")
    assert case.run().returncode == 3
    assert (case.folder / "out" / "results.parquet").read_bytes() == before


@pytest.mark.skipif(shutil.which("unshare") is None or os.geteuid() != 0, reason="needs a private mount")
def test_full_disk(case):
    """A file system of 64 KiB: a clear error, no result, no rest."""
    (case.folder / "fleet.yaml").write_text(json.dumps({"models": {"m": case.model}}))
    (case.folder / "small").mkdir()
    script = (f"mount -t tmpfs -o size=64k none {case.folder}/small && {BINARY} run {case.folder}/fleet.yaml -o {case.folder}/small/out --quiet; "
              f"echo code $?; ls -A {case.folder}/small")
    done = subprocess.run(["unshare", "-m", "bash", "-c", script], capture_output=True, text=True, timeout=120)
    if "permission denied" in done.stderr.lower() or "not permitted" in done.stderr.lower():
        pytest.skip("this machine allows no private mount")
    assert "code 3" in done.stdout and done.stdout.strip().endswith("code 3"), done.stdout
    assert "No space left" in done.stderr or "disk" in done.stderr, done.stderr


def test_chunk_without_rows_of_a_column(case):
    """A week in which a column is missing entirely: insufficient data, not NaN."""
    table = good_table(seed=4)
    x = table.column("x").to_numpy().copy()
    valid = np.arange(ROWS) > 400
    pq.write_table(table.set_column(1, "x", pa.array(x, mask=~valid)), case.folder / "analysis.parquet")
    assert case.run().returncode == 0
    first = [r for r in case.rows() if r["column"] == "x" and r["chunk_index"] == 0 and r["period"] == "analysis" and r["metric"] == "kolmogorov_smirnov"]
    assert [r["status"] for r in first] == ["insufficient_data"]


def test_a_column_of_blocks_that_is_not_there(case):
    case.model["intervals"] = dict(resample="custommer")
    case.fails(2, "fleet.yaml:1:", "the reference has no column 'custommer'")


def test_a_column_of_blocks_that_the_analysis_lacks(case):
    pq.write_table(good_table().append_column("customer", pa.array(np.arange(ROWS))), case.folder / "reference.parquet")
    case.model["intervals"] = dict(resample="customer")
    case.fails(2, "fleet.yaml:1:", "the data has no column 'customer' to resample by")
    checked = case.longwatch("validate", case.folder / "fleet.yaml")
    assert checked.returncode == 2 and "to resample by" in checked.stderr + checked.stdout


def test_days_without_a_timestamp(case):
    del case.model["timestamp"]
    case.model |= dict(chunk=dict(size=500), intervals=dict(resample="day"))
    case.fails(2, "model 'm': days need a 'timestamp'")


def test_blocks_of_missing_values_and_too_few_of_them(case):
    """A column that is missing everywhere is one block: no interval, and the reason; values stay."""
    for name in ("reference", "analysis"):
        table = good_table().append_column("store", pa.array([None] * ROWS, pa.string()))
        pq.write_table(table, case.folder / f"{name}.parquet")
    case.model |= dict(intervals=dict(resample="store"), features=["x", "c"])
    assert case.run().returncode == 0
    rows = [row for row in case.rows() if row["metric"] == "mean"]
    assert rows and all(row["value"] is not None and row["ci_lower"] is None for row in rows)
    assert {row["interval_method"] for row in rows} == {"too_few_blocks"}
