"""Metrics of the user's own for a regression: realized by numpy, estimated by the estimated losses, and never missing without a word."""
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

ROWS, CHUNK = 3_000, 600
OWN = {"relative_bias": "sum_error / sum_abs_error", "own_mae": "sum_abs_error / rows", "own_rmse": "sqrt(sum_squared_error / labels)",
       "spread": "(sum_squared_error - sum_error ^ 2 / rows) / (rows - 1)", "cost": "3 * sum_abs_error - sum_error", "broken": "sum_error / (rows - rows)"}


def table(seed, shift=0.0, labels=True):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 4, ROWS) + shift
    label = 20 + x + rng.normal(0, 0.2 + x)
    return pa.table({"t": np.datetime64("2024-01-01", "s") + np.arange(ROWS).astype("timedelta64[m]"), "x": x, "p": 20.3 + x,
                     "y": pa.array(label, mask=np.zeros(ROWS, bool) if labels else np.ones(ROWS, bool))})


@pytest.fixture
def folder(tmp_path):
    pq.write_table(table(1), tmp_path / "reference.parquet")
    pq.write_table(table(2, 1.0), tmp_path / "analysis.parquet")
    return tmp_path


def run(longwatch, folder, env=None, verb="run", **keys):
    model = dict(task="regression", prediction="p", target="y", timestamp="t", chunk={"size": CHUNK}, reference="reference.parquet",
                 analysis="analysis.parquet", custom_metrics=OWN) | keys
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}, indent=1))
    if verb == "validate":
        return longwatch("validate", "fleet.yaml", cwd=folder, env=env)
    done = longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=folder, env=env)
    assert done.returncode == 0, done.stderr
    return [r for r in pq.read_table(folder / "out" / "results.parquet").to_pylist() if r["chunk_index"] is not None]


def of(rows, family, metric, period="analysis"):
    return sorted((r for r in rows if (r["family"], r["metric"], r["period"]) == (family, metric, period)), key=lambda r: r["chunk_index"])


def realized(e):
    """Value and standard error by name; errors by the influence of each row."""
    n, a, q = len(e), np.abs(e), e ** 2
    of_rows = {"relative_bias": (e.sum() / a.sum(), (e - e.sum() / a.sum() * a) / a.sum()), "own_mae": (a.mean(), a / n),
               "own_rmse": (math.sqrt(q.mean()), q / n / 2 / math.sqrt(q.mean())),
               "spread": (e.var(ddof=1), (q - 2 * e.mean() * e) / (n - 1)), "cost": ((3 * a - e).sum(), 3 * a - e)}
    return {name: (value, math.sqrt(n) * u.std(ddof=1)) for name, (value, u) in of_rows.items()}


def test_realized_by_numpy(longwatch, folder):
    rows = run(longwatch, folder)
    data = pq.read_table(folder / "analysis.parquet")
    errors = data["p"].to_numpy() - data["y"].to_numpy()
    for k in range(ROWS // CHUNK):
        for name, (value, error) in realized(errors[k * CHUNK:(k + 1) * CHUNK]).items():
            found = of(rows, "realized_performance", name)[k]
            assert found["value"] == pytest.approx(value, rel=1e-9) and found["status"] in ("ok", "reference_too_short"), name
            # How an error and its size go together is known from a histogram.
            assert found["standard_error"] == pytest.approx(error, rel=2e-2 if name in ("relative_bias", "cost") else 1e-6), name
            assert found["ci_upper"] - found["ci_lower"] == pytest.approx(2 * stats.t.ppf(0.975, CHUNK - 1) * found["standard_error"], rel=1e-4)
            assert found["interval_method"] == "delta" and found["threshold_lower"] < found["threshold_upper"] and 0 <= found["p_value"] <= 1
        assert of(rows, "realized_performance", "broken")[k]["status"] == "undefined: division by zero"


def test_estimated_by_the_losses(longwatch, folder):
    rows = run(longwatch, folder)
    mae, bias, mse = ({r["chunk_index"]: r for r in of(rows, "estimated_performance", name)} for name in ("mae", "bias", "mse"))
    up = lambda r, end: r[end + "_upper"] - r["value"]
    for k in range(ROWS // CHUNK):
        found = {name: of(rows, "estimated_performance", name)[k] for name in OWN}
        assert found["own_mae"]["value"] == pytest.approx(mae[k]["value"]) and found["own_mae"]["ci_upper"] == pytest.approx(mae[k]["ci_upper"])
        assert found["own_rmse"]["value"] == pytest.approx(math.sqrt(mse[k]["value"]))
        assert found["relative_bias"]["value"] == pytest.approx(bias[k]["value"] / mae[k]["value"])
        assert found["cost"]["value"] == pytest.approx(CHUNK * (3 * mae[k]["value"] - bias[k]["value"]))
        for end in ("ci", "pi"):
            assert up(found["cost"], end) == pytest.approx(CHUNK * (3 * up(mae[k], end) + up(bias[k], end)), rel=1e-6)
        assert found["broken"]["status"] == "undefined: division by zero"


def test_chosen_alone_it_has_the_trees_it_needs(longwatch, folder):
    everything = run(longwatch, folder)
    alone = run(longwatch, folder, custom_metrics={"own_mae": OWN["own_mae"]}, metrics=["own_mae"])
    assert {r["metric"] for r in alone} == {"own_mae"}
    for family in ("estimated_performance", "realized_performance"):
        assert [r["value"] for r in of(alone, family, "own_mae")] == [r["value"] for r in of(everything, family, "own_mae")]


def test_never_missing_without_a_word(longwatch, folder):
    pq.write_table(table(2, 1.0, labels=False), folder / "analysis.parquet")
    rows = run(longwatch, folder, env={"LONGWATCH_LIGHTGBM": "/nonexistent/lib_lightgbm.so"})
    for name in OWN:
        assert {r["status"] for r in of(rows, "realized_performance", name)} == {"insufficient_data"}
        found = of(rows, "estimated_performance", name)
        assert len(found) == ROWS // CHUNK and all(r["status"].startswith("undefined: ") for r in found), name
    assert all("LightGBM" in r["status"] for r in of(rows, "estimated_performance", "cost"))


def test_unknown_totals_are_refused(longwatch, folder):
    done = run(longwatch, folder, verb="validate", custom_metrics={"a": "sum_eror / rows"})
    assert done.returncode == 2 and "there is no total 'sum_eror' (did you mean 'sum_error'?)" in done.stderr
    done = run(longwatch, folder, verb="validate", custom_metrics={"a": "tp / rows"})
    assert done.returncode == 2 and "there is no total 'tp'" in done.stderr
