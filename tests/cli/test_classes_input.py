"""Several classes whose rows are not as they should be, and many classes: every value is that of the rows that count."""
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn import metrics as sk

ROWS, CHUNKS = 2_400, 4
NAMES = ["ash", "beech", "oak"]


def drawn(seed, classes=3, rows=ROWS):
    """Scores that are the probabilities of the labels."""
    rng = np.random.default_rng(seed)
    scores = rng.dirichlet(np.full(classes, 0.7), rows)
    label = (rng.random(rows)[:, None] > np.cumsum(scores, axis=1)[:, :-1]).sum(axis=1)
    return scores, scores.argmax(axis=1), label


class Data:
    def __init__(self, seed, names=NAMES, rows=ROWS):
        self.names = names
        self.scores, predicted, label = drawn(seed, len(names), rows)
        self.predicted, self.label = np.array(names)[predicted], np.array(names)[label]

    def write(self, path):
        when = np.datetime64("2024-01-01", "us") + (np.arange(len(self.label)) * 60).astype("timedelta64[s]")
        pq.write_table(pa.table({"when": when, "said": self.predicted, "y": pa.array(self.label, pa.string()),
                                 **{f"p_{name}": s for name, s in zip(self.names, self.scores.T)}}), path)


def run(folder, longwatch, reference, analysis, chunks=CHUNKS, metrics=None):
    reference.write(folder / "reference.parquet")
    analysis.write(folder / "analysis.parquet")
    model = dict(task="multiclass", score={name: f"p_{name}" for name in reference.names}, prediction="said", target="y",
                 timestamp="when", chunk={"number": chunks}, reference="reference.parquet", analysis="analysis.parquet",
                 **({"metrics": metrics} if metrics else {}))
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
    done = longwatch("run", folder / "fleet.yaml", "-o", folder / "out", "--quiet")
    assert done.returncode == 0, done.stderr
    rows = pq.read_table(folder / "out" / "results.parquet").to_pylist()
    for row in rows:
        assert (row["status"] == "ok") <= (row["value"] is not None and math.isfinite(row["value"])), row
    return {(r["family"].removesuffix("_performance"), r["metric"], r["chunk_index"]): r for r in rows
            if r["period"] == "analysis" and r["column"] is None}


def parts(rows=ROWS, chunks=CHUNKS):
    return np.array_split(np.arange(rows), chunks)


def areas(scores, label, names=NAMES):
    return [sk.roc_auc_score(label == name, s) for name, s in zip(names, scores.T)]


pytestmark = pytest.mark.sanitized


def test_rows_that_do_not_sum_to_one(tmp_path, longwatch):
    analysis = Data(2)
    bad = np.random.default_rng(3).permutation(ROWS)[:300]
    analysis.scores[bad] *= np.linspace(0.2, 0.9, 300)[:, None]
    slightly = np.setdiff1d(np.arange(0, ROWS, 7), bad)
    analysis.scores[slightly] *= 0.9995  # within the tolerance of 0.001
    found = run(tmp_path, longwatch, Data(1), analysis)
    for chunk, rows in enumerate(parts()):
        usable = np.setdiff1d(rows, bad)
        label, predicted, scores = analysis.label, analysis.predicted, analysis.scores
        expected = {("realized", "accuracy"): np.mean(label[rows] == predicted[rows]),
                    ("realized", "f1"): sk.f1_score(label[rows], predicted[rows], average="macro"),
                    ("realized", "roc_auc"): np.mean(areas(scores[usable], label[usable])),
                    ("realized", "log_loss"): -np.mean(np.log(scores[usable, np.searchsorted(NAMES, label[usable])]))}
        for (family, metric), value in expected.items():
            row = found[family, metric, chunk]
            assert row["value"] == pytest.approx(value, abs=1e-12), (family, metric, chunk)
        estimate = found["estimated", "true_oak_pred_oak", chunk]["value"]
        assert estimate <= np.sum(predicted[usable] == "oak")  # no row without usable scores is estimated
        assert sum(found["estimated", f"true_{a}_pred_{b}", chunk]["value"] for a in NAMES for b in NAMES) == pytest.approx(len(usable), abs=1e-6)


def test_one_class_in_a_chunk(tmp_path, longwatch):
    analysis = Data(2)
    first = parts()[1]
    analysis.label[first] = "oak"
    found = run(tmp_path, longwatch, Data(1), analysis)
    said, label = analysis.predicted[first], analysis.label[first]
    assert found["realized", "accuracy", 1]["value"] == np.mean(said == "oak")
    # As scikit-learn: classes that are neither predicted nor a label do not count, a class without a denominator is 0.
    expected = sk.f1_score(label, said, average="macro", zero_division=0)
    assert found["realized", "f1", 1]["value"] == pytest.approx(expected, abs=1e-12)
    assert found["realized", "true_oak_pred_oak_of_actual", 1]["value"] == np.mean(said == "oak")
    reasons = {"roc_auc": "undefined: class 'ash' does not occur here, or no other does",
               "balanced_accuracy": "undefined: only one class occurs here",
               "true_ash_pred_ash_of_actual": "undefined: no row has this label"}
    for metric, reason in reasons.items():
        row = found["realized", metric, 1]
        assert (row["status"], row["value"]) == (reason, None), metric
    assert all(found["estimated", metric, 1]["value"] is not None for metric in ("roc_auc", "f1", "balanced_accuracy"))
    assert all(found["realized", "roc_auc", chunk]["value"] is not None for chunk in (0, 2, 3))


