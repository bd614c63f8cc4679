"""fit: per_segment: every segment's results are those of a run over files that hold that segment alone."""
import hashlib
import json
import random
import time
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

START = datetime(2024, 1, 1)
WEEKS = 5
SCHEMA = pa.schema([("when", pa.timestamp("us")), ("x", pa.float64()), ("f", pa.float32()), ("n", pa.int64()), ("name", pa.string()),
                    ("region", pa.string()), ("kind", pa.int64()), ("lonely", pa.float64()), ("code", pa.float64())])


def table(rows, seed, shift=0.0, regions=("north", "south", "a,b")):
    """Weeks without rows in some segments, nulls everywhere, a column without values in one region, a region of one row."""
    rng = random.Random(seed)
    maybe = lambda value, share: None if rng.random() < share else value
    out = []
    for i in range(rows):
        region = maybe(rng.choice(regions), 0.05)
        size = {None: 1.0, "north": 1.0, "south": 1000.0}.get(region, 1e-3)
        day = timedelta(minutes=rng.randrange(WEEKS * 7 * 1440))
        if region == "a,b" and timedelta(days=7) < day < timedelta(days=14):
            region = "north"
        out.append({"when": maybe(START + day, 0.01), "x": maybe(rng.choice([rng.gauss(shift, size), rng.gauss(shift, size), float("nan"), float("inf"), -0.0]), 0.1),
                    "f": maybe(rng.lognormvariate(shift, 1) * size, 0.05), "n": maybe(rng.randint(0, 9) * int(size + 1), 0.02),
                    "name": maybe(f"{region}-{rng.randint(0, 20)}", 0.1), "region": region, "kind": maybe(rng.randint(1, 2), 0.1),
                    "lonely": None if region == "south" else rng.random(),
                    "code": maybe(rng.choice([1.0, 2.5, 1.0 + size, float("nan")]), 0.1)})
    one = dict.fromkeys(SCHEMA.names) | {"when": START, "region": "one", "x": 1.0, "n": 3, "name": "z"}
    return out + [one]


REFERENCE, ANALYSIS = table(5_000, 1), table(4_000, 2, 0.4, ("north", "south", "a,b", "unseen"))
KEYS = {"reference": "reference.parquet", "analysis": "analysis.parquet", "timestamp": "when", "chunk": "1w", "features": ["x", "f", "n", "name", "code"], "treat_as": {"code": "categorical"},
        "pca": {"variance": 0.5}, "constraints": [{"column": "n", "in_range": [1, 7]}]}


def write(folder, reference=REFERENCE, analysis=ANALYSIS, row_group=700, shuffle=None, **keys):
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("reference", reference), ("analysis", analysis)):
        rows = random.Random(shuffle).sample(rows, len(rows)) if shuffle else rows
        data = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(rows, schema=SCHEMA)
        pq.write_table(data, folder / f"{name}.parquet", row_group_size=row_group)
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": {k: v for k, v in (KEYS | keys).items() if v is not None}}}))
    return folder


