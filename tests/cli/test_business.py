"""Findings, costs, metrics of the user's own and cut-offs, against the rows themselves."""
import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from conftest import ROOT

ROWS = 4_000
CHUNK = 500
COSTS = {"true_positive": 120, "false_positive": -15, "false_negative": -300, "true_negative": 1}


def table(seed, bad_from=None):
    """Scores that are calibrated until `bad_from`, where the column `broken` drifts and the labels no longer follow."""
    rng = np.random.default_rng(seed)
    score = rng.beta(2, 3, ROWS)
    late = np.zeros(ROWS, bool) if bad_from is None else np.arange(ROWS) >= bad_from
    label = rng.uniform(size=ROWS) < np.where(late, 1 - score, score)
    return pa.table({"t": pa.array(np.datetime64("2024-01-01", "us") + np.arange(ROWS).astype("timedelta64[m]")),
                     "score": score, "predicted": (score >= 0.5).astype(int), "label": label.astype(int),
                     "group": np.array(["a", "b"])[rng.integers(0, 2, ROWS)],
                     "broken": rng.normal(np.where(late, 3, 0), 1), "steady": rng.normal(0, 1, ROWS), "also": rng.normal(0, 1, ROWS)})


@pytest.fixture
def fleet(tmp_path):
    pq.write_table(table(1), tmp_path / "reference.parquet")
    pq.write_table(table(2, bad_from=2_000), tmp_path / "analysis.parquet")
    model = {"reference": "reference.parquet", "analysis": "analysis.parquet", "timestamp": "t", "chunk": {"size": CHUNK},
             "segments": ["group"], "task": "binary", "score": "score", "prediction": "predicted", "target": "label", "costs": COSTS,
             "custom_metrics": {"profit": "(120 * tp - 15 * fp) / rows", "broken_one": "tp / (fp - fp)"}}
    (tmp_path / "fleet.yaml").write_text(json.dumps({"models": {"m": model, "other": {key: value for key, value in model.items() if key != "costs"}}}))
    return tmp_path


@pytest.fixture
def result(longwatch, fleet):
    done = longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet)
    assert done.returncode == 0, done.stderr
    return fleet


def rows(folder, name="results.parquet"):
    return pq.read_table(folder / "out" / name).to_pylist()


def outcomes(data):
    p, y = data["predicted"].to_numpy() == 1, data["label"].to_numpy() == 1
    return {"true_positive": (p & y).sum(), "false_positive": (p & ~y).sum(), "false_negative": (~p & y).sum(), "true_negative": (~p & ~y).sum()}


def values(folder, metric, family="realized_performance", model="m", period="analysis"):
    return {r["chunk_index"]: r for r in rows(folder) if r["metric"] == metric and r["family"] == family and r["model"] == model
            and r["segment_column"] is None and r["period"] == period}


def test_business_value_is_the_sum_over_the_rows(result):
    data = pq.read_table(result / "analysis.parquet")
    total, mean = values(result, "business_value"), values(result, "business_value_per_prediction")
    assert len(total) == len(mean) == ROWS // CHUNK
    for k in total:
        counts = outcomes(data.slice(k * CHUNK, CHUNK))
        expected = sum(COSTS[name] * counts[name] for name in COSTS)
        assert total[k]["value"] == pytest.approx(expected, abs=1e-9)
        assert mean[k]["value"] == pytest.approx(expected / CHUNK, abs=1e-12)
    assert not values(result, "business_value", model="other")  # it has no costs


def test_own_metrics_and_division_by_zero(result):
    data = pq.read_table(result / "analysis.parquet")
    for k, row in values(result, "profit").items():
        counts = outcomes(data.slice(k * CHUNK, CHUNK))
        assert row["value"] == pytest.approx((120 * counts["true_positive"] - 15 * counts["false_positive"]) / CHUNK, abs=1e-12)
    broken = values(result, "broken_one")
    assert len(broken) == ROWS // CHUNK
    assert {(r["value"], r["status"]) for r in broken.values()} == {(None, "undefined: division by zero")}


@pytest.mark.parametrize("keys,message", [
    ({"custom_metrics": {"a": "tp / row"}}, "there is no total 'row' (did you mean 'rows'?)"),
    ({"custom_metrics": {"accuracy": "tp"}}, "'accuracy' is a metric of Longwatch's own"),
    ({"custom_metrics": {"a": "tp = 3"}}, "the metric 'a'"),
    ({"costs": {"true_positve": 3}}, "did you mean 'true_positive'?"),
    ({"metrics": ["profi"]}, "did you mean 'profit'?")])
