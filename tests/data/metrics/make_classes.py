"""Makes classes.json, the expected values of the metrics of several classes, with scikit-learn.

Run from anywhere with a Python that has NumPy and scikit-learn: tests/data/metrics/make_classes.py.
A row is [scores by scored class, or null; predicted class; label or null; rows]. Estimated values come from scikit-learn's
sample weights: every row counts once with each label, weighted with the score of it (the map is the identity).
"""

import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics

FOLDER = pathlib.Path(__file__).parent


def averages(name, function, predicted, label, weight):
    """Confusion metrics over the classes that occur, 0 without a denominator."""
    return {name + suffix: function(label, predicted, average=average, sample_weight=weight, zero_division=0)
            for suffix, average in (("", "macro"), ("_micro", "micro"), ("_weighted", "weighted"))}


def specificities(predicted, label, weight):
    """From the confusion matrices of each class against the rest."""
    present = np.unique(np.concatenate([label[weight > 0], predicted[weight > 0]]))
    matrix = metrics.multilabel_confusion_matrix(label, predicted, labels=present, sample_weight=weight)
    tn, fp, support = matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1].sum(axis=1)
    each = np.divide(tn, tn + fp, out=np.zeros(len(present)), where=tn + fp > 0)
    out = {"specificity": each.mean(), "specificity_weighted": np.average(each, weights=support)}
    if (tn + fp).sum() > 0:
        out["specificity_micro"] = tn.sum() / (tn + fp).sum()
    return out


def ranked(name, function, scores, scored, label, weight):
    """Metrics of scores: each scored class against the rest."""
    each, support = [], []
    for at, c in enumerate(scored):
        support.append(weight[label == c].sum())
        defined = support[-1] > 0 and (name == "average_precision" or weight[label != c].sum() > 0)
        each.append(function(label == c, scores[:, at], sample_weight=weight) if defined else np.nan)
    each, support = np.array(each), np.array(support)
    out = {}
    if not np.isnan(each).any():
        out[name] = each.mean()
    with_rows = support > 0
    if with_rows.any() and not np.isnan(each[with_rows]).any():
        out[name + "_weighted"] = np.average(each[with_rows], weights=support[with_rows])
    flat = np.concatenate([label == c for c in scored])
    if with_rows.any():
        out[name + "_micro"] = function(flat, scores.T.ravel(), sample_weight=np.tile(weight, len(scored)))
    return out


def confusion_values(predicted, label, weight):
    out = {"accuracy": metrics.accuracy_score(label, predicted, sample_weight=weight)}
    for name, function in (("f1", metrics.f1_score), ("precision", metrics.precision_score), ("recall", metrics.recall_score)):
        out |= averages(name, function, predicted, label, weight)
    out |= specificities(predicted, label, weight)
    if len(np.unique(label)) > 1:
        out["balanced_accuracy"] = metrics.balanced_accuracy_score(label, predicted, sample_weight=weight)
        if len(np.unique(predicted)) > 1:
            out["matthews_correlation"] = metrics.matthews_corrcoef(label, predicted, sample_weight=weight)
    return out


def score_values(scores, scored, label, weight):
    out = ranked("roc_auc", metrics.roc_auc_score, scores, scored, label, weight)
    out |= ranked("average_precision", metrics.average_precision_score, scores, scored, label, weight)
    mine = np.isin(label, scored)
    if mine.all():
        out["log_loss"] = metrics.log_loss(label, scores, sample_weight=weight, labels=scored)
        out["brier_score"] = metrics.brier_score_loss(label, scores, sample_weight=weight, labels=scored, scale_by_half=False)
    return out


def values(rows, scored, labels_from_scores):
    """Estimated (labels_from_scores) or realized values of rows (scores, predicted, label)."""
    scores = np.array([[np.nan] * len(scored) if row[0] is None else row[0] for row in rows], dtype=float)
    predicted = np.array([row[1] for row in rows])
    usable = ~np.isnan(scores[:, 0])
    if labels_from_scores:
        scores, predicted = scores[usable], predicted[usable]
        label = np.repeat(scored, len(scores))
        weight = scores.T.ravel()
        scores, predicted = np.tile(scores, (len(scored), 1)), np.tile(predicted, len(scored))
        keep = weight > 0
        scores, predicted, label, weight = scores[keep], predicted[keep], label[keep], weight[keep]
        usable = np.ones(len(label), bool)
    else:
        label = np.array([row[2] for row in rows])
        weight = np.ones(len(rows))
    if not len(label):
        return {}
    out = confusion_values(predicted, label, weight)
    if usable.any():
        out |= score_values(scores[usable], scored, label[usable], weight[usable])
    return {name: float(value) for name, value in out.items()}


def drawn(seed, rows, classes, scored=None, digits=6, known=1.0, unusable=0.0, weights=None):
    """Rows of a model whose scores are multiples of 2^-digits, so that they tie and add up exactly."""
    rng = np.random.default_rng(seed)
    scored = list(range(classes)) if scored is None else scored
    table = []
    for label in rng.choice(classes, rows, p=weights):
        raw = rng.dirichlet(np.where(np.array(scored) == label, 3.0, 1.0))
        units = np.floor(raw * 2**digits)
        units[np.argmax(raw)] += 2**digits - units.sum()
        scores = (units / 2**digits).tolist()
        predicted = scored[int(np.argmax(scores))] if rng.random() < 0.8 else int(rng.integers(classes))
        table.append([None if rng.random() < unusable else scores, predicted, int(label) if rng.random() < known else None])
    return {"classes": classes, "scored": scored, "rows": table}


def main():
    cases = {
        "three classes": drawn(1, 300, 3, digits=30),
        "ties": drawn(2, 400, 4, digits=3),
        "nine classes": drawn(3, 400, 9),
        "two classes": drawn(4, 100, 2),
        "part of the labels": drawn(5, 300, 3, known=0.4),
        "rows without usable scores": drawn(6, 300, 3, unusable=0.2),
        "no usable scores": drawn(7, 30, 3, unusable=1),
        "a class that does not occur": drawn(8, 200, 4, weights=[0.5, 0, 0.2, 0.3]),
        "one class only": drawn(9, 50, 3, weights=[0, 1, 0]),
        "a class without a score": drawn(10, 300, 4, scored=[0, 1, 3], weights=[0.4, 0.2, 0, 0.4]),
        "labels of a class without a score": drawn(11, 300, 4, scored=[0, 1, 3]),
        "no labels": drawn(12, 50, 3, known=0),
    }
    for case in cases.values():
        known = [row for row in case["rows"] if row[2] is not None]
        scored_rows = [row for row in case["rows"] if row[0] is not None]
        case["realized"] = values(known, case["scored"], False) if known else {}
        case["estimated"] = values(case["rows"], case["scored"], True) if scored_rows else {}
    (FOLDER / "classes.json").write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
