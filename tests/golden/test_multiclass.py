"""Estimated and realized performance of a classifier of several classes against NannyML's results and scikit-learn."""
import json
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression

from sets import HERE, SETS, chunkings, fleet

NAME = "synthetic_multiclass"
ROLES = SETS[NAME]
CLASSES = sorted(ROLES["score"])
CASES = chunkings(NAME)
EXACT = ["f1", "precision", "recall", "specificity", "accuracy"]
OTHERS = ["balanced_accuracy", "matthews_correlation", "log_loss", "brier_score"]
AVERAGED = ["f1", "precision", "recall", "specificity", "roc_auc", "average_precision"]
ASKED = (EXACT + OTHERS + ["roc_auc", "average_precision", "confusion_matrix", "business_value"] +
         [metric + average for metric in AVERAGED for average in ("_micro", "_weighted")])

# Of the peer's results: right predictions are worth 1, 2 and 3, wrong ones -1.
COSTS = {true: {predicted: -1 if true != predicted else 1 + CLASSES.index(true) for predicted in CLASSES} for true in CLASSES}


def labelled_analysis():
    """The analysis table with its labels, joined by id."""
    folder = HERE / "data" / NAME
    analysis, target = (pq.read_table(folder / f"{file}.parquet") for file in ("analysis", "analysis_target"))
    place = {id: row for row, id in enumerate(target["id"].to_pylist())}
    rows = pa.array([place[id] for id in analysis["id"].to_pylist()])
    return analysis.append_column(ROLES["target"], target[ROLES["target"]].take(rows))


@pytest.fixture(scope="module")
def tables():
    return {"reference": pq.read_table(HERE / "data" / NAME / "reference.parquet"), "analysis": labelled_analysis()}


@pytest.fixture(scope="module")
def results(longwatch, tables, tmp_path_factory):
    cache = {}

    def of(suffix, rule):
        if suffix not in cache:
            folder = tmp_path_factory.mktemp("multiclass")
            pq.write_table(tables["analysis"], folder / "analysis.parquet")
            config = fleet(NAME, rule)
            config["models"][NAME] |= {"analysis": str(folder / "analysis.parquet"), "metrics": ASKED, "costs": COSTS}
            del config["models"][NAME]["thresholds"]
            (folder / "fleet.yaml").write_text(json.dumps(config))
            run = longwatch("run", folder / "fleet.yaml", "-o", folder / "out", "--quiet")
            assert run.returncode == 0, run.stderr
            cache[suffix] = {(r["period"], r["chunk_index"], r["family"], r["metric"]): r for r in
                             pq.read_table(folder / "out" / "results.parquet").to_pylist() if r["column"] is None}
        return cache[suffix]

    return of


def golden(calculator, suffix):
    return pq.read_table(HERE / "expected" / NAME / f"{calculator}__{suffix}.parquet").to_pylist()


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


@pytest.mark.parametrize("suffix,rule", CASES)
def test_realized_as_nannyml(results, suffix, rule):
    ours, failures, family = results(suffix, rule), [], "realized_performance"
    for metric in EXACT + ["roc_auc", "average_precision"]:
        failures += compare(ours, golden("performance_metrics", suffix), family, f"{metric}__value", metric, 1e-9)
    for true in CLASSES:
        for predicted in CLASSES:
            entry = f"true_{true}_pred_{predicted}"
            failures += compare(ours, golden("performance_confusion_business", suffix), family, f"{entry}__value", entry,
                                1e-9)
            failures += compare(ours, golden("performance_confusion_norm_true", suffix), family, f"{entry}__value",
                                f"{entry}_of_actual", 1e-9)
    failures += compare(ours, golden("performance_confusion_business", suffix), family, "business_value__value", "business_value", 1e-9)
    assert not failures, "\n".join(failures[:20])


def confusion_values(label, predicted):
    out = {"accuracy": metrics.accuracy_score(label, predicted),
           "balanced_accuracy": metrics.balanced_accuracy_score(label, predicted),
           "matthews_correlation": metrics.matthews_corrcoef(label, predicted)}
    for average, suffix in (("macro", ""), ("micro", "_micro"), ("weighted", "_weighted")):
        for metric, function in (("f1", metrics.f1_score), ("precision", metrics.precision_score),
                                 ("recall", metrics.recall_score)):
            out[metric + suffix] = function(label, predicted, average=average)
    matrix = metrics.confusion_matrix(label, predicted, labels=CLASSES)
    for i, true in enumerate(CLASSES):
        for j, given in enumerate(CLASSES):
            entry = f"true_{true}_pred_{given}"
            out[entry] = matrix[i, j]
            out[entry + "_share"] = matrix[i, j] / matrix.sum()
            out[entry + "_of_actual"] = matrix[i, j] / matrix[i].sum()
            out[entry + "_of_predicted"] = matrix[i, j] / matrix[:, j].sum()
    return out