def test_classes_unseen_in_the_reference(tmp_path, longwatch):
    analysis = Data(2)
    rng = np.random.default_rng(4)
    strange = rng.random(ROWS) < 0.1
    foretold = rng.random(ROWS) < 0.1
    analysis.label = np.where(strange, "willow", analysis.label)
    analysis.predicted = np.where(foretold, "yew", analysis.predicted)
    found = run(tmp_path, longwatch, Data(1), analysis)
    largest = np.array(NAMES)[analysis.scores.argmax(axis=1)]
    said = np.where(foretold, largest, analysis.predicted)  # without a known prediction, the largest score is it
    for chunk, rows in enumerate(parts()):
        known = rows[~strange[rows]]
        row = found["realized", "accuracy", chunk]
        assert row["value"] == pytest.approx(np.mean(said[known] == analysis.label[known]), abs=1e-12)
        assert row["labels_rate"] == pytest.approx(len(known) / len(rows), abs=1e-12)
        expected = np.mean(areas(analysis.scores[known], analysis.label[known]))
        assert found["realized", "roc_auc", chunk]["value"] == pytest.approx(expected, abs=1e-12)
        assert found["estimated", "accuracy", chunk]["value"] is not None  # its status: the reference has few chunks
    assert not any("willow" in metric or "yew" in metric for _, metric, _ in found)


def test_no_labels_in_the_reference(tmp_path, longwatch):
    reference, analysis = Data(1), Data(2)
    reference.label = [None] * ROWS
    found = run(tmp_path, longwatch, reference, analysis)
    estimated = [row for (family, _, _), row in found.items() if family == "estimated"]
    assert estimated and {row["status"] for row in estimated} == {"undefined: the reference has no labels"}
    for chunk, rows in enumerate(parts()):
        assert found["realized", "accuracy", chunk]["value"] == pytest.approx(np.mean(analysis.label[rows] == analysis.predicted[rows]), abs=1e-12)
        expected = np.mean(areas(analysis.scores[rows], analysis.label[rows]))
        assert found["realized", "roc_auc", chunk]["value"] == pytest.approx(expected, abs=1e-12)


def test_a_hundred_classes(tmp_path, longwatch):
    names = [f"c{i:02}" for i in range(100)]
    reference, analysis = Data(1, names, 6_000), Data(2, names, 6_000)
    found = run(tmp_path, longwatch, reference, analysis, chunks=2)
    entries = sorted({metric for _, metric, _ in found if metric.startswith("true_")})
    diagonal = [f"true_{n}_pred_{n}{norm}" for n in names for norm in ("", "_share", "_of_actual", "_of_predicted")]
    assert entries == sorted(diagonal)  # of more than 20 classes only right predictions
    assert len(found) < 2 * 2 * (400 + 100)  # two families, two chunks: a bound that grows with K, not with K^2
    label, predicted, scores = analysis.label, analysis.predicted, analysis.scores
    for chunk, rows in enumerate(parts(6_000, 2)):
        expected = {"accuracy": np.mean(label[rows] == predicted[rows]),
                    "f1": sk.f1_score(label[rows], predicted[rows], average="macro"),
                    "f1_weighted": sk.f1_score(label[rows], predicted[rows], average="weighted"),
                    "matthews_correlation": sk.matthews_corrcoef(label[rows], predicted[rows]),
                    "roc_auc": np.mean(areas(scores[rows], label[rows], names)),
                    "roc_auc_micro": sk.roc_auc_score((label[rows][:, None] == names).ravel(), scores[rows].ravel())}
        for metric, value in expected.items():
            row = found["realized", metric, chunk]
            # Beyond 2^20 different scores these are on a grid of 2^-16; f1 and the like do not read them.
            assert row["value"] == pytest.approx(value, abs=1e-4 if "roc" in metric else 1e-12), metric
            estimate = found["estimated", metric, chunk]
            # The scores are probabilities, but 60 reference rows a class do not tell exactly that.
            assert estimate["value"] == pytest.approx(row["value"], abs=0.03), metric
            assert estimate["pi_lower"] < estimate["value"] < estimate["pi_upper"], metric
            assert row["ci_lower"] < row["value"] < row["ci_upper"], metric
