"""Makes performance.json, the expected values of the classification metrics' tests, with scikit-learn.

Run from anywhere with a Python that has NumPy and scikit-learn: tests/data/metrics/make_performance.py.
A table is a list of [score, predicted, label or null, rows]. Estimated values come from scikit-learn's sample weights:
every row counts as positive with weight c and as negative with weight 1 - c, c its calibrated score.
"""

import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics

FOLDER = pathlib.Path(__file__).parent
KNOTS = [[0.0, 0.05], [0.2, 0.05], [0.3, 0.25], [0.7, 0.6], [0.9, 0.6], [1.0, 0.97]]
COUNTS = ("true_positive", "false_positive", "false_negative", "true_negative")


def values(score, predicted, label, weight):
    """All metrics of weighted rows; those that scikit-learn defines only by convention are left out."""
    tp, fp, fn, tn = (np.sum(weight[(label == l) & (predicted == p)]) for l, p in ((1, 1), (0, 1), (1, 0), (0, 0)))
    out = dict(zip(COUNTS, (tp, fp, fn, tn)))
    out["accuracy"] = metrics.accuracy_score(label, predicted, sample_weight=weight)
    out["brier_score"] = metrics.brier_score_loss(label, score, sample_weight=weight, labels=[0, 1])
    out["log_loss"] = metrics.log_loss(label, score, sample_weight=weight, labels=[0, 1])
    if tp + fn > 0:
        out["recall"] = metrics.recall_score(label, predicted, sample_weight=weight)
        out["average_precision"] = metrics.average_precision_score(label, score, sample_weight=weight)
    if tp + fp > 0:
        out["precision"] = metrics.precision_score(label, predicted, sample_weight=weight)
    if tn + fp > 0:
        out["specificity"] = metrics.recall_score(label, predicted, sample_weight=weight, pos_label=0)
    if tp + fp + fn > 0:
        out["f1"] = metrics.f1_score(label, predicted, sample_weight=weight)
    if tp + fn > 0 and tn + fp > 0:
        out["roc_auc"] = metrics.roc_auc_score(label, score, sample_weight=weight)
        out["balanced_accuracy"] = metrics.balanced_accuracy_score(label, predicted, sample_weight=weight)
        if 0 < tp + fp < tp + fp + tn + fn:
            out["matthews_correlation"] = metrics.matthews_corrcoef(label, predicted, sample_weight=weight)
    return {name: float(value) for name, value in out.items()}


def realized(table):
    known = [row for row in table if row[2] is not None]
    score, predicted, label = (np.array([row[i] for row in known]) for i in range(3))
    rows = np.array([row[3] for row in known])
    if not len(rows):
        return {}
    if rows.sum() > 10**6:
        return values(score, predicted, label, rows.astype(float))
    repeat = lambda x: np.repeat(x, rows)  # as rows: no weights
    return values(repeat(score), repeat(predicted), repeat(label), np.ones(rows.sum()))


def estimated(table):
    score, predicted, _, rows = (np.array([row[i] for row in table]) for i in range(4))
    calibrated = np.interp(score, *zip(*KNOTS))
    twice = lambda x: np.concatenate([x, x])
    label = np.repeat([1, 0], len(table))
    return values(twice(score), twice(predicted), label, np.concatenate([rows * calibrated, rows * (1 - calibrated)]))


def drawn(seed, rows, digits, skill=1.0, positive=0.3, known=1.0):
    """Rows of a model, with scores rounded so that they tie."""
    rng = np.random.default_rng(seed)
    label = rng.random(rows) < positive
    score = np.round(1 / (1 + np.exp(-rng.normal(skill * (2 * label - 1), 1))), digits)
    table = {}
    for s, l, k in zip(score.tolist(), label.tolist(), rng.random(rows) < known):
        key = (s, int(s >= 0.5), int(l) if k else None)
        table[key] = table.get(key, 0) + 1
    return [[*key, count] for key, count in table.items()]


def main():
    cases = {
        "continuous scores": drawn(1, 400, 17),
        "ties": drawn(2, 3000, 2),
        "few scores, many rows": [[*row[:3], row[3] * 1234567] for row in drawn(3, 4000, 1)],
        "rare positives": drawn(4, 3000, 3, positive=0.01),
        "part of the labels": drawn(5, 1000, 2, known=0.3),
        "no labels": drawn(6, 50, 2, known=0),
        "no skill": drawn(7, 2000, 2, skill=0),
        "the wrong way round": drawn(8, 500, 2, skill=-2),
        "perfect": [[0.1, 0, 0, 5], [0.9, 1, 1, 3]],
        "always wrong, and certain": [[0.0, 0, 1, 5], [1.0, 1, 0, 3]],
        "all scores one": [[0.4, 0, 0, 5], [0.4, 1, 1, 3], [0.4, 0, 1, 2]],
        "only positives": [[0.2, 0, 1, 4], [0.8, 1, 1, 6]],
        "only negatives": [[0.2, 0, 0, 4], [0.8, 1, 0, 6]],
        "nothing predicted positive": [[0.2, 0, 0, 4], [0.3, 0, 1, 6], [0.1, 0, 1, 1]],
        "everything predicted positive": [[0.2, 1, 0, 4], [0.3, 1, 1, 6], [0.7, 1, 0, 1]],
        "one row": [[0.5, 1, 1, 1]],
        "predictions at odds with scores": [[0.2, 1, 0, 4], [0.3, 0, 1, 6], [0.7, 0, 0, 9], [0.7, 1, 1, 2]],
    }
    out = {name: {"table": table, "realized": realized(table), "estimated": estimated(table)}
           for name, table in cases.items()}
    (FOLDER / "performance.json").write_text(json.dumps({"knots": KNOTS, "cases": out}, indent=None) + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