def score_values(label, scores):
    out = {"log_loss": metrics.log_loss(label, scores, labels=CLASSES),
           "brier_score": metrics.brier_score_loss(label, scores, labels=CLASSES)}
    rest = np.array([label == c for c in CLASSES]).T
    for average, suffix in (("macro", ""), ("micro", "_micro"), ("weighted", "_weighted")):
        out["roc_auc" + suffix] = metrics.roc_auc_score(rest, scores, average=average)
        out["average_precision" + suffix] = metrics.average_precision_score(rest, scores, average=average)
    return out


@pytest.mark.parametrize("suffix,rule", CASES)
def test_as_scikit_learn(results, tables, suffix, rule):
    ours, failures = results(suffix, rule), []
    for chunk in golden("performance_metrics", suffix):
        first, last = chunk["chunk__start_index"], chunk["chunk__end_index"]
        rows = tables[chunk["chunk__period"]].slice(first, last - first + 1)
        label, predicted = (np.array(rows[ROLES[role]].to_pylist()) for role in ("target", "prediction"))
        scores = np.array([rows[ROLES["score"][c]].to_numpy() for c in CLASSES]).T
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            expected = confusion_values(label, predicted) | score_values(label, scores)
        for metric, value in expected.items():
            row = ours[(chunk["chunk__period"], chunk["chunk__chunk_index"], "realized_performance", metric)]
            if row["status"] != "ok" or abs(row["value"] - value) > 1e-12 * max(1, abs(value)):
                failures.append(f"{metric} {chunk['chunk__key']}: {row['value']} ({row['status']}) is not {value}")
            if row["labels_rate"] != 1:
                failures.append(f"{metric} {chunk['chunk__key']}: labels_rate {row['labels_rate']}")
    assert not failures, "\n".join(failures[:20])


# The classes whose scores the goldens have mapped: those that Longwatch maps.
MAPPED = ("highstreet_card", "upmarket_card")


def calibrated(maps, rows):
    """By class: the scores as they are, and CBPE's probabilities from scikit-learn's isotonic regressions."""
    scores = np.array([rows[ROLES["score"][c]].to_numpy() for c in CLASSES])
    p = np.array([maps[c].predict(s) if c in MAPPED else s for c, s in zip(CLASSES, scores)])
    return scores, p / p.sum(axis=0)


def matrix_estimates(p, predicted):
    """What CBPE says of the confusion matrix, by its sums of probabilities."""
    k = len(CLASSES)
    m = np.array([[p[i][predicted == given].sum() for given in CLASSES] for i in range(k)])  # label, prediction
    n, right, label, given = m.sum(), np.diag(m), m.sum(axis=1), m.sum(axis=0)
    covariance = right.sum() * n - label @ given
    out = {"accuracy": right.sum() / n, "balanced_accuracy": np.mean(right / label),
           "matthews_correlation": covariance / np.sqrt((n * n - label @ label) * (n * n - given @ given))}
    for i, true in enumerate(CLASSES):
        for j, other in enumerate(CLASSES):
            entry = f"true_{true}_pred_{other}"
            out |= {entry: m[i, j], f"{entry}_share": m[i, j] / n, f"{entry}_of_actual": m[i, j] / label[i],
                    f"{entry}_of_predicted": m[i, j] / given[j]}
    tp, fp, fn = right, given - right, label - right
    tn = n - tp - fp - fn
    of_classes = {"f1": 2 * tp / (2 * tp + fp + fn), "precision": tp / (tp + fp), "recall": tp / (tp + fn),
                  "specificity": tn / (tn + fp)}
    for metric, values in of_classes.items():
        out |= {metric: np.mean(values), f"{metric}_weighted": np.average(values, weights=label)}
    tp, fp, fn, tn = tp.sum(), fp.sum(), fn.sum(), tn.sum()
    return out | {"f1_micro": 2 * tp / (2 * tp + fp + fn), "precision_micro": tp / (tp + fp),
                  "recall_micro": tp / (tp + fn), "specificity_micro": tn / (tn + fp)}


