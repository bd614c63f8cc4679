"""Intervals that resample blocks (`intervals: {resample: day | COLUMN}`): values keep their bits, intervals are the same for
any threads, layout and order, and hold what they say where the rows of a day belong together."""
import hashlib
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import three_models

ROWS = 12_000
OF_INTERVALS = ["standard_error", "ci_lower", "ci_upper", "interval_method"]


def table(seed, shift):
    """Ten weeks in no order, with nulls, a customer that is no feature, and what three kinds of models say."""
    rng = np.random.default_rng(seed)
    mask = lambda share: rng.random(ROWS) < share
    return pa.table(three_models.columns(rng, ROWS, shift) | {
        "when": pa.array(np.datetime64("2024-01-01", "us") + (rng.permutation(ROWS) * 504).astype("timedelta64[s]")),
        "customer": pa.array(rng.integers(0, 400, ROWS), mask=mask(0.02)), "x": pa.array(rng.normal(shift, 1, ROWS), mask=mask(0.05)),
        "y": pa.array(rng.poisson(30, ROWS)), "name": pa.array(np.array(["a", "b", "c", "d"])[rng.integers(0, 3 + int(shift > 0.5), ROWS)], mask=mask(0.1)),
        "region": pa.array(np.array(["north", "south"])[rng.integers(0, 2, ROWS)])})


MODELS = three_models.MODELS | {"binary": three_models.MODELS["binary"] | {"costs": dict(true_positive=120, false_positive=-15)}}


@pytest.fixture(scope="module")
def tables():
    return {"reference": table(1, 0.3), "analysis": table(2, 0.6)}


