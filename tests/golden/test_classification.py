"""Estimated and realized performance of binary classifiers against NannyML's results and scikit-learn, cell by cell."""
import json
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn import metrics

from sets import HERE, SETS, chunkings, fleet

BINARY = [name for name, roles in SETS.items() if roles["task"] == "binary"]
CASES = [(name, suffix, rule) for name in BINARY for suffix, rule in chunkings(name)]
EXACT = ["f1", "precision", "recall", "specificity", "accuracy"]
ENTRIES = ["true_positive", "false_positive", "false_negative", "true_negative"]
ASKED = EXACT + ["roc_auc", "average_precision"] + ["confusion_matrix", "balanced_accuracy", "matthews_correlation", "log_loss", "brier_score",
                          "expected_calibration_error", "predicted_share", "calibration_in_the_large", "business_*"]
# Of the peer's results: [[1, -2], [-3, 5]], that is [[TN, FP], [FN, TP]].
COSTS = {"true_positive": 5, "false_positive": -2, "false_negative": -3, "true_negative": 1}


def labelled(name):
    """The analysis table with its labels, joined by id."""
    folder = HERE / "data" / name
    analysis, target = (pq.read_table(folder / f"{file}.parquet") for file in ("analysis", "analysis_target"))
    place = {id: row for row, id in enumerate(target["id"].to_pylist())}
    rows = pa.array([place[id] for id in analysis["id"].to_pylist()])
    column = SETS[name]["target"]
    return analysis.append_column(column, target[column].take(rows))


@pytest.fixture(scope="module")
def tables():
    cache = {}

    def of(name, period):
        if (name, period) not in cache:
            cache[name, period] = (labelled(name) if period == "analysis"
                                   else pq.read_table(HERE / "data" / name / "reference.parquet"))
        return cache[name, period]

    return of


@pytest.fixture(scope="module")
def results(longwatch, tables, tmp_path_factory):
    cache = {}

    def of(name, suffix, rule):
        if (name, suffix) not in cache:
            folder = tmp_path_factory.mktemp("classification")
            pq.write_table(tables(name, "analysis"), folder / "analysis.parquet")
            config = fleet(name, rule)
            config["models"][name] |= {"analysis": str(folder / "analysis.parquet"), "metrics": ASKED, "costs": COSTS}
            del config["models"][name]["thresholds"]
            (folder / "fleet.yaml").write_text(json.dumps(config))
            run = longwatch("run", folder / "fleet.yaml", "-o", folder / "out", "--quiet")
            assert run.returncode == 0, run.stderr
            cache[name, suffix] = {(r["period"], r["chunk_index"], r["family"], r["metric"]): r for r in
                                   pq.read_table(folder / "out" / "results.parquet").to_pylist() if r["column"] is None}
        return cache[name, suffix]

    return of


def golden(name, calculator, suffix):
    return pq.read_table(HERE / "expected" / name / f"{calculator}__{suffix}.parquet").to_pylist()


def compare(ours, rows, family, column, metric, tolerance):
    """Failures of one metric over all chunks."""
    failures = []
    for chunk in rows:
        row = ours[(chunk["chunk__period"], chunk["chunk__chunk_index"], family, metric)]
        expected = chunk[column]
        if row["status"] != "ok" or abs(row["value"] - expected) > tolerance * max(1, abs(expected)):
            failures.append(f"{family} {metric} {chunk['chunk__period']} {chunk['chunk__key']}: "
                            f"{row['value']} ({row['status']}) is not {expected}")
    assert rows
    return failures


@pytest.mark.parametrize("name,suffix,rule", CASES)
@pytest.mark.parametrize("calculator,family", [("cbpe", "estimated_performance"), ("performance", "realized_performance")])
def test_as_nannyml(results, name, suffix, rule, calculator, family):
    ours, failures = results(name, suffix, rule), []
    tolerances = {metric: 1e-9 for metric in EXACT} | {"roc_auc": 1e-5}  # the peer rounds cumulated counts to 1e-5
    if calculator == "performance":
        tolerances["average_precision"] = 1e-9
    for metric, tolerance in tolerances.items():
        failures += compare(ours, golden(name, f"{calculator}_metrics", suffix), family, f"{metric}__value", metric, tolerance)
    for entry in ENTRIES:
        failures += compare(ours, golden(name, f"{calculator}_confusion_business", suffix), family, f"{entry}__value",
                            entry, 1e-9)
        failures += compare(ours, golden(name, f"{calculator}_confusion_norm_true", suffix), family, f"{entry}__value",
                            f"{entry}_of_actual", 1e-9)
    business = golden(name, f"{calculator}_confusion_business", suffix)
    failures += compare(ours, business, family, "business_value__value", "business_value", 1e-9)
    for chunk in business:  # the peer's own value per prediction divides by column: see docs/differences.md
        rows = sum(chunk[f"{entry}__value"] for entry in ENTRIES)
        mean = ours[(chunk["chunk__period"], chunk["chunk__chunk_index"], family, "business_value_per_prediction")]
        if abs(mean["value"] - chunk["business_value__value"] / rows) > 1e-9:
            failures.append(f"{family} business_value_per_prediction {chunk['chunk__key']}: {mean['value']}")
    assert not failures, "\n".join(failures[:20])


