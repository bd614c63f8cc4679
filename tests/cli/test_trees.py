"""Estimators that need boosted trees: with LightGBM, without it, and with profiles made earlier."""
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ESTIMATED = {"mae", "mse", "rmse", "mape", "msle", "rmsle", "bias"}
ABSENT = {"LONGWATCH_LIGHTGBM": "/nonexistent/lib_lightgbm.so"}


def table(rows, seed, shift=0.0, labels=True):
    rng = np.random.default_rng(seed)
    x, g = rng.uniform(0, 4, rows) + shift, np.array(["a", "b", "c"])[rng.integers(0, 3, rows)]
    prediction = 20 + x
    label = prediction + rng.normal(0, 0.2 + x) - (g == "b")
    columns = {"t": np.datetime64("2024-01-01", "s") + np.arange(rows).astype("timedelta64[m]"), "x": x, "g": g, "p": prediction}
    return pa.table(columns | ({"y": label} if labels else {}))


def configure(folder, **model):
    keys = dict(task="regression", prediction="p", target="y", timestamp="t", chunk={"number": 5}, reference="reference.parquet", analysis="analysis.parquet")
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": keys | model}}))


@pytest.fixture
def folder(tmp_path):
    pq.write_table(table(4_000, 1), tmp_path / "reference.parquet")
    pq.write_table(table(3_000, 2, 1.0, labels=False), tmp_path / "analysis.parquet")
    configure(tmp_path)
    return tmp_path


def run(longwatch, folder, *arguments, env=None, out="out"):
    done = longwatch(*(arguments or ("run", "fleet.yaml")), "-o", out, "--quiet", cwd=folder, env=env)
    assert done.returncode == 0, done.stderr
    rows = pq.read_table(folder / out / "results.parquet").to_pylist()
    return rows, json.loads((folder / out / "run.json").read_text())


def estimated(rows):
    return [row for row in rows if row["family"] == "estimated_performance"]


def test_without_lightgbm_its_metrics_say_so_and_the_rest_goes_on(longwatch, folder):
    rows, record = run(longwatch, folder, env=ABSENT)
    found = estimated(rows)
    assert {row["metric"] for row in found} == ESTIMATED
    assert {row["status"] for row in found} == {"undefined: LightGBM is not installed (pip install lightgbm==4.6.0, or set LONGWATCH_LIGHTGBM to the path of lib_lightgbm.so)"}
    assert "/nonexistent/lib_lightgbm.so" in record["lightgbm"]["missing"]
    assert any("/nonexistent/lib_lightgbm.so" in warning for warning in record["warnings"])
    assert "LightGBM is not installed" in record["models"][0]["loss_models"]["skipped"]
    with_it, _ = run(longwatch, folder, out="with")
    # q-values, and alerts with them, are over all tests of a chunk.
    own = lambda row: {name: value for name, value in row.items() if name not in ("q_value", "alert")}
    rest = [[own(row) for row in some if row["family"] != "estimated_performance"] for some in (rows, with_it)]
    assert rest[0] == rest[1] and len(rest[0]) > 100


def test_a_library_that_is_no_lightgbm_is_refused(longwatch, folder):
    import pyarrow
    other = next(path for path in __import__("pathlib").Path(pyarrow.get_library_dirs()[0]).glob("libarrow.so.*"))
    _, record = run(longwatch, folder, env={"LONGWATCH_LIGHTGBM": str(other)})
    assert "it lacks LGBM_GetLastError" in record["lightgbm"]["missing"]