def test_mistakes_are_told_with_their_line(longwatch, fleet, keys, message):
    config = json.loads((fleet / "fleet.yaml").read_text())
    config["models"]["m"].update(keys)
    (fleet / "fleet.yaml").write_text(json.dumps(config, indent=1))
    done = longwatch("run", "fleet.yaml", "-o", "out", "--models", "m", cwd=fleet)
    assert done.returncode == 2 and message in done.stderr
    assert re.match(r"longwatch: (model 'm': )?fleet\.yaml:\d+:\d+: ", done.stderr), done.stderr


def test_own_metrics_can_be_chosen(longwatch, fleet):
    config = json.loads((fleet / "fleet.yaml").read_text())
    config["models"]["m"]["metrics"] = ["profit"]
    (fleet / "fleet.yaml").write_text(json.dumps(config))
    assert longwatch("run", "fleet.yaml", "-o", "out", "--models", "m", "--quiet", cwd=fleet).returncode == 0
    assert {r["metric"] for r in rows(fleet) if r["chunk_index"] is not None} == {"profit", "broken_one"}


# Findings


def test_findings_link_alerts_to_the_column_that_broke(result):
    alerts = {r["alert_id"]: r for r in rows(result, "alerts.parquet")}
    findings = rows(result, "findings.parquet")
    assert findings and all(f["alert_id"] in alerts for f in findings)
    performance = {i for i, r in alerts.items() if r["family"] in ("estimated_performance", "realized_performance")}
    assert {f["alert_id"] for f in findings} == performance
    whole = [f for f in findings if f["metric"] == "accuracy" and f["family"] == "realized_performance" and f["segment_column"] is None
             and f["chunk_index"] >= 4 and f["model"] == "m"]
    assert {f["chunk_index"] for f in whole} == {4, 5, 6, 7}
    features = [f for f in whole if f["column"] in ("broken", "steady", "also", "group")]
    first = {k: min((f for f in features if f["chunk_index"] == k), key=lambda f: f["rank"])["column"] for k in range(4, 8)}
    assert set(first.values()) == {"broken"}
    keys = [(f["alert_id"], f["rank"]) for f in findings]
    assert len(set(keys)) == len(keys)


def test_correlation_is_scipys(result):
    everything = [r for r in rows(result) if r["segment_column"] is None and r["model"] == "m" and r["chunk_index"] is not None]
    key = lambda r: (r["period"], r["chunk_index"])
    metric = {key(r): r["value"] for r in everything if r["metric"] == "accuracy" and r["family"] == "realized_performance"}
    centre = np.mean([v for (period, _), v in metric.items() if period == "reference"])
    seen = 0
    for f in rows(result, "findings.parquet"):
        if f["metric"] != "accuracy" or f["family"] != "realized_performance" or f["segment_column"] is not None or f["model"] != "m":
            continue
        drift = {key(r): r["value"] for r in everything if r["metric"] == f["drift_metric"] and r["column"] == f["column"]}
        pairs = [(drift[k], abs(metric[k] - centre)) for k in metric if drift[k] is not None]
        expected = stats.pearsonr(*zip(*pairs))
        assert f["correlation"] == pytest.approx(expected.statistic, abs=1e-10)
        assert f["correlation_p_value"] == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)
        assert f["change"] == pytest.approx(metric["analysis", f["chunk_index"]] - centre, abs=1e-12)
        assert f["drift_value"] == drift["analysis", f["chunk_index"]]
        seen += 1
    assert seen > 8


def test_findings_are_as_documented(result):
    page = (ROOT / "docs" / "output.md").read_text().split("## findings.parquet")[1].split("\n## ")[0]
    documented = [name for line in re.findall(r"^\| (`.*?) \|", page, re.M) for name in re.findall(r"`(\w+)`", line)]
    names = pq.read_schema(result / "out" / "findings.parquet").names
    assert names == ["alert_id", "model", "model_version", "segment_column", "segment_value", "period", "chunk_index", "chunk_key", "chunk_start",
                     "chunk_end", "family", "metric", *documented]


# Cut-offs


def curve(folder, family, model="m", period="analysis", segment=None):
    return [r for r in rows(folder, "cutoffs.parquet") if r["family"] == family and r["model"] == model and r["period"] == period
            and r["segment_value"] == segment]


