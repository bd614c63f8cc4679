"""The row filter and --from/--to: a run with them equals a run over files that hold only the rows they keep."""
import json
import random
from datetime import datetime, timedelta, timezone

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = 3_000
START = datetime(2024, 1, 1)
SCHEMA = pa.schema([("when", pa.timestamp("us")), ("x", pa.float64()), ("f", pa.float32()), ("n", pa.int64()), ("flag", pa.bool_()),
                    ("day", pa.date32()), ("country", pa.string()), ("code", pa.dictionary(pa.int32(), pa.string())), ("zoned", pa.timestamp("ns", "UTC"))])


def make(seed):
    """Rows as Python values; every column but `when` has missing values."""
    rng = random.Random(seed)
    maybe = lambda value, share=0.1: None if rng.random() < share else value
    return [{"when": maybe(START + timedelta(minutes=20 * i), 0.02), "x": maybe(rng.choice([rng.gauss(0, 1), float("nan"), float("inf"), 0.5, -0.0])),
             "f": maybe(rng.choice([0.1, 0.2, 0.3])), "n": maybe(rng.randint(-5, 5)), "flag": maybe(rng.random() < 0.5),
             "day": maybe((START + timedelta(days=rng.randint(0, 40))).date()), "country": maybe(rng.choice(["US", "DE", "", "Ünder", "us"])),
             "code": maybe(f"c{rng.randint(0, 300)}"), "zoned": maybe(datetime(2024, 1, 1, tzinfo=timezone.utc) + timedelta(hours=rng.randint(0, 900)))}
            for i in range(ROWS)]


REFERENCE, ANALYSIS = make(1), make(2)


def write(folder, name, rows, **options):
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), folder / name, **options)


def configure(folder, **model):
    keys = {"reference": "reference.parquet", "analysis": "analysis.parquet", "timestamp": "when", "chunk": "1w",
            "features": {"exclude": ["zoned", "day"]}, "segments": ["country"]}
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": keys | model}}))