def test_estimates_follow_the_loss_before_labels_arrive(longwatch, folder):
    rows, record = run(longwatch, folder)
    assert record["lightgbm"]["file"].endswith("lib_lightgbm.so")
    assert record["models"][0]["loss_models"] == {"training_rows": 4_000}
    assert {row["status"] for row in estimated(rows)} == {"ok"}
    by = {(row["period"], row["chunk_index"], row["metric"]): row for row in estimated(rows)}
    mean = lambda period, metric: np.mean([by[period, k, metric]["value"] for k in range(5)])
    # |N(0, s)| has the mean s sqrt(2 / pi); s = 0.2 + x, and x rises by 1 (to at most what the reference showed).
    reference, analysis = table(4_000, 1), table(3_000, 2, 1.0)
    error = np.abs(reference["p"].to_numpy() - reference["y"].to_numpy())
    assert abs(mean("reference", "mae") - error.mean()) < 3 * error.std() / np.sqrt(4_000)
    assert mean("analysis", "mae") > 1.15 * mean("reference", "mae")
    assert abs(mean("reference", "bias") - 1 / 3) < 0.15
    for row in estimated(rows):
        assert row["ci_lower"] <= row["value"] <= row["ci_upper"] and row["pi_lower"] <= row["value"] <= row["pi_upper"]
        assert row["interval_method"] == "delta"
        if row["metric"] == "rmse":
            assert row["value"] == pytest.approx(np.sqrt(by[row["period"], row["chunk_index"], "mse"]["value"]), rel=1e-12)


def test_analyze_needs_no_refit(longwatch, folder):
    rows, _ = run(longwatch, folder)
    profiles = folder / "fitted"
    done = longwatch("fit", "fleet.yaml", "-o", profiles, "--quiet", cwd=folder)
    assert done.returncode == 0, done.stderr
    again, _ = run(longwatch, folder, "analyze", "fleet.yaml", "--profiles", profiles / "profiles", out="again")
    assert again == rows
    without, _ = run(longwatch, folder, "analyze", "fleet.yaml", "--profiles", profiles / "profiles", out="without", env=ABSENT)
    statuses = {(row["period"], row["status"].split(" (")[0]) for row in estimated(without)}
    assert statuses == {("reference", "ok"), ("analysis", "undefined: LightGBM is not installed")}


def test_estimates_are_refused_without_labels_in_the_reference(longwatch, folder):
    pq.write_table(table(4_000, 1).set_column(4, "y", pa.nulls(4_000, pa.float64())), folder / "reference.parquet")
    rows, _ = run(longwatch, folder)
    assert {row["status"] for row in estimated(rows)} == {"undefined: the reference has no labels"}
    assert any(row["family"] == "univariate_drift" and row["status"] == "ok" for row in rows)


def test_a_feature_that_is_gone_is_named(longwatch, folder):
    pq.write_table(table(3_000, 2, 1.0, labels=False).drop_columns(["x"]), folder / "analysis.parquet")
    rows, _ = run(longwatch, folder)
    assert {row["status"] for row in estimated(rows) if row["period"] == "analysis"} == {"undefined: column 'x' cannot be read"}


def test_only_the_losses_that_are_asked_for(longwatch, folder):
    configure(folder, metrics=["rmse"])
    rows, _ = run(longwatch, folder)
    assert {row["metric"] for row in estimated(rows)} == {"rmse"}


def domain(rows):
    return {(row["period"], row["chunk_index"]): row for row in rows if row["metric"] == "domain_classifier_auroc"}


def test_the_domain_classifier_is_computed_where_it_is_named(longwatch, folder):
    rows, _ = run(longwatch, folder)
    assert not domain(rows)
    configure(folder, metrics=["domain_classifier_auroc"], segments=["g"])
    found = domain(run(longwatch, folder)[0])
    assert len(found) == 10
    assert {row["segment_column"] for row in found.values()} == {None} and {row["status"] for row in found.values()} == {"ok"}
    for (period, _), row in found.items():
        assert row["ci_lower"] < row["value"] < row["ci_upper"]
        # x of the analysis lies a quarter beyond the reference: at best AUROC 1 - (3/4)^2 / 2 = .72 with x alone.
        assert abs(row["value"] - 0.5) < 0.06 if period == "reference" else 0.6 < row["value"] < 0.8


def test_an_unseen_category_is_drift(longwatch, folder):
    data = table(3_000, 3, labels=False)
    names = np.where(np.random.default_rng(1).random(3_000) < 0.5, "new", data["g"].to_numpy(zero_copy_only=False).astype(str))
    pq.write_table(data.set_column(2, "g", pa.array(names)), folder / "analysis.parquet")
    configure(folder, metrics=["domain_classifier_auroc"])
    found = domain(run(longwatch, folder)[0])
    assert all(row["value"] > 0.7 for (period, _), row in found.items() if period == "analysis")
