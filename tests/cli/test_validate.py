"""The configuration as a user writes it: what `schema` infers, what `validate` says, and what every key does to a run."""
import datetime
import decimal
import json
import re

import jsonschema
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from conftest import ROOT

ROWS = 1_000
START = np.datetime64("2024-10-21", "us")


def table(seed):
    rng = np.random.default_rng(seed)
    return pa.table({"when": pa.array(START + np.arange(ROWS).astype("timedelta64[h]")), "x": rng.normal(size=ROWS), "y": rng.normal(size=ROWS),
                     "group": pa.array(np.array(["a", "b"])[rng.integers(0, 2, ROWS)])})


class Case:
    def __init__(self, folder, longwatch):
        self.folder, self.longwatch = folder, longwatch
        self.model = dict(reference="reference.parquet", analysis="analysis.parquet", timestamp="when", chunk="1w")
        self.write(table(1), table(2))

    def write(self, reference, analysis):
        pq.write_table(reference, self.folder / "reference.parquet")
        pq.write_table(analysis, self.folder / "analysis.parquet")

    def verb(self, verb, *options, **keys):
        text = json.dumps({"models": {"m": {**self.model, **keys}}})
        (self.folder / "fleet.yaml").write_text(text)
        return self.longwatch(verb, "fleet.yaml", *options, cwd=self.folder)

    def rows(self, period="analysis", segment=None, **keys):
        """Rows of chunks; those of no chunk (schema, timestamps) are left out."""
        done = self.verb("run", "-o", "out", "--quiet", **keys)
        assert done.returncode == 0, done.stderr
        everything = pq.read_table(self.folder / "out" / "results.parquet").to_pylist()
        return [r for r in everything if r["period"] == period and r["chunk_index"] is not None and r["segment_column"] == segment]


@pytest.fixture
def case(tmp_path, longwatch):
    return Case(tmp_path, longwatch)


# schema


def test_inferred_configuration_validates_and_runs(longwatch, case):
    done = longwatch("schema", "reference.parquet", "--analysis", "analysis.parquet", "--model", "fraud", cwd=case.folder)
    assert done.returncode == 0 and done.stderr == ""
    assert list(yaml.safe_load(done.stdout)["models"]) == ["fraud"]
    (case.folder / "fleet.yaml").write_text(done.stdout)
    assert longwatch("validate", "fleet.yaml", cwd=case.folder).returncode == 0
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=case.folder).returncode == 0
    written = longwatch("schema", "reference.parquet", "--analysis", "analysis.parquet", "--model", "fraud", "-o", "other.yaml", cwd=case.folder)
    assert (written.returncode, written.stdout) == (0, "") and (case.folder / "other.yaml").read_text() == done.stdout


def test_inferred_configuration_in_another_folder(longwatch, case):
    (case.folder / "conf").mkdir()
    assert longwatch("schema", "reference.parquet", "-o", "conf/fleet.yaml", cwd=case.folder).returncode == 0
    assert longwatch("validate", "conf/fleet.yaml", cwd=case.folder).returncode == 0


def test_schema_guesses_the_flights(longwatch):
    done = longwatch("schema", "examples/flights/data/reference.parquet")
    model = yaml.safe_load(done.stdout)["models"]["model"]
    assert (model["timestamp"], model["id"], model["task"]) == ("timestamp", "flight_id", "multiclass")