@pytest.mark.parametrize("segment", [None, "a"])
def test_curve_is_that_of_the_rows(result, segment):
    data = pq.read_table(result / "analysis.parquet")
    score, label = data["score"].to_numpy(), data["label"].to_numpy() == 1
    if segment:
        here = np.array(data["group"].to_pylist()) == segment
        score, label = score[here], label[here]
    found = curve(result, "realized_performance", segment=segment)
    assert len(found) == 200 and found[0]["cutoff"] == np.inf and found[-1]["cutoff"] == score.min()
    for row in found:
        p = score >= row["cutoff"]
        assert (row["true_positive"], row["false_positive"]) == ((p & label).sum(), (p & ~label).sum())
        assert (row["false_negative"], row["true_negative"]) == ((~p & label).sum(), (~p & ~label).sum())
        worth = COSTS["true_positive"] * row["true_positive"] + COSTS["false_positive"] * row["false_positive"] + \
            COSTS["false_negative"] * row["false_negative"] + COSTS["true_negative"] * row["true_negative"]
        assert row["business_value"] == pytest.approx(worth, abs=1e-6)
        assert row["accuracy"] == pytest.approx((row["true_positive"] + row["true_negative"]) / len(score), abs=1e-12)
    best = [r for r in found if r["best"]]
    assert len(best) == 1 and best[0]["business_value"] == max(r["business_value"] for r in found)
    assert best[0]["best_cutoff_lower"] <= best[0]["cutoff"] <= best[0]["best_cutoff_upper"]
    assert best[0]["best_value_lower"] <= best[0]["business_value_per_prediction"] <= best[0]["best_value_upper"]
    assert all(r["best"] is None and r["business_value"] is None for r in curve(result, "realized_performance", model="other"))


def test_command_shows_the_stored_best(longwatch, result):
    done = longwatch("cutoffs", "out", "--models", "m", "--format", "json", cwd=result)
    assert done.returncode == 0, done.stderr
    shown = {row["family"]: row for row in json.loads(done.stdout)}
    best = next(r for r in curve(result, "realized_performance") if r["best"])
    assert shown["realized_performance"]["best_cutoff"] == pytest.approx(best["cutoff"])
    assert shown["realized_performance"]["business_value"] == pytest.approx(best["business_value"])
    assert shown["realized_performance"]["lower"] == pytest.approx(best["best_cutoff_lower"])


def test_command_with_the_runs_costs_gives_the_runs_answer(longwatch, result):
    costs = ",".join(f"{name}={value}" for name, value in COSTS.items())
    stored = longwatch("cutoffs", "out", "--models", "m", "--segment", "*", "--format", "json", cwd=result)
    asked = longwatch("cutoffs", "out/cutoffs.parquet", "--models", "m", "--segment", "*", "--costs", costs, "--format", "json", cwd=result)
    assert asked.returncode == 0 and asked.stdout == stored.stdout
    other = longwatch("cutoffs", "out", "--models", "other", "--costs", "true_positive=1,false_positive=-1000", "--format", "json", cwd=result)
    assert all(row["best_cutoff"] in ("none",) or row["best_cutoff"] > 0.8 for row in json.loads(other.stdout))


def test_command_lists_all(longwatch, result):
    done = longwatch("cutoffs", "out", "--models", "other", "--all", cwd=result)
    assert done.returncode == 0 and len(done.stdout.splitlines()) > 200 and "none" in done.stdout


@pytest.mark.parametrize("arguments,code,message", [
    (["nowhere"], 3, "nowhere"), (["out", "--models", "nobody"], 2, "no curve matches"), (["out", "--models", "other"], 2, "--costs"),
    (["out", "--costs", "true_positve=1"], 2, "did you mean 'true_positive'?"), (["out", "--costs", "true_positive"], 2, "OUTCOME=NUMBER"),
    (["out", "--costs", "true_positive=x"], 2, "OUTCOME=NUMBER"), (["out/results.parquet"], 3, "no table of cut-offs"), (["out", "--period", "x"], 2, "")])
def test_command_says_what_is_wrong(longwatch, result, arguments, code, message):
    done = longwatch("cutoffs", *arguments, cwd=result)
    assert done.returncode == code and message in done.stderr and done.stdout == ""


def test_no_scores_no_cutoffs(longwatch, fleet):
    config = json.loads((fleet / "fleet.yaml").read_text())
    for model in config["models"].values():
        for key in ("task", "score", "prediction", "target", "costs", "custom_metrics"):
            model.pop(key, None)
    (fleet / "fleet.yaml").write_text(json.dumps(config))
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet).returncode == 0
    assert not (fleet / "out" / "cutoffs.parquet").exists()
    assert rows(fleet, "findings.parquet") == []


def test_same_bytes_for_any_number_of_threads(longwatch, fleet):
    for threads in ("1", "3"):
        assert longwatch("run", "fleet.yaml", "-o", f"out{threads}", "--threads", threads, "--quiet", cwd=fleet).returncode == 0
    for name in ("results.parquet", "alerts.parquet", "findings.parquet", "cutoffs.parquet"):
        assert (fleet / "out1" / name).read_bytes() == (fleet / "out3" / name).read_bytes(), name