def run(longwatch, folder, *options, verb="run", out="out"):
    done = longwatch(verb, "fleet.yaml", "-o", out, "--quiet", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / out / "results.parquet"


def rows_of(path, column=None, value=None, without=("timestamp_missing_rate", "timestamp_outside_rate", "filtered_rate")):
    """The rows of a segment without its name and without constraints, which only `all` has."""
    rules = ("in_range", "not_null")
    return [{k: repr(v) for k, v in row.items() if k not in ("segment_column", "segment_value", "chunk_index")}
            for row in pq.read_table(path).to_pylist()
            if (row["segment_column"], row["segment_value"]) == (column, value) and row["metric"] not in without + rules]


def only(rows, **wanted):
    return [row for row in rows if all(row[k] == v for k, v in wanted.items())]


CROSSED = "region,kind"
SEGMENTS = [("region", "north", {"region": "north"}), ("region", "south", {"region": "south"}), ("region", "a,b", {"region": "a,b"}),
            ("region", None, {"region": None}), ("region", "one", {"region": "one"}),
            (CROSSED, "north,1", {"region": "north", "kind": 1}), (CROSSED, r"a\,b,2", {"region": "a,b", "kind": 2}),
            (CROSSED, r"\N,\N", {"region": None, "kind": None}), (CROSSED, r"south,\N", {"region": "south", "kind": None})]


@pytest.fixture(scope="module")
def apart(longwatch, tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("apart"), segments=["region", ["region", "kind"]], fit="per_segment")
    return folder, run(longwatch, folder)


@pytest.mark.parametrize("column,value,wanted", SEGMENTS, ids=lambda v: str(v))
def test_a_segment_equals_a_run_over_its_rows(longwatch, apart, tmp_path, column, value, wanted):
    """Files that hold these rows alone, picked by Python: values, thresholds, statuses and alerts of both periods."""
    folder = write(tmp_path, only(REFERENCE, **wanted), only(ANALYSIS, **wanted))
    alone, part = rows_of(run(longwatch, folder)), rows_of(apart[1], column, value)
    assert part == alone
    metrics = {row["metric"] for row in part}
    assert {"'jensen_shannon'", "'mean'", "'missing_rate'", "'reconstruction_error'"} <= metrics
    statuses = {row["status"] for row in part}
    if value in ("north", "south"):
        assert any(row["threshold_upper"] not in ("nan", "None") for row in part if row["metric"] == "'reconstruction_error'")
    if value == "one":
        assert any("undefined" in status for status in statuses)


def test_a_segment_equals_a_filtered_run(longwatch, apart, tmp_path):
    folder = write(tmp_path, filter=[{"column": "region", "equals": "south"}])
    assert rows_of(run(longwatch, folder)) == rows_of(apart[1], "region", "south")


def test_all_rows_stay_as_they_are(longwatch, apart, tmp_path):
    shared = run(longwatch, write(tmp_path, segments=["region", ["region", "kind"]]))
    keep = dict(without=())
    assert rows_of(apart[1], **keep) == rows_of(shared, **keep)
    assert rows_of(apart[1], "region", "south") != rows_of(shared, "region", "south")
    keys = lambda path: [tuple(r[k] for k in ("segment_column", "segment_value", "period", "chunk_key", "column", "metric")) for r in pq.read_table(path).to_pylist()]
    assert keys(apart[1]) == keys(shared)


def test_a_segment_of_the_analysis_alone(longwatch, apart, tmp_path):
    shared = run(longwatch, write(tmp_path, segments=["region"]))
    part = rows_of(apart[1], "region", "unseen")
    assert part == rows_of(shared, "region", "unseen") and part
    assert {row["status"] for row in part if row["metric"] == "'wasserstein'"} == {"'not_in_reference'"}
    assert "'ok'" in {row["status"] for row in part if row["metric"] == "'mean'"}


def test_a_column_that_only_one_segment_cannot_learn(apart, longwatch, tmp_path):
    folder = write(tmp_path, segments=["region"], fit="per_segment", features=["x", "f", "lonely"], treat_as=None, constraints=[{"column": "x", "not_null": True}])
    path = run(longwatch, folder)
    status = lambda region: {r["status"] for r in rows_of(path, "region", region) if r["column"] == "'lonely'" and r["metric"] == "'jensen_shannon'"}
    assert status("south") == {"'undefined: no finite value in the reference'"} and status("north") == {"'ok'"}


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.sanitized
@pytest.mark.threads
@pytest.mark.parametrize("options", [("--threads", "1"), ("--threads", "2"), ("--threads", "8"), ("--slab-rows", "7"), ("--segment-memory", "200KB")], ids=str)
def test_same_bytes_however_it_is_run(longwatch, apart, options):
    assert sha(run(longwatch, apart[0], *options, out="out" + "".join(options))) == sha(apart[1])


def test_same_bytes_in_any_order_of_rows(longwatch, apart, tmp_path):
    folder = write(tmp_path, segments=["region", ["region", "kind"]], fit="per_segment", shuffle=3, row_group=333)
    assert sha(run(longwatch, folder)) == sha(apart[1])


def test_fit_then_analyze_is_run(longwatch, apart):
    done = longwatch("fit", "fleet.yaml", "-o", "fitted", "--quiet", cwd=apart[0])
    assert done.returncode == 0, done.stderr
    assert sha(run(longwatch, apart[0], "--profiles", "fitted/profiles", verb="analyze", out="later")) == sha(apart[1])
    assert sha(apart[0] / "fitted/profiles/m.profile") == sha(apart[0] / "out/profiles/m.profile")


@pytest.mark.parametrize("fit", ["shared", "per_segment"])
def test_a_categorical_column_without_values_survives_the_profile(longwatch, tmp_path, fit):
    empty = [row | {"name": None} for row in REFERENCE]
    folder = write(tmp_path, empty, segments=["region"], fit=fit)
    whole = run(longwatch, folder)
    assert sha(run(longwatch, folder, "--profiles", "out/profiles", verb="analyze", out="later")) == sha(whole)


def test_states_of_every_segment_are_kept(longwatch, apart, tmp_path):
    run(longwatch, apart[0], "--keep-states", out="kept")
    states = pq.read_table(apart[0] / "kept/states.parquet").to_pylist()
    rows = lambda column, value, kind, period: sum(s["rows"] for s in states if (s["segment_column"], s["segment_value"], s["kind"], s["period"]) == (column, value, kind, period)
                                                   and s["column"] in ("x", None))
    for column, value, wanted in SEGMENTS[:3]:
        assert rows(column, value, "number", "reference") == len(only(REFERENCE, **wanted))
        assert rows(column, value, "gram", "reference") == len(only(REFERENCE, **wanted))
        assert rows(column, value, "reconstruction", "analysis") == len(only(ANALYSIS, **wanted))


def test_texts_that_do_not_fit_are_read_in_smaller_parts(longwatch, tmp_path):
    """40,000 long texts need far more than the codes that plan the parts; a segment alone whose texts do not fit is told."""
    rows = 20_000
    make = lambda seed: pa.table({"seg": pa.array([f"s{i % 40:02}" for i in range(rows)]), "text": pa.array([f"{seed}-{i:060}" for i in range(rows)]),
                                  "x": pa.array(np.random.default_rng(seed).normal(0, 1, rows))})
    keys = dict(segments=["seg"], fit="per_segment", timestamp=None, chunk={"number": 4}, features=["x", "text"], treat_as=None, constraints=[{"column": "x", "not_null": True}])
    folder = write(tmp_path, make(1), make(2), row_group=3_000, **keys)
    whole = sha(run(longwatch, folder))
    assert sha(run(longwatch, folder, "--segment-memory", "800KB", "--threads", "2", out="small")) == whole
    assert sha(run(longwatch, folder, "--segment-memory", "250KB", "--threads", "3", out="smaller")) == whole
    done = longwatch("run", "fleet.yaml", "-o", "refused", "--segment-memory", "200KB", "--quiet", cwd=folder)
    assert done.returncode == 3 and "column 'text'" in done.stderr and "their texts need more than 0.2 MB" in done.stderr, done.stderr


def test_a_segment_too_large_is_told_before_reading(longwatch, apart):
    done = longwatch("run", "fleet.yaml", "-o", "refused", "--segment-memory", "60KB", "--quiet", cwd=apart[0])
    assert done.returncode == 3 and "rows of the segment 'a,b' need" in done.stderr and "--segment-memory" in done.stderr, done.stderr
    assert not (apart[0] / "refused").exists()


def test_an_unknown_value_is_told_with_its_line(longwatch, tmp_path):
    write(tmp_path)
    (tmp_path / "fleet.yaml").write_text("models:\n  m:\n    reference: reference.parquet\n    fit: per_segmnt\n")
    done = longwatch("run", "fleet.yaml", "-o", "out", cwd=tmp_path)
    assert done.returncode == 2 and "fleet.yaml:4:10" in done.stderr and "per_segment" in done.stderr, done.stderr


def test_two_thousand_segments_in_seconds(longwatch, tmp_path):
    rng = np.random.default_rng(5)
    make = lambda rows: pa.table({"when": pa.array(np.datetime64("2024-01-01", "us") + rng.integers(0, 14 * 86400, rows).astype("timedelta64[s]")),
                                  "shop": pa.array(rng.integers(0, 2_000, rows)), **{f"x{i}": pa.array(rng.normal(i, 1, rows)) for i in range(4)}})
    folder = write(tmp_path, make(100_000), make(100_000), row_group=20_000, segments=["shop"], max_segments=2_000, fit="per_segment", treat_as=None,
                   features=["x0", "x1", "x2", "x3"], constraints=[{"column": "x0", "not_null": True}], metrics=["jensen_shannon", "reconstruction_error"])
    begun = time.monotonic()
    path = run(longwatch, folder)
    assert time.monotonic() - begun < 60
    result = pq.read_table(path, columns=["segment_value"])
    assert len(set(result["segment_value"].to_pylist())) == 2_001