def test_json_schema(longwatch):
    done = longwatch("schema", "--json-schema")
    assert done.returncode == 0 and done.stdout == (ROOT / "schema" / "longwatch.schema.json").read_text()
    schema = json.loads(done.stdout)
    jsonschema.validators.validator_for(schema).check_schema(schema)
    flights = yaml.safe_load((ROOT / "examples" / "flights" / "fleet.yaml").read_text())
    jsonschema.validate(flights, schema)
    flights["models"]["arrival_delay"]["refrence"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(flights, schema)


# validate


def test_validate_says_yes_on_stdout(case):
    done = case.verb("validate")
    assert done.returncode == 0 and done.stdout == "fleet.yaml: every model fits its data\n" and done.stderr == ""


def test_validate_the_flights(longwatch):
    assert longwatch("validate", "examples/flights/fleet.yaml").returncode == 0
    assert longwatch("validate", "examples/flights/fleet.yaml", "--models", "arrival_*").returncode == 0


def test_the_example_of_the_documentation_validates(longwatch, tmp_path):
    example = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "configuration.md").read_text(), re.S)[1]
    (tmp_path / "fleet.yaml").write_text(example.replace("data/flights", str(ROOT / "examples" / "flights" / "data")))
    done = longwatch("validate", "fleet.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("keys,words", [
    ({"timestamp": "wen"}, "did you mean 'when'?"), ({"chunk": "1 fortnight"}, "chunk"), ({"chunk": {"size": 10, "number": 3}}, "chunk"),
    ({"chunk": {"size": 0}}, "size"), ({"timestamp": None}, "timestamp"),
    ({"segments": ["grup"]}, "did you mean 'group'?"), ({"metrics": ["meann"]}, "did you mean 'mean'?"), ({"metrics": ["*_drift"]}, "*_drift"),
    ({"thresholds": {"mean@z": {"constant": {"upper": 1}}}}, "z"), ({"thresholds": {"mean": {"constant": {}}}}, "mean"),
    ({"thresholds": {"mean": {"standard_deviation": -1}}}, "standard_deviation"), ({"thresholds": {"mean": {"quantile": {"upper": 2}}}}, "upper"),
    ({"constraints": [{"column": "z", "not_null": True}]}, "z"), ({"constraints": [{"column": "x"}]}, "constraints"),
    ({"constraints": [{"column": "x", "in_range": [3, 1]}]}, "exchange"), ({"constraints": [{"column": "x", "max_null_rate": 2}]}, "max_null_rate"),
    ({"score": "x"}, "task"), ({"task": "regression"}, "prediction"), ({"task": "ternary", "score": "x"}, "binary, multiclass or regression"),
    ({"weight": "x"}, "weight"), ({"pca": {"variance": 1.5}}, "variance"), ({"quantiles": 3}, "quantiles"), ({"treat_as": {"x": "number"}}, "treat_as")])
def test_validate_says_what_is_wrong_and_where(case, keys, words):
    done = case.verb("validate", **keys)
    assert done.returncode == 2, (done.returncode, done.stdout)
    assert done.stdout == "" and words in done.stderr and re.search(r"fleet\.yaml:1(:\d+)?", done.stderr), done.stderr


def test_validate_names_an_unknown_time_zone(case):
    done = case.verb("validate", chunk={"period": "1d", "time_zone": "Europe/Berlim"})
    assert done.returncode == 2 and "did you mean 'Europe/Berlin'?" in done.stderr


def test_validate_says_where_the_time_zone_stands(case):
    done = case.verb("validate", chunk={"period": "1d", "time_zone": "Europe/Berlim"})
    assert "fleet.yaml:1" in done.stderr and len(done.stderr.splitlines()) == 1


def test_validate_reports_every_model(longwatch, case):
    good, bad = case.model, dict(case.model, timestamp="nope")
    (case.folder / "fleet.yaml").write_text(json.dumps({"models": {"a": bad, "b": good, "c": dict(good, analysis="nowhere.parquet")}}))
    done = longwatch("validate", "fleet.yaml", cwd=case.folder)
    assert done.returncode == 3 and "'a'" in done.stderr and "'c'" in done.stderr and "'b'" not in done.stderr


# Chunks


def test_berlin_day_of_25_hours(case):
    rows = case.rows(chunk={"period": "1d", "time_zone": "Europe/Berlin"}, metrics=["row_count"])
    hours = {row["chunk_key"]: row["rows"] for row in rows}
    assert hours["2024-10-26"] == 24 and hours["2024-10-27"] == 25 and hours["2024-10-28"] == 24
    assert hours["2024-10-21"] == 22  # the data begin at midnight UTC, two o'clock in Berlin
    day = next(row for row in rows if row["chunk_key"] == "2024-10-27")
    assert day["chunk_start"].isoformat() == "2024-10-26T22:00:00+00:00" and day["chunk_end"].isoformat() == "2024-10-27T23:00:00+00:00"
    assert sum(hours.values()) == ROWS


def test_local_times_of_a_zone(case):
    """Without an offset, stamps are New York's clocks: midnight there is 04:00 UTC, six in the morning in Berlin."""
    rows = case.rows(time_zone="America/New_York", chunk={"period": "1d", "time_zone": "Europe/Berlin"}, metrics=["row_count"])
    assert rows[0]["chunk_key"] == "2024-10-21" and rows[0]["rows"] == 24 - 6


@pytest.mark.parametrize("chunk,sizes", [({"size": 300}, [300, 300, 300, 100]), ({"size": 300, "incomplete": "append"}, [300, 300, 400]),
                                         ({"size": 300, "incomplete": "drop"}, [300, 300, 300]), ({"number": 4}, [250] * 4), ({"number": 3}, [333, 333, 333, 1])])
def test_chunks_by_size_and_number(case, chunk, sizes):
    rows = case.rows(chunk=chunk, metrics=["row_count"])
    assert [row["rows"] for row in rows] == sizes and [row["value"] for row in rows] == sizes
    assert rows[1]["chunk_key"] == f"[{sizes[0]}:{sizes[0] + sizes[1] - 1}]"


