"""Bad scores, labels and predictions: every value is right or says why there is none, and nothing else is harmed."""
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn import metrics as sk

ROWS, CHUNKS = 4_000, 8
PERFORMANCE = ("estimated_performance", "realized_performance")


def columns_of(seed):
    rng = np.random.default_rng(seed)
    score = rng.random(ROWS)
    return {"when": np.datetime64("2024-01-01", "us") + (np.arange(ROWS) * 60).astype("timedelta64[s]"), "x": rng.normal(size=ROWS),
            "score": score, "said": (score >= 0.4).astype(np.int64), "y": (rng.random(ROWS) < score).astype(np.int64)}


class Case:
    def __init__(self, folder, longwatch):
        self.folder, self.longwatch = folder, longwatch
        self.model = dict(task="binary", score="score", prediction="said", target="y", timestamp="when", chunk={"number": CHUNKS},
                          reference="reference.parquet", analysis="analysis.parquet", features=["x"])
        self.reference, self.analysis = columns_of(1), columns_of(2)

    def run(self, models=None, code=0):
        for name in ("reference", "analysis"):
            pq.write_table(pa.table({k: v for k, v in getattr(self, name).items() if v is not None}), self.folder / f"{name}.parquet")
        (self.folder / "fleet.yaml").write_text(json.dumps({"models": models or {"m": self.model}}))
        done = self.longwatch("run", self.folder / "fleet.yaml", "-o", self.folder / "out", "--quiet")
        assert done.returncode == code, done.stderr
        rows = pq.read_table(self.folder / "out" / "results.parquet").to_pylist()
        for row in rows:
            assert (row["status"] == "ok") <= (row["value"] is not None), row
            assert row["value"] is None or not math.isnan(row["value"]), row
            assert row["status"] in ("ok", "insufficient_data", "reference_too_short", "not_in_reference") or row["status"].startswith("undefined: "), row
        return rows

    def warnings(self):
        return "\\n".join(json.loads((self.folder / "out" / "run.json").read_text())["warnings"])


@pytest.fixture
def case(tmp_path, longwatch):
    return Case(tmp_path, longwatch)


pytestmark = pytest.mark.sanitized


def values(rows, family, metric, period="analysis"):
    """By chunk: the value, or the status where there is none."""
    found = [r for r in rows if (r["family"], r["metric"], r["period"]) == (family, metric, period) and r["chunk_index"] is not None]
    return [r["value"] if r["status"] == "ok" else r["status"] for r in sorted(found, key=lambda r: r["chunk_index"])]


def chunks(values_of_rows):
    return np.array_split(np.asarray(values_of_rows), CHUNKS)


def performance(rows):
    key = lambda r: (r["period"], r["chunk_index"], r["family"], r["metric"])
    return {key(r): (r["value"], r["status"], r["rows"], r["labels_rate"]) for r in rows if r["family"] in PERFORMANCE}


def drift_goes_on(rows):
    found = [r for r in rows if r["family"] == "univariate_drift" and r["column"] == "x" and r["period"] == "analysis"]
    return bool(found) and all(r["status"] == "ok" for r in found)


