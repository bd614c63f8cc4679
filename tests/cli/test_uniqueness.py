"""Exact uniqueness against an oracle that walks the rows with dictionaries: ids of all kinds, across row groups, files and chunks."""
import collections
import json
import os
import random
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = 4_000
START = datetime(2024, 1, 1)
METRICS = ("duplicate_count", "duplicate_rate", "unique_count", "missing_count", "missing_rate")
KINDS = {
    "text": (pa.string(), lambda rng, n: f"tx-{rng.randint(0, n)}"),
    "long text": (pa.string(), lambda rng, n: "é" * 300 + str(rng.randint(0, n))),
    "integer": (pa.int64(), lambda rng, n: rng.randint(-n // 2, n // 2) + (1 << 62)),
    "floating": (pa.float64(), lambda rng, n: rng.choice([float("nan"), -0.0, 0.0] + [rng.randint(0, n) / 8] * 20)),
    "dictionary": (pa.dictionary(pa.int32(), pa.string()), lambda rng, n: f"c{rng.randint(0, 50)}"),
    "boolean": (pa.bool_(), lambda rng, n: rng.random() < 0.5),
    "binary": (pa.binary(), lambda rng, n: rng.randint(0, n).to_bytes(3, "big")),
}


def make(seed, kind, spread=3 * ROWS):
    """Rows of (when, id): in no order, some without a timestamp, some without an id."""
    rng = random.Random(seed)
    rows = [(None if rng.random() < 0.03 else START + timedelta(minutes=10 * i), None if rng.random() < 0.1 else KINDS[kind][1](rng, spread)) for i in range(ROWS)]
    rng.shuffle(rows)
    return rows


def write(path, kind, rows, **options):
    ids = pa.array([key for _, key in rows], KINDS[kind][0])
    pq.write_table(pa.table({"when": pa.array([when for when, _ in rows], pa.timestamp("us")), "id": ids, "x": [float(i % 9) for i in range(len(rows))]}), path, **options)


def write_parts(folder, name, kind, rows, cuts=(0, 1111, 1500, ROWS)):
    for part, (begin, end) in enumerate(zip(cuts, cuts[1:])):
        write(folder / f"{name}{part}.parquet", kind, rows[begin:end], row_group_size=197 + 300 * part)


def absent(key):
    return key is None or key != key


def expected(rows):
    """By chunk (a day; None: the whole period): (rows, missing, first, repeated)."""
    days = sorted({when.date() for when, _ in rows if when})
    slot = {day: i for i, day in enumerate(days)}
    by_slot = collections.defaultdict(list)
    for when, key in rows:
        by_slot[slot[when.date()] if when else len(days)].append(key)
    seen, out = set(), {}
    for k in range(len(days) + 1):
        fresh = [key for key in by_slot[k] if not absent(key)]
        new = set(fresh) - seen
        seen |= new
        out[k] = (len(by_slot[k]), len(by_slot[k]) - len(fresh), len(new), len(fresh) - len(new))
    out[None] = tuple(map(sum, zip(*out.values())))
    del out[len(days)]
    return out


def configure(folder, **model):
    keys = {"reference": "reference*.parquet", "analysis": "analysis*.parquet", "timestamp": "when", "chunk": "1d", "id": "id", "features": ["x"]}
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": keys | model}}))


def run(longwatch, folder, *options, env=None):
    done = longwatch("run", "fleet.yaml", "-o", "out", "--quiet", *options, cwd=folder, env=env)
    assert done.returncode == 0, done.stderr
    return pq.read_table(folder / "out" / "results.parquet").to_pylist()


@pytest.mark.parametrize("kind", KINDS)
def test_counts_are_exact(longwatch, tmp_path, kind):
    periods = {"reference": make(1, kind), "analysis": make(2, kind)}
    for name, rows in periods.items():
        write_parts(tmp_path, name, kind, rows)
    configure(tmp_path, metrics=["duplicate_*", "unique_count", "missing_*"], constraints=[{"column": "id", "unique": True}])
    found = [row for row in run(longwatch, tmp_path) if row["column"] == "id"]
    assert {row["family"] for row in found} == {"data_quality"}
    values = {(row["period"], row["chunk_index"], row["metric"]): (row["rows"], row["value"]) for row in found}
    assert len(values) == len(found)
    wanted = {}
    for period, rows in periods.items():
        for chunk, (n, missing, first, repeated) in expected(rows).items():
            each = dict(zip(METRICS, (repeated, repeated / (first + repeated), first, missing, missing / n)))
            wanted |= {(period, chunk, metric): (n, value) for metric, value in (each | {"unique": repeated}).items()}
    assert values == wanted
    outside = {(row["period"], row["chunk_index"]): row["outside"] for row in found if row["metric"] == "unique"}
    assert outside == {(p, c): repeated > 0 for p, rows in periods.items() for c, (*_, repeated) in expected(rows).items()}
    assert any(outside.values())


def test_same_bytes_on_disk_in_any_layout(longwatch, tmp_path):
    """A budget of one kilobyte sends every row to disk; nothing is left there."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    env = {"TMPDIR": str(temporary)}
    rows = {name: make(seed, "text") for seed, name in enumerate(("reference", "analysis"))}
    configure(tmp_path, metrics=["duplicate_*"], constraints=[{"column": "id", "unique": True}, {"column": "x", "unique": True}])
    contents = set()
    for layout in (lambda name: write_parts(tmp_path, name, "text", rows[name]), lambda name: write(tmp_path / f"{name}.parquet", "text", rows[name], use_dictionary=False)):
        for path in tmp_path.glob("*.parquet"):
            path.unlink()
        for name in rows:
            layout(name)
        for options in ([], ["--threads", "1", "--unique-memory", "1KB"], ["--threads", "4", "--unique-memory", "1KB"], ["--unique-memory", "20KB"]):
            # Files in their bytewise order, so rows lie in the same order in both layouts.
            run(longwatch, tmp_path, *options, env=env)
            contents.add((tmp_path / "out" / "results.parquet").read_bytes())
            assert list(temporary.iterdir()) == []
    assert len(contents) == 1


@pytest.mark.skipif(os.geteuid() == 0 and not os.path.exists("/proc"), reason="needs /proc")
def test_no_place_for_the_temporary_file_is_3(longwatch, tmp_path):
    for name in ("reference", "analysis"):
        write(tmp_path / f"{name}.parquet", "text", make(1, "text"))
    configure(tmp_path, constraints=[{"column": "id", "unique": True}])
    done = longwatch("run", "fleet.yaml", "-o", "out", "--unique-memory", "1KB", cwd=tmp_path, env={"TMPDIR": "/proc"})
    assert done.returncode == 3 and "/proc" in done.stderr and "TMPDIR" in done.stderr and "uniqueness" in done.stderr
    assert not (tmp_path / "out").exists()
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=tmp_path, env={"TMPDIR": "/proc"}).returncode == 0  # fits in memory


def test_the_id_is_read_only_where_asked(longwatch, tmp_path):
    for name in ("reference", "analysis"):
        write(tmp_path / f"{name}.parquet", "text", make(1, "text"))
    configure(tmp_path)
    assert "id" not in {row["column"] for row in run(longwatch, tmp_path)}
    configure(tmp_path, constraints=[{"column": "id", "unique": True}])
    assert {row["metric"] for row in run(longwatch, tmp_path) if row["column"] == "id"} == {*METRICS, "unique"}
    configure(tmp_path, metrics=["unique_count"])
    assert {row["metric"] for row in run(longwatch, tmp_path)} == {"unique_count", "timestamp_missing_rate", "timestamp_outside_rate"}


def test_unique_ids_raise_no_alert_and_one_repeated_later_does(longwatch, tmp_path):
    fresh = lambda first: [(START + timedelta(minutes=10 * i), f"tx-{first + i}") for i in range(ROWS)]
    write(tmp_path / "reference.parquet", "text", fresh(0))
    write(tmp_path / "analysis.parquet", "text", fresh(5))  # ids of the reference do not count
    configure(tmp_path, metrics=["duplicate_rate"], constraints=[{"column": "id", "unique": True}])
    assert not [row for row in run(longwatch, tmp_path) if row["alert"]]
    late = fresh(5)
    late[3_000] = (late[3_000][0], "tx-5")
    write(tmp_path / "analysis.parquet", "text", late)
    found = run(longwatch, tmp_path)
    day = 3_000 // 144
    assert {(row["metric"], row["chunk_index"], row["value"]) for row in found if row["alert"]} == {
        ("unique", day, 1), ("unique", None, 1), ("duplicate_rate", day, 1 / 144)}
    configure(tmp_path, metrics=["duplicate_rate"], thresholds={"duplicate_rate@id": {"constant": {"upper": 0.1}}})
    found = [row for row in run(longwatch, tmp_path) if row["chunk_index"] == day and row["period"] == "analysis"]
    assert [(row["threshold_upper"], row["alert"]) for row in found] == [(0.1, False)]


def test_analyze_gives_what_run_gives(longwatch, tmp_path):
    for seed, name in enumerate(("reference", "analysis")):
        write(tmp_path / f"{name}.parquet", "integer", make(seed, "integer"))
    configure(tmp_path, metrics=["duplicate_*"], constraints=[{"column": "id", "unique": True}])
    run(longwatch, tmp_path)
    assert longwatch("fit", "fleet.yaml", "-o", "fitted", "--quiet", cwd=tmp_path).returncode == 0
    assert longwatch("analyze", "fleet.yaml", "--profiles", "fitted/profiles", "-o", "again", "--quiet", cwd=tmp_path).returncode == 0
    assert (tmp_path / "out" / "results.parquet").read_bytes() == (tmp_path / "again" / "results.parquet").read_bytes()


def test_with_a_filter_only_kept_rows_count(longwatch, tmp_path):
    rows = make(1, "integer")
    for name in ("reference", "analysis"):
        write(tmp_path / f"{name}.parquet", "integer", rows)
    configure(tmp_path, metrics=["unique_count"], filter=[{"column": "x", "less_than": 4}])
    kept = [row for i, row in enumerate(rows) if i % 9 < 4]
    values = {row["chunk_index"]: row["value"] for row in run(longwatch, tmp_path) if row["metric"] == "unique_count" and row["period"] == "analysis"}
    assert values == {chunk: first for chunk, (_, _, first, _) in expected(kept).items()}


def test_analysis_without_the_id(longwatch, tmp_path):
    rows = make(1, "text")
    write(tmp_path / "reference.parquet", "text", rows)
    write(tmp_path / "analysis.parquet", "text", rows)
    pq.write_table(pq.read_table(tmp_path / "analysis.parquet").drop_columns(["id"]), tmp_path / "analysis.parquet")
    configure(tmp_path, metrics=["duplicate_rate"])
    found = [row for row in run(longwatch, tmp_path) if row["metric"] == "duplicate_rate" and row["period"] == "analysis"]
    assert [(row["value"], row["status"]) for row in found] == [(None, "undefined: the data lacks the column")]


def test_unknown_unique_column_is_2(longwatch, tmp_path):
    write(tmp_path / "reference.parquet", "text", make(1, "text"))
    configure(tmp_path, constraints=[{"column": "idd", "unique": True}])
    done = longwatch("validate", "fleet.yaml", cwd=tmp_path)
    assert done.returncode == 2 and "'idd'" in done.stderr and "did you mean 'id'?" in done.stderr and "fleet.yaml:1:" in done.stderr
