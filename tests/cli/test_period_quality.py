"""What belongs to no chunk: rows without a timestamp, rows from before the reference's end; and constraints."""
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HOUR = np.timedelta64(1, "h")
START = np.datetime64("2024-01-01T00:00:00", "us")


def write(folder, reference, analysis, **model):
    pq.write_table(reference, folder / "reference.parquet")
    pq.write_table(analysis, folder / "analysis.parquet")
    model = dict(reference="reference.parquet", analysis="analysis.parquet", timestamp="when", chunk="1d", **model)
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))


def rows(longwatch, folder):
    done = longwatch("run", folder / "fleet.yaml", "-o", folder / "out", "--quiet")
    assert done.returncode == 0, done.stderr
    return pq.read_table(folder / "out" / "results.parquet").to_pylist()


def test_timestamps(longwatch, tmp_path):
    reference = pa.table({"when": pa.array(START + np.arange(240) * HOUR), "x": np.arange(240.0)})
    when = START + (np.arange(240) + 216) * HOUR  # its first 23 hours lie before the reference's last
    analysis = pa.table({"when": pa.array(when, mask=np.arange(240) >= 228), "x": np.arange(240.0)})
    write(tmp_path, reference, analysis)
    found = {(r["period"], r["metric"]): r["value"] for r in rows(longwatch, tmp_path) if r["chunk_index"] is None}
    assert found == {("reference", "timestamp_missing_rate"): 0, ("analysis", "timestamp_missing_rate"): 12 / 240,
                     ("analysis", "timestamp_outside_rate"): 23 / 240}


def test_constraints(longwatch, tmp_path):
    n = 240
    values = np.arange(n, dtype=float)
    table = lambda x, c: pa.table({"when": pa.array(START + np.arange(n) * HOUR), "x": x, "c": c})
    reference = table(pa.array(values % 10), pa.array(["a", "b"] * (n // 2)))
    x = pa.array(np.where(values < 24, values - 2.5, 5.0), mask=(values >= 24) & (values < 30))
    c = pa.array(["a" if i % 24 else "zebra" for i in range(n)])
    write(tmp_path, reference, table(x, c), constraints=[
        dict(column="x", in_range=[0, 15.5]), dict(column="x", not_null=True), dict(column="x", max_null_rate=0.3), dict(column="c", in_set=["a", "b"])])
    found = {(r["chunk_index"], r["metric"]): (r["value"], r["alert"]) for r in rows(longwatch, tmp_path)
             if r["period"] == "analysis" and r["metric"] in ("in_range", "not_null", "max_null_rate", "in_set")}
    # Day 0: -2.5, -1.5, -0.5 are below 0; 16.5 ... 20.5 are above 15.5.
    assert found[0, "in_range"] == (3 + 5, True) and found[1, "in_range"] == (0, False)
    assert found[0, "not_null"] == (0, False) and found[1, "not_null"] == (6, True)
    assert found[1, "max_null_rate"] == (0.25, False)
    assert all(found[day, "in_set"] == (1, True) for day in range(10))