def test_default_is_ten_chunks(case):
    del case.model["chunk"]
    assert [row["rows"] for row in case.rows(metrics=["row_count"])] == [100] * 10


def test_reference_chunk(case):
    keys = dict(chunk="1w", reference_chunk="1d", metrics=["row_count"])
    assert len(case.rows("reference", **keys)) == 42 and len(case.rows("analysis", **keys)) == 6


EPOCH = (START.astype("datetime64[s]") + np.arange(ROWS) * np.timedelta64(3600, "s"))
STAMPS = {
    "texts with an offset": pa.array([f"{one}Z" for one in EPOCH]), "texts": pa.array([str(one) for one in EPOCH]),
    "text dates": pa.array([str(one)[:10] for one in EPOCH]), "dates": pa.array(EPOCH.astype("datetime64[D]")),
    "seconds": pa.array(EPOCH.astype("int64")), "milliseconds": pa.array(EPOCH.astype("int64") * 1000), "float seconds": pa.array(EPOCH.astype("int64").astype(float)),
    "nanoseconds": pa.array(EPOCH.astype("datetime64[ns]")), "with a zone": pa.array(EPOCH.astype("datetime64[ms]"), pa.timestamp("ms", tz="Asia/Tokyo"))}


@pytest.mark.parametrize("stamps", STAMPS.values(), ids=STAMPS)
def test_timestamps_of_every_kind(case, stamps):
    expected = {}
    for one in EPOCH:
        expected[str(one)[:10]] = expected.get(str(one)[:10], 0) + 1
    data = table(3).set_column(0, "when", stamps)
    case.write(data, data)
    assert {row["chunk_key"]: row["rows"] for row in case.rows(chunk="1d", metrics=["row_count"])} == expected


