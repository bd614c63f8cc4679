"""Several classes: bad scores and labels, costs under a label map, business value and metrics of one's own with their intervals."""
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS, CHUNKS = 4_000, 8
CLASSES = ["a", "b", "c"]
WORTH = np.array([[10, -5, 0], [0, 4, -2], [-30, 1, 7.5]])  # by label, then prediction
Z = 1.959963984540054

pytestmark = pytest.mark.sanitized


def columns_of(seed):
    """Scores are right, and labels are drawn from them."""
    rng = np.random.default_rng(seed)
    scores = rng.dirichlet([1.2, 1, 0.8], ROWS)
    label = (scores.cumsum(axis=1) < rng.random((ROWS, 1))).sum(axis=1).clip(max=2)
    return {"when": np.datetime64("2024-01-01", "us") + (np.arange(ROWS) * 60).astype("timedelta64[s]"), "x": rng.normal(size=ROWS),
            "scores": scores, "said": np.array(CLASSES)[scores.argmax(axis=1)].astype(object), "y": np.array(CLASSES)[label].astype(object)}


class Case:
    def __init__(self, folder, longwatch):
        self.folder, self.longwatch = folder, longwatch
        costs = {t: {p: float(WORTH[i, j]) for j, p in enumerate(CLASSES) if WORTH[i, j]} for i, t in enumerate(CLASSES)}
        self.model = dict(task="multiclass", score={c: f"p_{c}" for c in CLASSES}, prediction="said", target="y", timestamp="when", chunk={"number": CHUNKS},
                          reference="reference.parquet", analysis="analysis.parquet", features=["x"], costs=costs,
                          custom_metrics={"right": "correct / rows", "odd": "correct * true_a_pred_b / rows"})
        self.reference, self.analysis = columns_of(1), columns_of(2)

    def run(self):
        for name in ("reference", "analysis"):
            columns = dict(getattr(self, name))
            scores = columns.pop("scores")
            table = {k: pa.array(v, from_pandas=True) for k, v in columns.items()} | {f"p_{c}": scores[:, i] for i, c in enumerate(CLASSES)}
            pq.write_table(pa.table(table), self.folder / f"{name}.parquet")
        (self.folder / "fleet.yaml").write_text(json.dumps({"models": {"m": self.model}}))
        done = self.longwatch("run", self.folder / "fleet.yaml", "-o", self.folder / "out", "--quiet")
        assert done.returncode == 0, done.stderr
        rows = pq.read_table(self.folder / "out" / "results.parquet").to_pylist()
        for row in rows:
            assert (row["status"] == "ok") <= (row["value"] is not None), row
            assert row["value"] is None or not math.isnan(row["value"]), row
        return rows

    def warnings(self):
        return "\n".join(json.loads((self.folder / "out" / "run.json").read_text())["warnings"])


@pytest.fixture
def case(tmp_path, longwatch):
    return Case(tmp_path, longwatch)


def of(rows, family, metric, period="analysis"):
    found = [r for r in rows if (r["family"], r["metric"], r["period"]) == (family, metric, period) and r["chunk_index"] is not None and r["segment_column"] is None]
    return sorted(found, key=lambda r: r["chunk_index"])


def values(rows, family, metric, period="analysis"):
    return [r["value"] if r["status"] == "ok" else r["status"] for r in of(rows, family, metric, period)]


def chunks(values_of_rows):
    return np.array_split(np.asarray(values_of_rows), CHUNKS)