def write(folder, tables, resample, pieces=1, row_group=5_000, shuffle=None, models=MODELS, **more):
    folder.mkdir(parents=True)
    for name, data in tables.items():
        if shuffle is not None:
            data = data.take(np.random.default_rng(shuffle).permutation(ROWS))
        for i, at in enumerate(np.linspace(0, ROWS, pieces + 1).astype(int)[:-1]):
            pq.write_table(data.slice(at, ROWS // pieces if i + 1 < pieces else None), folder / f"{name}-{i}.parquet", row_group_size=row_group)
    fleet = {}
    for model, keys in models.items():
        fleet[model] = dict(keys, timestamp="when", chunk="2w", segments=["region"], features=["x", "y", "name"], **more)
        fleet[model] |= {name: f"{name}-*.parquet" for name in tables}
        if resample != "rows":
            fleet[model]["intervals"] = dict(resample=resample)
    (folder / "fleet.yaml").write_text(json.dumps({"models": fleet}))
    return folder / "fleet.yaml"


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def results(longwatch, tmp_path_factory):
    def of(config, *options):
        out = tmp_path_factory.mktemp("out") / "result"
        run = longwatch("run", config, "-o", out, "--quiet", *options)
        assert run.returncode == 0, run.stderr
        return out / "results.parquet"

    return of


@pytest.fixture(scope="module")
def base(tables, results, tmp_path_factory):
    """By what is resampled: configuration and results, made when they are asked for."""
    class Bases(dict):
        def __missing__(self, resample):
            config = write(tmp_path_factory.mktemp("base") / "data", tables, resample)
            self[resample] = config, results(config, "--threads", "1")
            return self[resample]

    return Bases()


@pytest.mark.parametrize("resample", ["day", "customer"])
def test_all_but_intervals_keep_their_bits(base, resample):
    rows, blocks = (pq.read_table(base[kind][1]) for kind in ("rows", resample))
    # NaN and null are the same in these files; equals() compares bits of the rest.
    assert rows.drop_columns(OF_INTERVALS).equals(blocks.drop_columns(OF_INTERVALS))
    methods = blocks["interval_method"].to_pylist()
    # Ten weeks in chunks of two: 14 days each, and nearly all of 400 customers.
    assert methods.count("block_jackknife") > 1000
    both = [(a, b) for a, b, method in zip(rows["ci_upper"].to_pylist(), blocks["ci_upper"].to_pylist(), methods) if method == "block_jackknife"]
    assert all(a is not None and b is not None for a, b in both)
    assert sum(a != b for a, b in both) > 0.9 * len(both)


@pytest.mark.parametrize("resample", ["day", "customer"])
def test_intervals_stand_where_they_stood(base, resample):
    """Nothing gains an interval; what loses it says so."""
    rows, blocks = (pq.read_table(base[kind][1]).to_pylist() for kind in ("rows", resample))
    for a, b in zip(rows, blocks):
        if a["ci_lower"] is None:
            assert b["ci_lower"] is None
        elif b["ci_lower"] is None:
            assert b["interval_method"] == "too_few_blocks"
        elif b["metric"] != "domain_classifier_auroc":
            assert b["interval_method"] == "block_jackknife", b
            assert b["ci_lower"] <= b["ci_upper"] and b["standard_error"] > 0
    always = {"mean", "standard_deviation", "jensen_shannon", "kolmogorov_smirnov", "accuracy", "roc_auc", "f1", "log_loss", "mae", "rmse", "r2"}
    seen = {b["metric"] for a, b in zip(rows, blocks) if a["ci_lower"] is not None and b["interval_method"] == "block_jackknife"}
    assert always <= seen
    assert not [b for b in blocks if b["metric"] in always and b["interval_method"] == "too_few_blocks"]


@pytest.mark.parametrize("resample", ["day", pytest.param("customer", marks=pytest.mark.threads)])
def test_same_bits_for_any_threads(base, results, resample):
    config, one = base[resample]
    assert sha(results(config, "--threads", "3")) == sha(one)


@pytest.mark.parametrize("resample", ["day", "customer"])
def test_same_bits(tables, base, results, tmp_path, resample):
    expected = sha(base[resample][1])
    assert sha(results(base[resample][0], "--slab-rows", "1000")) == expected
    for i, (pieces, row_group, shuffle) in enumerate([(3, 700, None), (2, 5_000, 5)]):
        assert sha(results(write(tmp_path / str(i), tables, resample, pieces, row_group, shuffle))) == expected


def test_fit_then_analyze_is_run(base, longwatch, tmp_path):
    config, run = base["day"]
    assert longwatch("fit", config, "-o", tmp_path / "fitted", "--quiet").returncode == 0
    done = longwatch("analyze", config, "--profiles", tmp_path / "fitted" / "profiles", "-o", tmp_path / "out", "--quiet")
    assert done.returncode == 0, done.stderr
    assert sha(tmp_path / "out" / "results.parquet") == sha(run)
    other = longwatch("analyze", base["customer"][0], "--profiles", tmp_path / "fitted" / "profiles", "-o", tmp_path / "other", "--quiet")
    assert other.returncode != 0 and "fitted with another configuration" in other.stderr


def test_segments_fitted_apart(tables, results, tmp_path):
    rows, blocks = (pq.read_table(results(write(tmp_path / kind, tables, kind, fit="per_segment", models={"m": MODELS["regression"]})))
                    for kind in ("rows", "day"))
    assert rows.drop_columns(OF_INTERVALS).equals(blocks.drop_columns(OF_INTERVALS))
    south = [row for row in blocks.to_pylist() if row["segment_value"] == "south" and row["metric"] in ("mae", "mean")]
    assert south and all(row["interval_method"] == "block_jackknife" for row in south if row["ci_lower"] is not None)
    assert sum(row["ci_lower"] is not None for row in south) > 0.9 * len(south)


DAYS, PER_DAY, CHUNK_DAYS = 6_000, 80, 20


def days(seed):
    """Independent days with levels of their own: of a number, of what is missing, of how often a score is right."""
    rng = np.random.default_rng(seed)
    rows = DAYS * PER_DAY
    day = np.repeat(np.arange(DAYS), PER_DAY)
    of_day = lambda values: values[day]
    score = rng.random(rows)
    noise = rng.random(rows) < of_day(rng.beta(0.3, 0.7, DAYS))  # labels that have nothing to do with the score
    return pa.table({
        "when": pa.array(np.datetime64("1990-01-01", "us") + day.astype("timedelta64[D]") + rng.integers(0, 86_400, rows).astype("timedelta64[s]")),
        "x": pa.array(of_day(rng.normal(0, 0.35, DAYS)) + rng.normal(0, 1, rows), mask=rng.random(rows) < of_day(rng.beta(2, 18, DAYS))),
        "store": pa.array(day), "score": score, "predicted": (score > 0.5).astype(np.int64),
        "late": (rng.random(rows) < np.where(noise, 0.5, score)).astype(np.int64)})


METRICS = ["mean", "median", "missing_rate", "accuracy", "precision", "brier_score", "roc_auc", "predicted_share"]


@pytest.fixture(scope="module")
def coverage(longwatch, tmp_path_factory):
    """Share of the 300 chunks whose interval holds the value of all days together, by what is resampled and metric."""
    folder = tmp_path_factory.mktemp("days")
    data = days(11)
    pq.write_table(data, folder / "data.parquet")
    model = dict(task="binary", score="score", prediction="predicted", target="late", timestamp="when", features=["x"], metrics=METRICS,
                 reference="data.parquet", reference_chunk={"size": DAYS * PER_DAY}, analysis="data.parquet", chunk={"size": CHUNK_DAYS * PER_DAY})
    (folder / "fleet.yaml").write_text(json.dumps({"models": {kind: dict(model, intervals=dict(resample=kind)) for kind in ("rows", "day", "store")}}))
    run = longwatch("run", folder / "fleet.yaml", "-o", folder / "out", "--quiet")
    assert run.returncode == 0, run.stderr
    rows = pq.read_table(folder / "out" / "results.parquet").to_pylist()
    wanted = [row for row in rows if row["family"] in ("realized_performance", "summary", "data_quality") and row["column"] in (None, "x")]
    truth = {(row["model"], row["metric"]): row["value"] for row in wanted if row["period"] == "reference"}
    out = {}
    for kind in ("rows", "day", "store"):
        for metric in METRICS:
            chunks = [row for row in wanted if (row["model"], row["metric"], row["period"]) == (kind, metric, "analysis")]
            assert len(chunks) == DAYS // CHUNK_DAYS
            held = [row["ci_lower"] <= truth[kind, metric] <= row["ci_upper"] for row in chunks]
            out[kind, metric] = np.mean(held)
    print(out)
    return out


@pytest.mark.parametrize("metric", [m for m in METRICS if m != "predicted_share"])
def test_blocks_cover_where_rows_do_not(coverage, metric):
    """300 chunks: a coverage of 95 % is seen within 91 and 98 %."""
    assert coverage["rows", metric] < 0.88
    assert 0.91 <= coverage["day", metric] <= 0.985
    assert 0.90 <= coverage["store", metric] <= 0.985  # 20 stores share 32 groups by their hash


def test_blocks_cover_where_rows_are_independent(coverage):
    assert 0.91 <= coverage["rows", "predicted_share"] <= 0.985
    assert 0.91 <= coverage["day", "predicted_share"] <= 0.985