def test_scores_outside_and_missing(case):
    rng = np.random.default_rng(3)
    score = case.analysis["score"].copy()
    at = rng.permutation(ROWS)
    score[at[:50]] = rng.choice([-0.001, 1.0001, 7, np.inf, -np.inf, 1e300], 50)
    score[at[50:90]] = np.nan
    case.analysis["score"] = pa.array(score, mask=np.isin(np.arange(ROWS), at[90:120]))
    rows = case.run()
    bad = np.isin(np.arange(ROWS), at[:50])
    unscored = np.isin(np.arange(ROWS), at[:120])
    assert values(rows, "data_quality", "invalid_score_rate") == [part.mean() for part in chunks(bad)]
    assert values(rows, "data_quality", "invalid_score_rate", "reference") == [0] * CHUNKS
    alerts = {r["chunk_index"] for r in rows if r["metric"] == "invalid_score_rate" and r["alert"]}
    assert alerts == {i for i, part in enumerate(chunks(bad)) if part.any()}
    assert "50 of 4000 rows of the analysis have a score outside [0, 1]" in case.warnings()
    # What needs a score leaves such rows out; what needs a prediction and a label keeps them.
    y, said = case.analysis["y"], case.analysis["said"]
    parts = [np.flatnonzero(part) for part in np.eye(CHUNKS, dtype=bool)[np.repeat(np.arange(CHUNKS), ROWS // CHUNKS)].T]
    auc = [sk.roc_auc_score(y[p][~unscored[p]], score[p][~unscored[p]]) for p in parts]
    assert values(rows, "realized_performance", "roc_auc") == pytest.approx(auc, abs=1e-12)
    assert values(rows, "realized_performance", "accuracy") == pytest.approx([sk.accuracy_score(y[p], said[p]) for p in parts], abs=1e-12)
    assert all(isinstance(v, float) for v in values(rows, "estimated_performance", "roc_auc"))


@pytest.mark.parametrize("scale,shift,hint", [(100, 0, "divide by 100?"), (1000, 0, "to 1e+03)"), (10, -9.5, "logits")])
def test_scores_that_are_no_probabilities(case, scale, shift, hint):
    for period in (case.reference, case.analysis):
        period["score"] = period["score"] * scale + shift
    rows = case.run()
    estimated = {r["status"] for r in rows if r["family"] == "estimated_performance"}
    assert len(estimated) == 1 and "undefined: the scores are no probabilities (" in estimated.copy().pop() and hint in estimated.pop()
    assert all(isinstance(v, float) for v in values(rows, "realized_performance", "accuracy"))
    assert drift_goes_on(rows) and "have a score outside [0, 1]" in case.warnings()


def test_no_labels_in_the_reference(case):
    case.reference["y"] = pa.nulls(ROWS, pa.int64())
    rows = case.run()
    assert {r["status"] for r in rows if r["family"] == "estimated_performance"} == {"undefined: the reference has no labels"}
    accuracy = [sk.accuracy_score(a, b) for a, b in zip(chunks(case.analysis["y"]), chunks(case.analysis["said"]))]
    assert values(rows, "realized_performance", "accuracy") == pytest.approx(accuracy, abs=1e-12)
    assert drift_goes_on(rows)


def test_no_target_at_all(case):
    del case.model["target"]
    rows = case.run()
    assert {r["status"] for r in rows if r["family"] == "estimated_performance"} == {"undefined: the model has no target in the reference"}
    assert {r["status"] for r in rows if r["family"] == "realized_performance"} == {"insufficient_data"}
    assert drift_goes_on(rows)


def test_no_labels_in_the_analysis(case):
    plain = values(case.run(), "estimated_performance", "roc_auc")
    for y in (pa.nulls(ROWS, pa.int64()), None):
        case.analysis["y"] = y
        rows = case.run()
        assert values(rows, "estimated_performance", "roc_auc") == plain
        assert {r["status"] for r in rows if r["family"] == "realized_performance" and r["period"] == "analysis"} == {"insufficient_data"}
        assert {r["labels_rate"] for r in rows if r["family"] == "realized_performance" and r["period"] == "analysis"} == {0}


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_in_the_reference(case, label):
    case.reference["y"] = np.full(ROWS, label)
    rows = case.run()
    assert all(s.startswith("undefined: ") for s in values(rows, "realized_performance", "roc_auc", "reference"))
    auc = [sk.roc_auc_score(a, b) for a, b in zip(chunks(case.analysis["y"]), chunks(case.analysis["score"]))]
    assert values(rows, "realized_performance", "roc_auc") == pytest.approx(auc, abs=1e-12)
    assert drift_goes_on(rows)


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_in_a_chunk(case, label):
    case.analysis["y"][: ROWS // CHUNKS] = label
    found = values(case.run(), "realized_performance", "roc_auc")
    assert found[0].startswith("undefined: ") and all(isinstance(v, float) for v in found[1:])


def test_three_labels(case):
    """The other model does not notice."""
    good = dict(case.model)
    case.reference["z"] = np.arange(ROWS) % 3
    case.analysis["z"] = np.arange(ROWS) % 3
    alone = [r for r in case.run({"good": good})]
    rows = case.run({"good": good, "three": case.model | {"target": "z"}})
    assert [r for r in rows if r["model"] == "good"] == alone
    three = [r for r in rows if r["model"] == "three"]
    assert {r["status"] for r in three if r["family"] in PERFORMANCE} == {
        "undefined: the target has 3 labels ('0', '1', '2'), a binary model has two (say task: multiclass, or label_map)"}
    assert drift_goes_on(three) and "model 'three': performance is undefined: the target has 3 labels" in case.warnings()


def test_neither_label_is_the_positive_one(case):
    for period in (case.reference, case.analysis):
        period["y"] = np.array(["no", "yes"])[period["y"]]
    assert {r["status"] for r in case.run() if r["family"] in PERFORMANCE} == {
        "undefined: the target has 2 labels ('no', 'yes'), none of which is the positive '1' (say positive: LABEL, or label_map)"}


WRITTEN = {
    "float": lambda y: y.astype(float), "bool": lambda y: y.astype(bool), "text": lambda y: np.array(["0", "1"])[y],
    "blanks": lambda y: np.array([" 0", "1.0 "])[y], "words": lambda y: np.array(["False", "TRUE"])[y],
    "mixed": lambda y: np.array([["0", "false", "0.0"], ["1", "True", "1e0"]])[y, np.arange(len(y)) % 3]}


@pytest.mark.parametrize("written", WRITTEN)
def test_one_label_however_written(case, written):
    plain = performance(case.run())
    for name in ("y", "said"):
        case.analysis[name] = WRITTEN[written](case.analysis[name])
    assert performance(case.run()) == plain
    case.reference["y"] = WRITTEN[written](case.reference["y"])
    assert performance(case.run()) == plain


def of_labels(rows):
    """What is told of the columns of labels, but for how they are written."""
    kept = ("period", "chunk_index", "family", "metric", "column", "value", "status", "standard_error", "ci_lower", "ci_upper", "p_value", "outside", "alert")
    return [tuple(r[name] for name in kept) for r in rows if r["column"] in ("y", "said") and r["metric"] != "type_change"]


@pytest.mark.parametrize("written", WRITTEN)
def test_drift_of_labels_however_written(case, written):
    """A label written in another way has not drifted, and is not unseen."""
    case.analysis["y"][: ROWS // CHUNKS] = 1  # something to see
    case.model["constraints"] = [{"column": "y", "in_set": [0, "TRUE"]}]
    plain = of_labels(case.run())
    assert {r[3] for r in plain} >= {"jensen_shannon", "chi_squared", "l_infinity", "unseen_rate", "distinct_count"}
    assert any(r[3] == "chi_squared" and r[4] == "y" and r[-1] for r in plain)
    assert {r[5] for r in plain if r[3] == "in_set"} == {0}
    for name in ("y", "said"):
        case.analysis[name] = WRITTEN[written](case.analysis[name])
    assert of_labels(case.run()) == plain
    for name in ("y", "said"):
        case.reference[name] = WRITTEN[written](case.reference[name])
    assert of_labels(case.run()) == plain


def test_drift_of_labels_follows_the_map(case):
    plain = of_labels(case.run())
    case.analysis["y"], case.analysis["said"] = np.array(["no", "yes"])[case.analysis["y"]], np.array(["nay", "aye"])[case.analysis["said"]]
    unseen = [r for r in of_labels(case.run()) if r[0] == "analysis" and r[3] == "unseen_rate" and r[1] is not None]
    assert unseen and {r[5] for r in unseen} == {1}
    case.model["label_map"] = {"yes": 1, "no": 0, "aye": True, "nay": "false"}
    assert of_labels(case.run()) == plain


def test_label_map_and_positive(case):
    plain = performance(case.run())
    words = np.array(["no", "yes"])
    for period in (case.reference, case.analysis):
        period["y"], period["said"] = words[period["y"]], np.array(["nay", "aye"])[period["said"]]
    case.model["label_map"] = {"yes": 1, "no": 0, "aye": True, "nay": "false"}
    assert performance(case.run()) == plain
    case.model |= {"label_map": {"aye": "yes", "nay": "no"}, "positive": "yes"}
    assert performance(case.run()) == plain
    case.model |= {"label_map": {"aye": "yes", "nay": "no", "yes": 7}, "positive": 7}  # mapped once: aye is yes, not 7
    rows = case.run()
    assert set(values(rows, "data_quality", "unmapped_prediction_rate")) != {0}


def test_labels_and_predictions_of_no_class(case):
    rng = np.random.default_rng(4)
    at = rng.permutation(ROWS)
    y, said = (case.analysis[name].astype("U9") for name in ("y", "said"))
    y[at[:60]] = np.array(["maybe", "n/a", "2", "zz"])[np.arange(60) % 4]
    said[at[40:100]] = "perhaps"
    case.analysis |= {"y": y, "said": said}
    rows = case.run()
    unmapped_y, unmapped_said = np.isin(np.arange(ROWS), at[:60]), np.isin(np.arange(ROWS), at[40:100])
    assert values(rows, "data_quality", "unmapped_label_rate") == [p.mean() for p in chunks(unmapped_y)]
    assert values(rows, "data_quality", "unmapped_prediction_rate") == [p.mean() for p in chunks(unmapped_said)]
    assert "60 of 4000 rows of the analysis have a label that stands for neither class ('2', 'maybe', 'n/a', ...)" in case.warnings()
    assert "60 of 4000 rows of the analysis have a prediction that stands for neither class ('perhaps')" in case.warnings()
    rate = [r["labels_rate"] for r in rows if (r["family"], r["metric"], r["period"]) == ("realized_performance", "roc_auc", "analysis")]
    assert rate == pytest.approx([1 - p.mean() for p in chunks(unmapped_y)], abs=1e-15)
    auc = [sk.roc_auc_score(a[~u].astype(int), s[~u]) for a, s, u in zip(chunks(y), chunks(case.analysis["score"]), chunks(unmapped_y))]
    assert values(rows, "realized_performance", "roc_auc") == pytest.approx(auc, abs=1e-12)


@pytest.fixture
def regression(case):
    case.model = {k: v for k, v in case.model.items() if k != "score"} | {"task": "regression"}
    for period in (case.reference, case.analysis):
        period["said"], period["y"] = period["score"] * 10 + 1, period["score"] * 10 + 1 + np.abs(period["x"])
    return case


def test_zero_and_negative_labels(regression):
    y = regression.analysis["y"]
    y[[5, 7]] = 0
    y[ROWS // CHUNKS + 1] = -3
    rows = regression.run()
    found = {name: values(rows, "realized_performance", name) for name in ("mae", "rmse", "mape", "msle", "rmsle")}
    for name in ("mae", "rmse"):
        assert all(isinstance(v, float) for v in found[name])
    assert found["mape"][0] == "undefined: 2 labels are 0 and have no relative error"
    for name in ("msle", "rmsle"):
        assert found[name][1].startswith("undefined: 1 ") and "negative" in found[name][1]
        assert isinstance(found[name][0], float)
    said = chunks(regression.analysis["said"])
    assert found["mape"][1:] == pytest.approx([sk.mean_absolute_percentage_error(a, b) for a, b in zip(chunks(y)[1:], said[1:])], rel=1e-12)
    assert found["msle"][2:] == pytest.approx([sk.mean_squared_log_error(a, b) for a, b in zip(chunks(y)[2:], said[2:])], rel=1e-12)


def test_regression_labels_that_are_no_numbers(regression):
    y = regression.analysis["y"]
    y[[1, 2, 3]] = [np.nan, np.inf, -np.inf]
    y[ROWS // CHUNKS: 2 * ROWS // CHUNKS] = np.nan
    rows = regression.run()
    mae = values(rows, "realized_performance", "mae")
    kept = np.isfinite(y[: ROWS // CHUNKS])
    assert mae[0] == pytest.approx(sk.mean_absolute_error(y[: ROWS // CHUNKS][kept], regression.analysis["said"][: ROWS // CHUNKS][kept]), rel=1e-12)
    assert mae[1] == "insufficient_data" and drift_goes_on(rows)


def test_regression_without_labels_in_the_reference(regression):
    regression.reference["y"] = pa.nulls(ROWS, pa.float64())
    rows = regression.run()
    assert all(isinstance(v, float) for v in values(rows, "realized_performance", "mae"))
    assert not [r for r in rows if r["family"] == "estimated_performance" and r["status"] == "ok"]
    assert drift_goes_on(rows)