@pytest.mark.parametrize("name,suffix,rule", CASES)
def test_estimated_average_precision(results, tables, name, suffix, rule):
    """NannyML takes tied rows one by one, in its estimates only. Ours groups them as scikit-learn does realized ones;
    but for that the two are the same."""
    ours, failures = results(name, suffix, rule), []
    knots = pq.read_table(HERE / "expected" / name.removesuffix("_dq") / "isotonic_knots.parquet")
    for chunk in golden(name, "cbpe_metrics", suffix):
        first, last = chunk["chunk__start_index"], chunk["chunk__end_index"]
        score = tables(name, chunk["chunk__period"]).slice(first, last - first + 1)[SETS[name]["score"]].to_numpy()
        calibrated = np.interp(score, knots["x"].to_numpy(), knots["y"].to_numpy())
        falling = calibrated[np.argsort(-score, kind="stable")]
        one_by_one = np.sum(falling * np.cumsum(falling) / np.arange(1, len(falling) + 1)) / falling.sum()
        assert abs(one_by_one - chunk["average_precision__value"]) < 1e-5, chunk["chunk__key"]
        grouped = metrics.average_precision_score(np.repeat([1, 0], len(score)), np.tile(score, 2),
                                                  sample_weight=np.concatenate([calibrated, 1 - calibrated]))
        row = ours[(chunk["chunk__period"], chunk["chunk__chunk_index"], "estimated_performance", "average_precision")]
        if row["status"] != "ok" or abs(row["value"] - grouped) > 1e-11:
            failures.append(f"{chunk['chunk__key']}: {row['value']} ({row['status']}) is not {grouped}")
    assert not failures, "\n".join(failures[:20])


def scikit_learn(label, predicted, score):
    tn, fp, fn, tp = metrics.confusion_matrix(label, predicted, labels=[0, 1]).ravel()
    out = {"true_positive": tp, "false_positive": fp, "false_negative": fn, "true_negative": tn,
           "roc_auc": metrics.roc_auc_score(label, score),
           "average_precision": metrics.average_precision_score(label, score),
           "log_loss": metrics.log_loss(label, score), "brier_score": metrics.brier_score_loss(label, score)}
    functions = {"f1": metrics.f1_score, "precision": metrics.precision_score, "recall": metrics.recall_score,
                 "accuracy": metrics.accuracy_score, "balanced_accuracy": metrics.balanced_accuracy_score,
                 "matthews_correlation": metrics.matthews_corrcoef}
    return out | {metric: function(label, predicted) for metric, function in functions.items()}


@pytest.mark.parametrize("name,suffix,rule", CASES)
def test_as_scikit_learn(results, tables, name, suffix, rule):
    ours, roles, failures = results(name, suffix, rule), SETS[name], []
    for chunk in golden(name, "performance_metrics", suffix):
        first, last = chunk["chunk__start_index"], chunk["chunk__end_index"]
        rows = tables(name, chunk["chunk__period"]).slice(first, last - first + 1)
        label, predicted, score = (rows[roles[role]].to_numpy() for role in ("target", "prediction", "score"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            expected = scikit_learn(label.astype(int), predicted, score)
        for metric, value in expected.items():
            row = ours[(chunk["chunk__period"], chunk["chunk__chunk_index"], "realized_performance", metric)]
            if row["status"] != "ok" or abs(row["value"] - value) > 1e-12 * abs(value):
                failures.append(f"{metric} {chunk['chunk__key']}: {row['value']} ({row['status']}) is not {value}")
            if row["labels_rate"] != 1:
                failures.append(f"{metric} {chunk['chunk__key']}: labels_rate {row['labels_rate']}")
    assert not failures, "\n".join(failures[:20])


@pytest.mark.parametrize("name", BINARY)
def test_reference_fits_its_own_calibration(results, name):
    """Isotonic regression keeps the number of positives, so over the reference the labels fit exactly."""
    suffix, rule = chunkings(name)[-1]
    rows = [row for (period, _, _, metric), row in results(name, suffix, rule).items()
            if period == "reference" and metric == "calibration_in_the_large"]
    gap = sum(row["value"] * row["rows"] for row in rows) / sum(row["rows"] for row in rows)
    assert abs(gap) < 1e-10
    assert np.max([abs(row["value"] / row["standard_error"]) for row in rows]) < 5