def score_estimates(scores, p):
    """Every row is of each class by its probability: once with, once without the label, weighted."""
    out = {"log_loss": np.mean(-(p * np.log(np.clip(scores, 2**-52, 1 - 2**-52))).sum(axis=0)),
           "brier_score": np.mean((p * (1 - scores)**2 + (1 - p) * scores**2).sum(axis=0))}
    for metric, function in (("roc_auc", metrics.roc_auc_score), ("average_precision", metrics.average_precision_score)):
        def of(s, q):
            return function(np.repeat([1, 0], len(s)), np.tile(s, 2), sample_weight=np.concatenate([q, 1 - q]))
        values = [of(s, q) for s, q in zip(scores, p)]
        out |= {metric: np.mean(values), f"{metric}_weighted": np.average(values, weights=p.sum(axis=1)),
                f"{metric}_micro": of(scores.ravel(), p.ravel())}
    return out


@pytest.fixture(scope="module")
def maps(tables):
    reference = tables["reference"]
    label = np.array(reference[ROLES["target"]].to_pylist())
    return {c: IsotonicRegression(out_of_bounds="clip").fit(reference[ROLES["score"][c]].to_numpy(), label == c)
            for c in CLASSES}


def rows_of(tables, chunk):
    first, last = chunk["chunk__start_index"], chunk["chunk__end_index"]
    return tables[chunk["chunk__period"]].slice(first, last - first + 1)


@pytest.mark.parametrize("suffix,rule", CASES)
def test_estimated_as_nannyml(results, suffix, rule):
    ours, failures, family = results(suffix, rule), [], "estimated_performance"
    for metric in EXACT:
        failures += compare(ours, golden("cbpe_metrics", suffix), family, f"{metric}__value", metric, 1e-9)
    failures += compare(ours, golden("cbpe_metrics", suffix), family, "roc_auc__value", "roc_auc", 1e-5)  # rounded there
    matrix, shares = golden("cbpe_confusion_business", suffix), golden("cbpe_confusion_norm_true", suffix)
    for true in CLASSES:
        for predicted in CLASSES:
            entry = f"true_{true}_pred_{predicted}"
            failures += compare(ours, matrix, family, f"{entry}__value", entry, 1e-9)
            failures += compare(ours, shares, family, f"{entry}__value", f"{entry}_of_actual", 1e-9)
    failures += compare(ours, matrix, family, "business_value__value", "business_value", 1e-9)
    assert not failures, "\n".join(failures[:20])


@pytest.mark.parametrize("suffix,rule", CASES)
def test_estimates_by_row(results, tables, maps, suffix, rule):
    """Every estimate, from the rows. NannyML's average precision takes tied rows one by one, so ours, which groups them,
    is the same but for that."""
    ours, failures = results(suffix, rule), []
    for chunk in golden("cbpe_metrics", suffix):
        rows = rows_of(tables, chunk)
        scores, p = calibrated(maps, rows)
        expected = matrix_estimates(p, np.array(rows[ROLES["prediction"]].to_pylist())) | score_estimates(scores, p)
        for metric, value in expected.items():
            row = ours[(chunk["chunk__period"], chunk["chunk__chunk_index"], "estimated_performance", metric)]
            if row["status"] != "ok" or abs(row["value"] - value) > 1e-9 * max(1, abs(value)):
                failures.append(f"{metric} {chunk['chunk__key']}: {row['value']} ({row['status']}) is not {value}")
        one_by_one = []
        for s, q in zip(scores, p):
            falling = q[np.argsort(-s, kind="stable")]
            one_by_one.append(np.sum(falling * np.cumsum(falling) / np.arange(1, len(falling) + 1)) / falling.sum())
        assert np.mean(one_by_one) == pytest.approx(chunk["average_precision__value"], abs=1e-4), chunk["chunk__key"]
    assert not failures, "\n".join(failures[:20])


INTERVALS = EXACT + OTHERS + ["roc_auc", "average_precision"] + [
    metric + average for metric in AVERAGED for average in ("_micro", "_weighted")] + [
    f"true_{a}_pred_{b}{norm}" for a in CLASSES for b in CLASSES for norm in ("", "_share", "_of_actual", "_of_predicted")]


@pytest.mark.parametrize("suffix,rule", CASES)
def test_every_value_has_its_interval(results, suffix, rule):
    for (period, chunk, family, metric), row in results(suffix, rule).items():
        if metric not in INTERVALS:
            continue
        place = f"{family} {metric} {period} {chunk}"
        assert row["ci_lower"] <= row["value"] <= row["ci_upper"] and row["ci_lower"] < row["ci_upper"], place
        assert row["interval_method"] and (row["standard_error"] > 0 or row["value"] in (0, 1)), place
        if family == "estimated_performance":
            assert row["pi_lower"] < row["pi_upper"], place
