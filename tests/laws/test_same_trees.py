"""Boosted trees too: the same bytes of results for any number of threads and any order and layout of the rows."""
import hashlib
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def table(rows, seed, shift):
    """Nulls, NaN, infinities, equal rows, an unseen category; few distinct values of some features."""
    rng = np.random.default_rng(seed)
    x = rng.normal(shift, 1, rows)
    x[rng.integers(0, rows, 12)] = [np.inf, -np.inf, np.nan] * 4
    count = rng.poisson(3, rows)
    prediction = np.round(10 + rng.gamma(2, 1, rows), 1)
    label = prediction + np.round(rng.normal(0, 0.5 + count / 3))
    mask = lambda share: rng.random(rows) < share
    names = np.array(["a", "b", "c", "new é"])[rng.integers(0, 3 + int(shift > 0), rows)]
    out = pa.table({
        "when": pa.array(np.datetime64("2024-01-01", "us") + (rng.permutation(rows) * (40 * 86400 // rows)).astype("timedelta64[s]")),
        "x": pa.array(x, mask=mask(0.05)), "count": pa.array(count, mask=mask(0.02)), "name": pa.array(names, mask=mask(0.1)),
        "region": pa.array(np.array(["north", "south"])[rng.integers(0, 2, rows)], mask=mask(0.02)),
        "predicted": pa.array(prediction, mask=mask(0.01)), "label": pa.array(label, mask=mask(0.1)),
    })
    return pa.concat_tables([out, out.slice(0, 200)])


def write(folder, tables, pieces=1, row_group=5_000, shuffle=None, **model):
    folder.mkdir(parents=True)
    rng = np.random.default_rng(shuffle)
    for name, data in zip(("reference", "analysis"), tables):
        if shuffle is not None:
            data = data.take(rng.permutation(data.num_rows))
        bounds = np.linspace(0, data.num_rows, pieces + 1).astype(int)
        for i, (a, b) in enumerate(zip(bounds, bounds[1:])):
            pq.write_table(data.slice(a, b - a), folder / f"{name}-{i}.parquet", row_group_size=row_group)
    keys = dict(task="regression", prediction="predicted", target="label", timestamp="when", chunk="1w", segments=["region"],
                metrics=["rmse", "bias", "domain_classifier_auroc"], reference="reference-*.parquet", analysis="analysis-*.parquet")
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": keys | model}}))
    return folder / "fleet.yaml"


@pytest.mark.parametrize("fit", ["shared", "per_segment"])
def test_same_bytes(longwatch, tmp_path, fit):
    tables = table(1_500, 1, 0.0), table(1_800, 2, 0.5)
    plain = write(tmp_path / "plain", tables, fit=fit)
    turned = write(tmp_path / "turned", tables, pieces=3, row_group=231, shuffle=5, fit=fit)
    digests = set()
    for config, options in ((plain, ["--threads", "1"]), (plain, ["--threads", "5"]), (turned, ["--threads", "3"])):
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        done = longwatch("run", config, "-o", out, "--quiet", *options)
        assert done.returncode == 0, done.stderr
        digests.add(hashlib.sha256((out / "results.parquet").read_bytes()).hexdigest())
    rows = pq.read_table(out / "results.parquet").to_pylist()
    families = {(row["metric"], row["segment_column"]) for row in rows if row["status"] == "ok"}
    assert {("rmse", None), ("rmse", "region"), ("domain_classifier_auroc", None)} <= families
    assert len(digests) == 1