def test_bad_scores(case):
    rng = np.random.default_rng(3)
    at = rng.permutation(ROWS)
    bad, sums, missing = at[:40], at[40:100], at[100:130]
    scores = case.analysis["scores"]
    scores[bad, rng.integers(0, 3, 40)] = rng.choice([-0.001, 1.0001, 7, np.inf, -np.inf], 40)
    scores[sums] *= rng.choice([0.99, 0.5, 0], 60)[:, None]
    scores[missing, rng.integers(0, 3, 30)] = np.nan
    rows = case.run()
    for metric, where in (("invalid_score_rate", bad), ("unnormalised_score_rate", sums), ("missing_score_rate", missing)):
        wanted = [part.mean() for part in chunks(np.isin(np.arange(ROWS), where))]
        assert values(rows, "data_quality", metric) == wanted, metric
        assert values(rows, "data_quality", metric, "reference") == [0] * CHUNKS
    for metric in ("invalid_score_rate", "unnormalised_score_rate"):
        assert {r["chunk_index"] for r in of(rows, "data_quality", metric) if r["alert"]} == {r["chunk_index"] for r in of(rows, "data_quality", metric) if r["value"]}
    for text in ("40 of 4000 rows of the analysis have a score outside [0, 1]; they count as rows without scores",
                 "60 of 4000 rows of the analysis have scores that do not add up to 1; they count as rows without scores",
                 "30 of 4000 rows of the analysis lack the score of a class; they count as rows without scores"):
        assert text in case.warnings()
    assert "of the reference" not in case.warnings()
    # What needs scores leaves such rows out; what needs a prediction and a label keeps them.
    right = (case.analysis["said"] == case.analysis["y"])
    assert values(rows, "realized_performance", "accuracy") == pytest.approx([p.mean() for p in chunks(right)], abs=1e-12)
    usable = ~np.isin(np.arange(ROWS), at[:130])
    worst = np.array([scores[i, CLASSES.index(y)] for i, y in enumerate(case.analysis["y"])])
    losses = [-np.log(w[u].astype(float)).mean() for w, u in zip(chunks(worst), chunks(usable))]
    assert values(rows, "realized_performance", "log_loss") == pytest.approx(losses, abs=1e-12)


def test_labels_and_predictions_of_no_class(case):
    at = np.random.default_rng(4).permutation(ROWS)
    case.analysis["y"][at[:60]] = np.array(["maybe", "n/a", "A", "zz"], object)[np.arange(60) % 4]
    case.analysis["said"][at[40:100]] = "perhaps"
    rows = case.run()
    for metric, where in (("unmapped_label_rate", at[:60]), ("unmapped_prediction_rate", at[40:100])):
        assert values(rows, "data_quality", metric) == [p.mean() for p in chunks(np.isin(np.arange(ROWS), where))]
    assert "60 of 4000 rows of the analysis have a label that stands for no class ('A', 'maybe', 'n/a', ...)" in case.warnings()
    assert "60 of 4000 rows of the analysis have a prediction that stands for no class ('perhaps')" in case.warnings()
    rate = [r["labels_rate"] for r in of(rows, "realized_performance", "accuracy")]
    assert rate == pytest.approx([1 - p.mean() for p in chunks(np.isin(np.arange(ROWS), at[:60]))], abs=1e-15)


def test_clean_data_warns_of_nothing(case):
    rows = case.run()
    for metric in ("invalid_score_rate", "unnormalised_score_rate", "missing_score_rate", "unmapped_label_rate", "unmapped_prediction_rate"):
        assert values(rows, "data_quality", metric) == [0] * CHUNKS, metric
    assert "rows of the" not in case.warnings()


def test_no_labels_in_the_reference(case):
    case.reference["y"] = np.full(ROWS, None, object)
    rows = case.run()
    estimated = [r for r in rows if r["family"] == "estimated_performance"]
    assert estimated and {r["status"] for r in estimated} == {"undefined: the reference has no labels"}
    right = (case.analysis["said"] == case.analysis["y"])
    assert values(rows, "realized_performance", "accuracy") == pytest.approx([p.mean() for p in chunks(right)], abs=1e-12)
    assert all(r["status"] in ("ok", "reference_too_short") for r in rows if r["family"] == "univariate_drift" and r["column"] == "x")


