"""The demo's models by week: realized metrics are scikit-learn's, estimates stand beside them, and labels may come apart."""
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from sklearn import metrics as sk
from sklearn.isotonic import IsotonicRegression

from conftest import ROOT

DATA = ROOT / "examples" / "flights" / "data"
WEEKS = 36
COUNTS = ("labels_matched_rate", "labels_missing_rate", "labels_replaced_count", "labels_repeated_count", "labels_duplicate_ids",
          "labels_conflicting_ids", "labels_unmatched_ids")
BINARY = {
    "roc_auc": lambda y, s, p: sk.roc_auc_score(y, s), "average_precision": lambda y, s, p: sk.average_precision_score(y, s),
    "accuracy": lambda y, s, p: sk.accuracy_score(y, p), "balanced_accuracy": lambda y, s, p: sk.balanced_accuracy_score(y, p),
    "precision": lambda y, s, p: sk.precision_score(y, p), "recall": lambda y, s, p: sk.recall_score(y, p),
    "specificity": lambda y, s, p: sk.recall_score(y, p, pos_label=0), "f1": lambda y, s, p: sk.f1_score(y, p),
    "matthews_correlation": lambda y, s, p: sk.matthews_corrcoef(y, p), "brier_score": lambda y, s, p: sk.brier_score_loss(y, s),
    "log_loss": lambda y, s, p: sk.log_loss(y, s)}
REGRESSION = {
    "mae": sk.mean_absolute_error, "mse": sk.mean_squared_error, "rmse": sk.root_mean_squared_error, "r2": sk.r2_score,
    "bias": lambda y, p: np.mean(p - y)}


def fleet(folder, **changes):
    """The demo's, over all rows only and with these metrics only; its data lie where they lie."""
    out = yaml.safe_load((DATA.parent / "fleet.yaml").read_text())
    del out["defaults"]["segments"]
    out["defaults"]["metrics"] = [*BINARY, *REGRESSION, "jensen_shannon", "missing_rate"]
    out["defaults"] |= {name: str(DATA / f"{name}.parquet") for name in ("reference", "analysis")} | changes
    (folder / "fleet.yaml").write_text(json.dumps(out))
    return folder / "fleet.yaml"


def run(longwatch, config, *options):
    out = config.parent / "out"
    done = longwatch("run", config, "-o", out, "--quiet", *options)
    assert done.returncode == 0, done.stderr
    return pq.read_table(out / "results.parquet")


@pytest.fixture(scope="module")
def results(longwatch, tmp_path_factory):
    return run(longwatch, fleet(tmp_path_factory.mktemp("flights")))


@pytest.fixture(scope="module")
def weeks(results):
    """[(chunk index, the analysis rows of that week)]."""
    columns = ["timestamp", "late", "late_score", "late_pred", "arr_delay", "arr_delay_pred"]
    data = {name: values.to_numpy() for name, values in zip(columns, pq.read_table(DATA / "analysis.parquet", columns=columns).columns)}
    when = data["timestamp"].astype("datetime64[us]")
    chunks = {(r["chunk_index"], r["chunk_start"], r["chunk_end"]) for r in results.select(["period", "chunk_index", "chunk_start", "chunk_end"]).to_pylist()
              if r["period"] == "analysis" and r["chunk_index"] is not None}
    assert len(chunks) == WEEKS
    naive = lambda time: np.datetime64(time.replace(tzinfo=None), "us")
    inside = [(index, (when >= naive(start)) & (when < naive(end))) for index, start, end in sorted(chunks)]
    out = [(index, {name: values[rows] for name, values in data.items()}) for index, rows in inside]
    assert sum(len(rows["late"]) for _, rows in out) == len(when)
    return out


def by_week(results, model, family, metric):
    found = [r for r in results.to_pylist() if (r["model"], r["family"], r["metric"], r["period"]) == (model, family, metric, "analysis")]
    assert {r["status"] for r in found} == {"ok"}, (metric, {r["status"] for r in found})
    return [r["value"] for r in sorted(found, key=lambda r: r["chunk_index"])]


@pytest.mark.parametrize("metric", BINARY)
def test_realized_binary(results, weeks, metric):
    expected = [BINARY[metric](w["late"], w["late_score"].astype(float), w["late_pred"]) for _, w in weeks]
    assert by_week(results, "late_15_minutes", "realized_performance", metric) == pytest.approx(expected, rel=0, abs=1e-12)


@pytest.mark.parametrize("metric", REGRESSION)
def test_realized_regression(results, weeks, metric):
    expected = [REGRESSION[metric](w["arr_delay"].astype(float), w["arr_delay_pred"].astype(float)) for _, w in weeks]
    assert by_week(results, "arrival_delay", "realized_performance", metric) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_estimated_accuracy_is_that_of_the_calibrated_scores(results, weeks):
    """Either the scores are probabilities as they are, or isotonic regression on the reference makes them so."""
    reference = pq.read_table(DATA / "reference.parquet")
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(reference["late_score"].to_numpy().astype(float), reference["late"].to_numpy())
    found = by_week(results, "late_15_minutes", "estimated_performance", "accuracy")
    fits = []
    for probability in (lambda s: s, isotonic.predict):
        shares = [(probability(w["late_score"].astype(float)), w["late_pred"] == 1) for _, w in weeks]
        fits.append(np.allclose(found, [np.mean(np.where(said, p, 1 - p)) for p, said in shares], rtol=0, atol=1e-9))
    assert any(fits)


@pytest.mark.parametrize("metric", BINARY)
def test_estimated_binary_stands_in_every_week(results, metric):
    assert len(by_week(results, "late_15_minutes", "estimated_performance", metric)) == WEEKS


def test_labels_apart_give_the_same(longwatch, results, tmp_path):
    """The targets of all models in one file, joined by the flight's id, in another order."""
    targets = ["late", "arr_delay", "class"]
    data = pq.read_table(DATA / "analysis.parquet")
    pq.write_table(data.drop_columns(targets), tmp_path / "analysis.parquet")
    pq.write_table(data.select(["flight_id", *targets]).sort_by("flight_id"), tmp_path / "labels.parquet", row_group_size=30_000)
    joined = run(longwatch, fleet(tmp_path, analysis="analysis.parquet", labels="labels.parquet"), "--labels-memory", "1MB")
    rows = [r for r in joined.to_pylist() if r["metric"] not in COUNTS]
    # Each model's own target is there; the others' are columns that the analysis data now lack.
    kept = [r for r in results.to_pylist()]
    key = lambda r: (r["model"], r["family"], r["metric"], r["column"], r["period"], r["chunk_index"])
    lacking = {key(r) for r in rows} - {key(r) for r in kept}
    assert all(k[2] == "missing_column" and k[3] in targets for k in lacking)
    assert {key(r): r for r in rows if key(r) not in lacking} == {key(r): r for r in kept}
    counts = {(r["model"], r["metric"]): r["value"] for r in joined.to_pylist() if r["metric"] in COUNTS}
    assert counts == {(model, metric): float(metric == "labels_matched_rate") for model in ("late_15_minutes", "arrival_delay", "arrival_class") for metric in COUNTS}