def run(longwatch, folder, *options):
    done = longwatch("run", "fleet.yaml", "-o", "out", "--quiet", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return pq.read_table(folder / "out" / "results.parquet").to_pylist()


def plain(rows, without=("filtered_rate", "timestamp_missing_rate")):
    return [{k: repr(v) for k, v in row.items()} for row in rows if row["metric"] not in without]


def present(value):
    return value is not None and value == value


def single(value):  # as a 32-bit float
    return pa.scalar(value, pa.float32()).as_py()


NOON = datetime(2024, 1, 15, 12)
CASES = {
    "text equals": ([{"column": "country", "equals": "US"}], lambda r: r["country"] == "US"),
    "text not equals": ([{"column": "country", "not_equals": "US"}], lambda r: present(r["country"]) and r["country"] != "US"),
    "empty text": ([{"column": "country", "equals": ""}], lambda r: r["country"] == ""),
    "text order": ([{"column": "code", "less_than": "c2"}], lambda r: present(r["code"]) and r["code"] < "c2"),
    "text in": ([{"column": "code", "in": ["c1", "c77", "c200", "nobody"]}], lambda r: r["code"] in ("c1", "c77", "c200")),
    "text not in": ([{"column": "country", "not_in": ["US", "Ünder"]}], lambda r: present(r["country"]) and r["country"] not in ("US", "Ünder")),
    "range": ([{"column": "n", "at_least": -2, "less_than": 3}], lambda r: present(r["n"]) and -2 <= r["n"] < 3),
    "numbers in": ([{"column": "n", "in": [5, -5.0, 0]}], lambda r: r["n"] in (5, -5, 0)),
    "nan is missing": ([{"column": "x", "not_equals": 0.5}], lambda r: present(r["x"]) and r["x"] != 0.5),
    "infinity is large": ([{"column": "x", "greater_than": 1.25}], lambda r: present(r["x"]) and r["x"] > 1.25),
    "minus zero": ([{"column": "x", "equals": 0}], lambda r: r["x"] == 0),
    "missing number": ([{"column": "x", "missing": True}], lambda r: not present(r["x"])),
    "float": ([{"column": "f", "equals": 0.1}], lambda r: r["f"] == 0.1),
    "float order": ([{"column": "f", "at_most": 0.2}], lambda r: present(r["f"]) and single(r["f"]) <= single(0.2)),
    "boolean": ([{"column": "flag", "equals": True}], lambda r: r["flag"] is True),
    "missing text": ([{"column": "country", "missing": True}], lambda r: r["country"] is None),
    "not missing": ([{"column": "country", "missing": False}, {"column": "flag", "missing": False}], lambda r: r["country"] is not None and r["flag"] is not None),
    "date": ([{"column": "day", "at_least": "2024-01-20"}], lambda r: present(r["day"]) and r["day"].isoformat() >= "2024-01-20"),
    "date in": ([{"column": "day", "in": ["2024-01-20", "2024-02-01"]}], lambda r: present(r["day"]) and r["day"].isoformat() in ("2024-01-20", "2024-02-01")),
    "local time": ([{"column": "when", "less_than": "2024-01-15T12:00"}], lambda r: present(r["when"]) and r["when"] < NOON),
    "instant": ([{"column": "zoned", "at_least": "2024-01-15T14:00:00+02:00"}], lambda r: present(r["zoned"]) and r["zoned"].replace(tzinfo=None) >= NOON),
    "several": ([{"column": "country", "in": ["US", "DE"]}, {"column": "n", "greater_than": 0}, {"column": "flag", "not_equals": False}],
                lambda r: r["country"] in ("US", "DE") and present(r["n"]) and r["n"] > 0 and r["flag"] is True),
}


@pytest.mark.parametrize("name", CASES)
def test_filter_equals_filtered_files(longwatch, tmp_path, name):
    conditions, keeps = CASES[name]
    kept = [[row for row in rows if keeps(row)] for rows in (REFERENCE, ANALYSIS)]
    assert all(20 < len(rows) < ROWS for rows in kept)
    write(tmp_path, "reference.parquet", kept[0])
    write(tmp_path, "analysis.parquet", kept[1])
    configure(tmp_path)
    expected = run(longwatch, tmp_path)

    write(tmp_path, "reference.parquet", REFERENCE, row_group_size=997)
    write(tmp_path, "analysis.parquet", ANALYSIS, row_group_size=101)
    configure(tmp_path, filter=conditions)
    found = run(longwatch, tmp_path)
    assert plain(found) == plain(expected)
    rates = {row["period"]: (row["value"], row["rows"]) for row in found if row["metric"] == "filtered_rate"}
    assert rates == {"reference": ((ROWS - len(kept[0])) / ROWS, ROWS), "analysis": ((ROWS - len(kept[1])) / ROWS, ROWS)}
    record = json.loads((tmp_path / "out" / "run.json").read_text())["models"][0]
    assert (record["reference_rows_filtered"], record["analysis_rows_filtered"]) == (ROWS - len(kept[0]), ROWS - len(kept[1]))
    assert (record["reference_rows"], record["analysis_rows"]) == (len(kept[0]), len(kept[1]))


def test_same_bytes_for_any_layout(longwatch, tmp_path):
    configure(tmp_path, filter=[{"column": "code", "at_least": "c2"}, {"column": "x", "missing": False}], analysis="analysis*.parquet", chunk={"size": 100})
    write(tmp_path, "reference.parquet", REFERENCE)
    write(tmp_path, "analysis.parquet", ANALYSIS)
    contents = set()
    for options in ([], ["--threads", "1"], ["--threads", "3", "--slab-rows", "7"], ["--slab-rows", "1000"]):
        run(longwatch, tmp_path, *options)
        contents.add((tmp_path / "out" / "results.parquet").read_bytes())
    (tmp_path / "analysis.parquet").unlink()
    for part in range(3):
        write(tmp_path, f"analysis{part}.parquet", ANALYSIS[part * 1000:part * 1000 + 1000], row_group_size=53, use_dictionary=False)
    write(tmp_path, "reference.parquet", REFERENCE, row_group_size=41, use_dictionary=False)
    run(longwatch, tmp_path)
    contents.add((tmp_path / "out" / "results.parquet").read_bytes())
    assert len(contents) == 1


def test_text_timestamp_compares_as_time(longwatch, tmp_path):
    times = [(START + timedelta(hours=i)).isoformat() + "+01:00" for i in range(200)]
    pq.write_table(pa.table({"when": times, "x": [float(i) for i in range(200)]}), tmp_path / "reference.parquet")
    keys = {"reference": "reference.parquet", "timestamp": "when", "analysis": "reference.parquet", "filter": [{"column": "when", "at_least": "2024-01-03T00:00:00Z"}]}
    (tmp_path / "fleet.yaml").write_text(json.dumps({"models": {"m": keys}}))
    run(longwatch, tmp_path)
    assert json.loads((tmp_path / "out" / "run.json").read_text())["models"][0]["reference_rows_filtered"] == 49


def test_analyze_refuses_another_filter(longwatch, tmp_path):
    write(tmp_path, "reference.parquet", REFERENCE)
    write(tmp_path, "analysis.parquet", ANALYSIS)
    configure(tmp_path, filter=[{"column": "n", "at_least": 0}])
    assert longwatch("fit", "fleet.yaml", "-o", "fitted", "--quiet", cwd=tmp_path).returncode == 0
    analyze = lambda: longwatch("analyze", "fleet.yaml", "--profiles", "fitted/profiles", "-o", "again", "--quiet", cwd=tmp_path)
    assert analyze().returncode == 0
    run(longwatch, tmp_path)
    assert (tmp_path / "out" / "results.parquet").read_bytes() == (tmp_path / "again" / "results.parquet").read_bytes()
    configure(tmp_path, filter=[{"column": "n", "at_least": 1}])
    done = analyze()
    assert done.returncode == 2 and "m.profile" in done.stderr and "fit" in done.stderr


@pytest.mark.parametrize("condition,message", [
    ({"column": "contry", "equals": "US"}, "did you mean 'country'?"),
    ({"column": "n", "equals": "three"}, "'three' is no number"),
    ({"column": "n", "equals": 9007199254740993}, "2^53"),
    ({"column": "flag", "less_than": True}, "has no order"),
    ({"column": "flag", "equals": "maybe"}, "is no boolean"),
    ({"column": "country", "at_least": 3}, "letter by letter"),
    ({"column": "when", "at_least": "yesterday"}, "'yesterday' is no time"),
    ({"column": "day", "in": ["2024-01-01", 7]}, "'7' is no time"),
    ({"column": "n", "equls": 1}, "did you mean 'equals'?"),
    ({"column": "n"}, "sets no condition"),
    ({"equals": 1}, "names no column"),
    ({"column": "n", "in": []}, "empty list"),
    ({"column": "n", "missing": "perhaps"}, "true or false"),
])
@pytest.mark.parametrize("verb", [["validate"], ["run", "-o", "out"]])
def test_wrong_conditions_are_2_with_their_line(longwatch, tmp_path, condition, message, verb):
    write(tmp_path, "reference.parquet", REFERENCE[:50])
    write(tmp_path, "analysis.parquet", ANALYSIS[:50])
    configure(tmp_path, filter=[{"column": "n", "missing": False}, condition])
    done = longwatch(verb[0], "fleet.yaml", *verb[1:], cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr and "fleet.yaml:1:" in done.stderr, done.stderr


def test_analysis_without_the_filter_column(longwatch, tmp_path):
    write(tmp_path, "reference.parquet", REFERENCE)
    pq.write_table(pa.Table.from_pylist(ANALYSIS, schema=SCHEMA).drop_columns(["n"]), tmp_path / "analysis.parquet")
    configure(tmp_path, filter=[{"column": "n", "at_least": 0}])
    done = longwatch("run", "fleet.yaml", "-o", "out", cwd=tmp_path)
    assert done.returncode == 3 and "analysis.parquet" in done.stderr and "'n', which the filter needs" in done.stderr


def test_nothing_left_is_3(longwatch, tmp_path):
    write(tmp_path, "reference.parquet", REFERENCE)
    write(tmp_path, "analysis.parquet", ANALYSIS)
    configure(tmp_path, filter=[{"column": "n", "at_least": 99}])
    done = longwatch("run", "fleet.yaml", "-o", "out", cwd=tmp_path)
    assert done.returncode == 3 and "the filter leaves none of the 3000 rows of the reference" in done.stderr and not (tmp_path / "out").exists()


# --from and --to


@pytest.mark.parametrize("options,zone,bounds", [
    (["--from", "2024-01-10", "--to", "2024-01-20T06:00"], "UTC", (datetime(2024, 1, 10), datetime(2024, 1, 20, 6))),
    (["--from", "2024-01-10"], "Europe/Berlin", (datetime(2024, 1, 10), datetime.max)),
    (["--to", "2024-01-20T00:00:00+02:00"], "Europe/Berlin", (datetime.min, datetime(2024, 1, 19, 23))),
])
@pytest.mark.parametrize("verb", ["run", "analyze"])
def test_window_equals_cut_file(longwatch, tmp_path, options, zone, bounds, verb):
    write(tmp_path, "reference.parquet", REFERENCE)
    kept = [row for row in ANALYSIS if row["when"] is not None and bounds[0] <= row["when"] < bounds[1]]
    write(tmp_path, "analysis.parquet", kept)
    configure(tmp_path, time_zone=zone)
    expected = run(longwatch, tmp_path)
    write(tmp_path, "analysis.parquet", ANALYSIS, row_group_size=500)
    if verb == "run":
        found = run(longwatch, tmp_path, *options)
    else:
        assert longwatch("fit", "fleet.yaml", "-o", "fitted", "--quiet", cwd=tmp_path).returncode == 0
        done = longwatch("analyze", "fleet.yaml", "--profiles", "fitted/profiles", "-o", "out", "--quiet", *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        found = pq.read_table(tmp_path / "out" / "results.parquet").to_pylist()
    assert plain(found) == plain(expected)
    untimed = sum(row["when"] is None for row in ANALYSIS)
    missing = [row for row in found if row["metric"] == "timestamp_missing_rate" and row["period"] == "analysis"]
    assert [(row["value"], row["rows"]) for row in missing] == [(untimed / ROWS, ROWS)]  # of the whole file
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    one = record["models"][0]
    assert (one["analysis_rows"], one["rows_out_of_window"], one["rows_out_of_window_without_timestamp"]) == (len(kept), ROWS - len(kept), untimed)
    assert [record["from"], record["to"]] == [options[options.index(k) + 1] if k in options else None for k in ("--from", "--to")]


def test_window_with_filter_counts_each_row_once(longwatch, tmp_path):
    write(tmp_path, "reference.parquet", REFERENCE)
    write(tmp_path, "analysis.parquet", ANALYSIS)
    configure(tmp_path, filter=[{"column": "n", "at_least": 0}])
    run(longwatch, tmp_path, "--from", "2024-01-10")
    one = json.loads((tmp_path / "out" / "run.json").read_text())["models"][0]
    passing = [row for row in ANALYSIS if row["n"] is not None and row["n"] >= 0]
    late = [row for row in passing if row["when"] is not None and row["when"] >= datetime(2024, 1, 10)]
    assert (one["analysis_rows"], one["analysis_rows_filtered"], one["rows_out_of_window"]) == (len(late), ROWS - len(passing), len(passing) - len(late))
    identifiers = {json.loads((tmp_path / "out" / "run.json").read_text())["run_id"]}
    run(longwatch, tmp_path)
    identifiers.add(json.loads((tmp_path / "out" / "run.json").read_text())["run_id"])
    assert len(identifiers) == 2


@pytest.mark.parametrize("options,message", [
    (["--from", "tomorrow"], "--from 'tomorrow' is no ISO 8601"),
    (["--to", "2024-13-01"], "--to '2024-13-01'"),
    (["--from", "2024-02-01", "--to", "2024-02-01"], "--from 2024-02-01 is not before --to 2024-02-01"),
    (["--from", "2024-02-01T00:00", "--to", "2024-02-01T01:00+02:00"], "is not before"),
])
@pytest.mark.parametrize("verb", [["run", "-o", "out"], ["validate"], ["analyze", "-o", "out", "--profiles", "."]])
def test_wrong_window_is_2(longwatch, tmp_path, options, message, verb):
    write(tmp_path, "reference.parquet", REFERENCE)
    write(tmp_path, "analysis.parquet", ANALYSIS)
    configure(tmp_path)
    if verb[0] == "analyze":
        assert longwatch("fit", "fleet.yaml", "-o", "fitted", "--quiet", cwd=tmp_path).returncode == 0
        verb = [*verb[:-1], "fitted/profiles"]
    done = longwatch(verb[0], "fleet.yaml", *verb[1:], *options, cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr and not (tmp_path / "out").exists(), done.stderr


def test_empty_window_names_what_there_is(longwatch, tmp_path):
    write(tmp_path, "reference.parquet", REFERENCE)
    write(tmp_path, "analysis.parquet", [row | {"when": START + timedelta(minutes=20 * i)} for i, row in enumerate(ANALYSIS)])
    configure(tmp_path)
    done = longwatch("run", "fleet.yaml", "-o", "out", "--from", "2031-01-01", "--to", "2031-02-01", cwd=tmp_path)
    assert done.returncode == 3 and "model 'm'" in done.stderr
    assert "no row from 2031-01-01 to before 2031-02-01" in done.stderr and "2024-01-01T00:00:00Z to 2024-02-11T15:40:00Z" in done.stderr


def test_window_needs_a_timestamp(longwatch, tmp_path):
    write(tmp_path, "reference.parquet", REFERENCE)
    write(tmp_path, "analysis.parquet", ANALYSIS)
    (tmp_path / "fleet.yaml").write_text(json.dumps({"models": {"m": {"reference": "reference.parquet", "analysis": "analysis.parquet"}}}))
    done = longwatch("run", "fleet.yaml", "-o", "out", "--from", "2024-01-10", cwd=tmp_path)
    assert done.returncode == 2 and "model 'm'" in done.stderr and "--from and --to need a timestamp" in done.stderr


def test_fit_has_no_window(longwatch, tmp_path):
    configure(tmp_path)
    assert longwatch("fit", "fleet.yaml", "-o", "out", "--from", "2024-01-10", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("verb,options", [("run", ["--models", "--from", "--to"]), ("analyze", ["--models", "--from", "--to"]),
                                          ("validate", ["--models", "--from", "--to"]), ("fit", ["--models"])])
def test_help_names_the_choices(longwatch, verb, options):
    text = longwatch(verb, "--help").stdout
    assert all(f"{option} " in text for option in options) and ("--from" in text) == ("--from" in options)