def test_years(case):
    data = table(3).set_column(0, "when", pa.array(1900 + np.arange(ROWS) // 100))
    case.write(data, data)
    assert {row["chunk_key"]: row["rows"] for row in case.rows(chunk="1y", metrics=["row_count"])} == {str(1900 + i): 100 for i in range(10)}


# Metrics, thresholds, constraints


def test_metrics_limit_the_rows(case):
    assert {row["metric"] for row in case.rows(metrics=["mean", "missing_*", "jensen_shannon"])} == {"mean", "missing_rate", "missing_count", "jensen_shannon"}


def limits(rows):
    return {(row["column"], row["threshold_lower"], row["threshold_upper"]) for row in rows}


def test_threshold_of_one_column(case):
    rows = case.rows(metrics=["mean"], thresholds={"mean": {"constant": {"lower": -5}}, "mean@x": {"constant": {"lower": -0.01, "upper": 0.01}}})
    assert limits(rows) == {("x", -0.01, 0.01), ("y", -5, None)}
    assert all(row["outside"] == (row["column"] == "x" and abs(row["value"]) > 0.01) == row["alert"] for row in rows)
    assert any(row["alert"] for row in rows)


def test_last_threshold_that_fits_wins(case):
    rows = case.rows(metrics=["mean"], thresholds={"mean@x": {"constant": {"upper": 1}}, "m*": {"constant": {"upper": 2}}})
    assert limits(rows) == {("x", None, 2), ("y", None, 2)}


def test_learned_thresholds(case):
    keys = dict(metrics=["mean"], thresholds={"mean": {"standard_deviation": {"upper": 2}}, "mean@y": {"quantile": {"lower": 0.25, "upper": 0.5}}})
    analysis, reference = case.rows("analysis", **keys), case.rows("reference", **keys)
    of = {name: np.array([row["value"] for row in reference if row["column"] == name]) for name in "xy"}
    found = {row["column"]: (row["threshold_lower"], row["threshold_upper"]) for row in analysis}
    assert found["x"] == (None, pytest.approx(of["x"].mean() + 2 * of["x"].std(), rel=1e-12))
    assert found["y"] == pytest.approx(tuple(np.quantile(of["y"], [0.25, 0.5])), rel=1e-12)


def test_no_threshold_no_alert(case):
    rows = case.rows(metrics=["mean"], thresholds={"mean": "none"})
    assert limits(rows) == {("x", None, None), ("y", None, None)} and not any(row["alert"] for row in rows)


def test_no_threshold_no_verdict(case):
    assert {row["outside"] for row in case.rows(metrics=["mean"], thresholds={"mean": "none"})} == {None}


def test_constraints(case):
    reference, analysis = table(1), table(2)
    x = analysis["x"].to_numpy()
    group = np.array(analysis["group"].to_pylist(), dtype=object)
    group[:5], group[5:7] = None, "z"
    analysis = analysis.set_column(3, "group", pa.array(group))
    case.write(reference, analysis)
    rows = case.rows(metrics=["row_count"], chunk={"number": 1}, constraints=[
        {"column": ["x", "y"], "in_range": [-1.25, 1.5]}, {"column": "group", "in_set": ["a", "b"], "not_null": True, "max_null_rate": 0.01}])
    found = {(row["metric"], row["column"]): (row["value"], row["alert"]) for row in rows if row["metric"] != "row_count"}
    assert found[("in_range", "x")] == (((x < -1.25) | (x > 1.5)).sum(), True)
    assert set(found) == {("in_range", "x"), ("in_range", "y"), ("in_set", "group"), ("not_null", "group"), ("max_null_rate", "group")}
    assert found[("in_set", "group")] == (2, True) and found[("not_null", "group")] == (5, True) and found[("max_null_rate", "group")] == (0.005, False)


def test_wide_model_keeps_everything_else(case):
    rng = np.random.default_rng(0)
    wide = table(1)
    for i in range(4):
        wide = wide.append_column(f"f{i}", pa.array(rng.normal(size=ROWS)))
    case.write(wide, wide)
    full, narrow = case.rows(), case.rows(pca={"max_columns": 3})
    assert all(row["status"] == "ok" for row in full if row["family"] == "multivariate_drift")
    skipped = [row for row in narrow if row["family"] == "multivariate_drift"]
    assert skipped and all(row["status"].startswith("undefined: ") and "max_columns" in row["status"] and row["value"] is None for row in skipped)
    rest = lambda rows: [row for row in rows if row["family"] != "multivariate_drift"]
    assert rest(narrow) == rest(full)


# Segments, roles, types


def test_segments(case):
    analysis = table(2)
    group = np.array(analysis["group"].to_pylist(), dtype=object)
    group[:100], group[100:130] = "new", None
    case.write(table(1), analysis.set_column(3, "group", pa.array(group)))
    rows = case.rows(segment="group", chunk={"number": 1}, segments=["group"], metrics=["row_count", "mean", "jensen_shannon"])
    assert {row["segment_value"]: row["value"] for row in rows if row["metric"] == "row_count"} == {
        "a": (group == "a").sum(), "b": (group == "b").sum(), "new": 100, None: 30}
    drift = {(row["segment_value"], row["column"]): row["status"] for row in rows if row["metric"] == "jensen_shannon" and row["column"] == "x"}
    assert drift == {("a", "x"): "reference_too_short", ("b", "x"): "reference_too_short", ("new", "x"): "not_in_reference", (None, "x"): "not_in_reference"}


def test_too_many_segments(case):
    done = case.verb("run", "-o", "out", "--quiet", segments=["x"], max_segments=50)
    assert done.returncode in (2, 3) and "max_segments" in done.stderr and not (case.folder / "out").exists()


def test_features_and_treat_as(case):
    rows = case.rows(features={"exclude": ["y*"]}, treat_as={"x": "continuous"}, metrics=["jensen_shannon", "l_infinity"])
    assert {(row["column"], row["metric"]) for row in rows} == {("x", "jensen_shannon"), ("group", "jensen_shannon"), ("group", "l_infinity")}


HALF = np.arange(ROWS) % 2
COLUMNS = {
    "large_string": (pa.array(["a", "b"] * (ROWS // 2), pa.large_string()), None), "dictionary": (pa.array(["a", "b"] * (ROWS // 2)).dictionary_encode(), None),
    "bool": (pa.array(HALF.astype(bool)), None), "decimal": (pa.array([decimal.Decimal(int(i)) / 4 for i in HALF], pa.decimal128(12, 3)), 0.125),
    "float16": (pa.array(HALF.astype(np.float16)), 0.5), "uint8": (pa.array(HALF.astype(np.uint8)), 0.5), "int64": (pa.array(HALF << 40), float(1 << 39)),
    "date": (pa.array([datetime.date(2020, 1, 1)] * ROWS), "any")}


@pytest.mark.parametrize("values,mean", COLUMNS.values(), ids=COLUMNS)
def test_columns_of_every_type(case, values, mean):
    data = table(3).append_column("value", values)
    case.write(data, data)
    rows = {row["metric"]: row for row in case.rows(chunk={"number": 1}) if row["column"] == "value"}
    assert rows["missing_rate"]["value"] == 0 and rows["distinct_count"]["value"] == pytest.approx(1 if mean == "any" else 2, rel=0.02)
    assert rows["jensen_shannon"]["value"] == 0
    if mean is None:
        assert "l_infinity" in rows and "mean" not in rows
    elif mean != "any":
        assert rows["mean"]["value"] == mean
