"""Random tables against a slow oracle: every row of results.parquet is looked up and recomputed from the rows."""
import collections
import json
import math

import numpy as np
import pyarrow.parquet as pq
import pytest

import oracle
import table_makers as tables
from conftest import ROOT

METRICS = oracle.described(ROOT / "docs" / "metrics.md")
CASES = 30
BY_NULL = {"insufficient_data", "reference_too_short"}  # of values that a threshold `null` judges
PERIOD_ROWS = {"timestamp_missing_rate", "timestamp_outside_rate"}
NUMBERS = ["value", "standard_error", "p_value", "threshold_lower", "threshold_upper", "resolution"]


class Case:
    def __init__(self, seed, longwatch, folder):
        self.model, self.tables = tables.case(seed)
        tables.write(folder, self.tables, seed)
        config = {**self.model, "reference": "reference-*.parquet", "analysis": "analysis-*.parquet"}
        (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": config}}))
        self.expect_chunks()
        done = longwatch("run", folder / "fleet.yaml", "-o", folder / "out", "--quiet", "--threads", "2")
        assert done.returncode == 0, done.stderr
        everything = pq.read_table(folder / "out" / "results.parquet")
        everything = everything.to_pylist()
        self.of_periods = [r for r in everything if r["metric"] in PERIOD_ROWS]
        self.rows = [r for r in everything if r["metric"] not in PERIOD_ROWS]
        self.segments = oracle.segments_of(self.tables, self.model.get("segments", []))
        self.expect_columns()

    def expect_chunks(self):
        rules = {"analysis": self.model["chunk"], "reference": self.model.get("reference_chunk", self.model["chunk"])}
        self.chunks, self.untimed = {}, {}
        for period, table in self.tables.items():
            self.chunks[period], self.untimed[period] = oracle.chunks_of(table, self.model, rules[period])

    def expect_columns(self):
        self.columns = {}
        for name in self.tables["reference"].column_names:
            if name == "when":
                continue
            both = [self.tables[p][name].combine_chunks() for p in ("reference", "analysis")]
            text = str(both[0].type)
            natural = "categorical" if "string" in text or text == "bool" else "continuous"
            self.columns[name] = oracle.Column(name, *both, self.model.get("treat_as", {}).get(name, natural))
        self.totals = {}

    def cell(self, column, period, rows):
        return (oracle.Numbers if column.kind == "continuous" else oracle.Categories)(column, period, rows)

    def reference_of(self, column, segment):
        if segment not in self.segments["reference"]:
            return None
        if (column.name, segment) not in self.totals:
            self.totals[column.name, segment] = self.cell(column, "reference", self.segments["reference"][segment])
        return self.totals[column.name, segment]


@pytest.fixture(scope="module", params=range(CASES))
def case(request, longwatch, tmp_path_factory):
    return Case(request.param, longwatch, tmp_path_factory.mktemp("case"))


def cells_of(case):
    """(period, segment, chunk index) -> row indices, of every cell that must be in the results."""
    out = {}
    for period, chunks in case.chunks.items():
        for segment, rows in case.segments[period].items():
            members = set(rows)
            for index, chunk in enumerate(chunks):
                inside = [row for row in chunk.rows if row in members]
                if inside or segment == (None, None):
                    out[period, segment, index] = inside
    return out


def metrics_of(column):
    kind = "model" if column is None else column.kind
    return {m for m, d in METRICS.items() if d.columns == kind or (d.columns == "both" and column is not None)}


def test_chunks_segments_and_row_counts(case):
    found = collections.defaultdict(set)
    for row in case.rows:
        key = (row["period"], (row["segment_column"], row["segment_value"]), row["chunk_index"])
        found[key].add((row["chunk_key"], row["chunk_start"], row["chunk_end"], row["rows"]))
    expected = {}
    for (period, segment, index), rows in cells_of(case).items():
        chunk = case.chunks[period][index]
        expected[period, segment, index] = {(chunk.key, chunk.start, chunk.end, len(rows))}
    assert dict(found) == expected


def test_every_row_of_the_data_is_accounted_for(case):
    for period, table in case.tables.items():
        chunked = sum(row["value"] for row in case.rows if row["metric"] == "row_count" and row["period"] == period and row["segment_column"] is None)
        rates = [row["value"] for row in case.of_periods if row["metric"] == "timestamp_missing_rate" and row["period"] == period]
        assert rates == ([pytest.approx(case.untimed[period] / table.num_rows)] if "timestamp" in case.model else [])
        dropped = table.num_rows - case.untimed[period] - sum(len(chunk.rows) for chunk in case.chunks[period])
        assert dropped == 0 or case.model["chunk"].get("incomplete") == "drop"
        assert chunked + case.untimed[period] + dropped == table.num_rows


def test_every_cell_has_every_metric_once(case):
    found = collections.Counter((r["period"], (r["segment_column"], r["segment_value"]), r["chunk_index"], r["column"], r["metric"]) for r in case.rows)
    expected = {(*cell, name, metric) for cell in cells_of(case) for name, column in [(None, None), *case.columns.items()] for metric in metrics_of(column)}
    assert max(found.values()) == 1
    assert set(found) == expected


def is_huge(case, row):
    column = case.columns.get(row["column"])
    values = [v for period in column.periods.values() for v in period[0]] if column and column.kind == "continuous" else []
    return any(1e150 < abs(v) < math.inf for v in values)


def test_numbers_are_finite(case):
    for row in case.rows + case.of_periods:
        for name in NUMBERS:
            huge = name.startswith("threshold") and row[name] is not None and math.isinf(row[name]) and is_huge(case, row)
            assert row[name] is None or math.isfinite(row[name]) or huge, (name, row)


def test_a_value_stands_where_the_status_says_so(case):
    for row in case.rows:
        judged = row["status"] == "ok" or (row["status"] in BY_NULL and rule_of(case, row)[0] == "null")
        assert row["value"] is None or judged, row
        assert row["value"] is not None or row["status"] != "ok", row
        assert row["family"] == METRICS[row["metric"]].family, row
        if row["value"] is not None:
            assert METRICS[row["metric"]].least <= row["value"] <= METRICS[row["metric"]].greatest, row


def complaint(case, row, answer, column):
    """What is wrong with a row; None where nothing is."""
    by_null = rule_of(case, row)[0] == "null"
    status = "ok" if by_null and row["value"] is not None and row["status"] in BY_NULL else row["status"]
    if status != answer.status:
        return f"status should be {answer.status!r} (value {answer.value})"
    if answer.value is None:
        return None
    allowed = answer.tolerance + (row["resolution"] if answer.resolved else 0)
    if not abs(row["value"] - answer.value) <= allowed:
        return f"value should be {answer.value!r} within {allowed}"
    if answer.p_value is not None and not by_null and row["p_value"] != pytest.approx(answer.p_value, rel=1e-7, abs=1e-12):
        return f"p_value should be {answer.p_value}"
    if row["metric"] == "kolmogorov_smirnov" and not answer.resolved and row["resolution"] != 0:
        return "few distinct values: resolution should be 0"
    if row["metric"] in oracle.QUANTILES:
        low, high = sorted((row["value"], answer.value))
        between = ((column.known > low) & (column.known < high)).sum()
        if between > 2 * (len(column.known) / 1024 + 1):
            return f"{between} reference values lie between it and {answer.value}"
    return None


def test_values_are_those_of_the_rows(case):
    cells = {}
    wrong, checked = [], 0
    members = cells_of(case)
    for row in case.rows:
        if row["column"] is None:
            continue
        column = case.columns[row["column"]]
        segment = (row["segment_column"], row["segment_value"])
        key = (row["column"], row["period"], segment, row["chunk_index"])
        if key not in cells:
            cells[key] = case.cell(column, row["period"], members[row["period"], segment, row["chunk_index"]])
        compute = oracle.number_metric if column.kind == "continuous" else oracle.category_metric
        answer = compute(row["metric"], column, cells[key], case.reference_of(column, segment))
        if answer is None:
            continue
        checked += 1
        if problem := complaint(case, row, answer, column):
            wrong.append((problem, {k: row[k] for k in ("period", "segment_value", "chunk_index", "rows", "column", "metric", "value", "resolution", "status")}))
    for row in case.rows:
        if row["metric"] == "row_count" and row["value"] != row["rows"]:
            wrong.append(("row_count is not rows", row))
    kinds = collections.Counter((w["metric"], str(case.tables["reference"].schema.field(w["column"]).type)) for _, w in wrong)
    assert not wrong, f"{len(wrong)} of {checked}: {dict(kinds)}\n" + "\n".join(f"{problem}: {w}" for problem, w in wrong[:8])


def same(found, expected):
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def rule_of(case, row):
    for pattern, rule in reversed(case.model.get("thresholds", {}).items()):
        if pattern == "*" or pattern == row["metric"] or (pattern == "missing_*" and row["metric"].startswith("missing_")):
            return (None if rule == "none" else rule), True
    return oracle.DEFAULT_RULES[METRICS[row["metric"]].threshold], False


def rule_is_none(case, row):
    return case.model.get("thresholds", {}).get(row["metric"]) == "none"


def judged_by_null(row):
    """A threshold `null`: its limits and its p-value say the same; without enough rows it says nothing."""
    if row["outside"] is None:
        assert row["threshold_lower"] is None and row["threshold_upper"] is None and row["p_value"] is None, row
        return
    assert row["rows"] >= 30 and row["value"] is not None and 0 <= row["p_value"] <= 1, row
    beyond = (row["threshold_lower"] is not None and row["value"] < row["threshold_lower"]) or row["value"] > row["threshold_upper"]
    assert row["outside"] == beyond, row
    metric = METRICS[row["metric"]]
    if metric.least < row["threshold_upper"] < metric.greatest and abs(row["p_value"] / 0.01 - 1) > 1e-3 and not beyond:
        assert row["p_value"] > 0.01 or row["value"] == row["threshold_upper"] or row["value"] == row["threshold_lower"], row


def test_thresholds_and_what_lies_outside(case):
    learned = collections.defaultdict(list)
    for row in case.rows:
        if row["period"] == "reference" and row["status"] == "ok":
            learned[row["segment_column"], row["segment_value"], row["column"], row["metric"]].append(row["value"])
    for row in case.rows:
        values = learned[row["segment_column"], row["segment_value"], row["column"], row["metric"]]
        rule, _ = rule_of(case, row)
        if rule == "null":
            judged_by_null(row)
            continue
        lower, upper = oracle.limits(rule, values, METRICS[row["metric"]]) if rule else (None, None)
        spread = max(map(abs, values), default=0)
        if spread > 1e150 or rule_is_none(case, row):
            continue
        for side, expected in (("threshold_lower", lower), ("threshold_upper", upper)):
            close = row[side] is not None and expected is not None and abs(row[side] - expected) <= 1e-9 * spread + 1e-12
            assert close or same(row[side], expected), (side, expected, values[:10], row)
        if row["value"] is None or (lower is None and upper is None):
            assert row["outside"] is None, row
        else:
            beyond = (row["threshold_lower"] is not None and row["value"] < row["threshold_lower"]) or (
                row["threshold_upper"] is not None and row["value"] > row["threshold_upper"])
            assert row["outside"] == beyond, row
