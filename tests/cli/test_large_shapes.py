"""Shapes at the far end: ten thousand columns, ten thousand segments, hundreds of files. A few values against NumPy."""
import json
import subprocess

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from conftest import BINARY

DAY = 86_400_000_000


def run(folder, model):
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": {
        "reference": "reference*.parquet", "analysis": "analysis*.parquet", "timestamp": "at", "chunk": {"number": 2}, **model}}}))
    done = subprocess.run([str(BINARY), "run", "fleet.yaml", "-o", "out", "--quiet"], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return pq.read_table(folder / "out" / "results.parquet").filter(pc.field("period") == "analysis")


def values_of(results, metric, *keys):
    chosen = results.filter(pc.field("metric") == metric).select([*keys, "chunk_index", "value"]).to_pylist()
    return {tuple(row[key] for key in keys) + (row["chunk_index"],): row["value"] for row in chosen}


def test_ten_thousand_columns(tmp_path):
    rng = np.random.default_rng(1)
    numbers = rng.normal(size=(120, 10_000))
    columns = {"at": pa.array(np.arange(120) * DAY, pa.timestamp("us"))} | {f"c{i}": numbers[:, i] for i in range(10_000)}
    for period in ("reference", "analysis"):
        pq.write_table(pa.table(columns), tmp_path / f"{period}.parquet")
    found = values_of(run(tmp_path, {"metrics": ["mean"]}), "mean", "column")
    assert len(found) == 20_000
    for i in (0, 1, 255, 256, 257, 4_999, 9_999):
        for chunk in (0, 1):
            assert abs(found[(f"c{i}", chunk)] - numbers[60 * chunk:60 * chunk + 60, i].mean()) < 1e-12


def test_ten_thousand_segments(tmp_path):
    rng = np.random.default_rng(2)
    rows = 60_000
    segment = rng.permutation(np.arange(rows) % 10_000)
    x = rng.normal(size=rows)
    table = pa.table({"at": pa.array(np.arange(rows) * 60_000_000, pa.timestamp("us")), "s": [f"s{i}" for i in segment], "x": x})
    for period in ("reference", "analysis"):
        pq.write_table(table, tmp_path / f"{period}.parquet", row_group_size=25_000)
    found = values_of(run(tmp_path, {"segments": ["s"], "features": ["x"], "max_segments": 10_000, "metrics": ["mean", "row_count"]}),
                      "mean", "segment_value")
    chunk_of = np.arange(rows) * 2 // rows
    for i in (0, 17, 5_000, 9_999):
        for chunk in (0, 1):
            chosen = x[(segment == i) & (chunk_of == chunk)]
            if len(chosen):
                assert abs(found[(f"s{i}", chunk)] - chosen.mean()) < 1e-12
    assert len({key[0] for key in found}) == 10_001  # and all rows


def test_hundreds_of_files(tmp_path):
    rng = np.random.default_rng(3)
    rows = 30_000
    x = rng.normal(size=rows)
    at = np.arange(rows) * 60_000_000
    for period in ("reference", "analysis"):
        for k in range(300):
            part = slice(k * 100, k * 100 + 100)
            pq.write_table(pa.table({"at": pa.array(at[part], pa.timestamp("us")), "x": x[part]}), tmp_path / f"{period}_{k:03d}.parquet")
    found = values_of(run(tmp_path, {"metrics": ["mean", "row_count"]}), "mean", "column")
    assert abs(found[("x", 0)] - x[:15_000].mean()) < 1e-12
    assert abs(found[("x", 1)] - x[15_000:].mean()) < 1e-12