def test_one_label_in_the_reference(case):
    case.reference["y"][:] = "a"
    rows = case.run()
    assert all(isinstance(v, str) and "does not occur here" in v for v in values(rows, "realized_performance", "roc_auc", "reference"))
    right = (case.analysis["said"] == case.analysis["y"])
    assert values(rows, "realized_performance", "accuracy") == pytest.approx([p.mean() for p in chunks(right)], abs=1e-12)
    assert all(isinstance(v, float) for v in values(rows, "realized_performance", "business_value"))


def outcome(case):
    """By row: label, prediction, and what each label would be worth."""
    label = np.array([CLASSES.index(y) for y in case.analysis["y"]])
    said = np.array([CLASSES.index(p) for p in case.analysis["said"]])
    return label, said, WORTH[:, said].T


def test_business_value_and_own_metrics_by_numpy(case):
    """Scores are probabilities and stay as they are, so that all sums can be worked out from the rows."""
    rows = case.run()
    label, said, worth = outcome(case)
    for k, (l, s, w, p) in enumerate(zip(chunks(label), chunks(said), chunks(worth), chunks(case.analysis["scores"]))):
        n = len(l)
        one = lambda family, metric: of(rows, family, metric)[k]
        expected_matrix = np.array([[p[s == j, i].sum() for j in range(3)] for i in range(3)])
        assert one("estimated_performance", "true_a_pred_b")["value"] == pytest.approx(expected_matrix[0, 1], abs=1e-6), "the scores were mapped"
        # What a row gets, and what is expected of it.
        got, awaited = w[np.arange(n), l], (p * w).sum(axis=1)
        noise = (p * w ** 2).sum(axis=1) - awaited ** 2
        for metric, scale in (("business_value", 1), ("business_value_per_prediction", 1 / n)):
            found = one("realized_performance", metric)
            assert found["value"] == pytest.approx(got.sum() * scale, abs=1e-9)
            assert found["standard_error"] == pytest.approx(math.sqrt(n) * got.std() * scale, rel=1e-9)
            assert found["ci_upper"] - found["value"] == pytest.approx(Z * math.sqrt(n) * got.std() * scale, rel=1e-9)
            estimate = one("estimated_performance", metric)
            assert estimate["value"] == pytest.approx(awaited.sum() * scale, abs=1e-6)
            assert estimate["ci_upper"] - estimate["value"] == pytest.approx(Z * math.sqrt(n) * awaited.std() * scale, rel=1e-5)
            assert estimate["value"] - estimate["pi_lower"] == pytest.approx(Z * math.sqrt(noise.sum()) * scale, rel=1e-5)
            assert (found["interval_method"], estimate["interval_method"]) == ("delta", "delta")
        right = (l == s)
        found = one("realized_performance", "right")
        assert found["value"] == pytest.approx(right.mean()) and found["standard_error"] == pytest.approx(right.std() / math.sqrt(n), rel=1e-6)
        both = right * ((l == 0) & (s == 1)).sum() / n + ((l == 0) & (s == 1)) * right.sum() / n  # influence of a row, but for its mean
        odd = one("realized_performance", "odd")
        assert odd["value"] == pytest.approx(right.sum() * ((l == 0) & (s == 1)).sum() / n)
        assert odd["standard_error"] == pytest.approx(math.sqrt(n) * both.std(), rel=1e-6)


def test_costs_and_totals_under_a_label_map(case):
    plain = case.run()
    case.model["label_map"] = {"a": "first", "b": "1", "c": "third"}
    mapped = case.run()
    for metric in ("business_value", "business_value_per_prediction", "right"):
        for family in ("estimated_performance", "realized_performance"):
            assert values(mapped, family, metric) == pytest.approx(values(plain, family, metric), rel=1e-12), metric
    assert values(mapped, "realized_performance", "odd") == pytest.approx(values(plain, "realized_performance", "odd"))
    case.model["costs"] = {{"a": "first", "b": "1.0", "c": "c"}[t]: row for t, row in case.model["costs"].items()}
    assert values(case.run(), "realized_performance", "business_value") == pytest.approx(values(plain, "realized_performance", "business_value"))
