"""benchmarks/tables.py judges targets by what was measured, and the benchmarks' data is what its page says."""
import json
import subprocess
import sys

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
import tables  # noqa: E402


def runs(*walls, peak=100.0, **more):
    return [{"wall": wall, "cpu": 2 * wall, "peak_mib": peak, "load": 0.5, **more} for wall in walls]


def measured(kind, rows, cases, **more):
    data = {"kind": kind, "name": f"{kind}_{rows}", "rows": rows, "title": f"{kind} of {rows}", **more}
    return {"data": data, "date": "2026-01-01", "machine": "some", "commit": "abc", "command": "cmd", "runs": cases}


def verdicts(results):
    """By the start of the target: what was measured, and the word."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in tables.targets(results)[2:]]
    return {target: (found, word) for target, _, found, word in rows}


def test_targets_of_the_wide_model():
    cases = {"run": runs(5.0, 1.0, 2.0), "analyze": runs(1.0), "monitoring": runs(1.0), "nannyml": runs(59.0),
             "polars": runs(4.0), "duckdb": runs(3.0), "polars, analysis": runs(3.0), "duckdb, analysis": runs(2.5),
             "decode, analysis": runs(0.9, inside=0.3)}
    found = verdicts([measured("wide", 1_000_000, cases)])
    assert len(found) == 6
    for start, value, word in (("wide_1000000: run / ", "0.67 x wall, 0.67 x CPU, duckdb", "**not reached**"),
                               ("wide_1000000: analyze / the faster", "0.40 x wall, 0.40 x CPU, duckdb", "reached"),
                               ("wide_1000000: analyze / decoding", "3.33 x wall (1.11 x with the start)", "**not reached**"),
                               ("wide_1000000: nannyml / monitoring", "59.00 x wall, 59.00 x CPU, / run 30 x", "**not reached**"),
                               ("wide_1000000: peak memory", "105 MB", "reached"),
                               ("peak memory of run, 10,000,000", "-", "not measured")):
        assert [pair for target, pair in found.items() if target.startswith(start)] == [(value, word)]


@pytest.mark.parametrize("peak, word", [(109.0, "reached"), (111.0, "**not reached**"), (50.0, "reached")])
def test_memory_of_scale_needs_both_sizes(peak, word):
    results = [measured("wide", 1_000_000, {"run": runs(1.0)}), measured("wide", 10_000_000, {"run": runs(9.0, peak=peak)})]
    assert verdicts(results)["peak memory of run, 10,000,000 rows / 1,000,000 rows"][1] == word


def test_a_fleet_scales_nannyml_but_for_its_start():
    cases = {"monitoring": runs(0.5), "nannyml start": runs(4.0), "nannyml": runs(10.0)}
    fleet = measured("fleet", 50_000, cases, models=20, nannyml_models=2)
    assert tables.cases_of(fleet)["nannyml, scaled"][0]["wall"] == pytest.approx(4 + 10 * (10 - 4))
    assert verdicts([fleet])["fleet_50000: nannyml, scaled / monitoring"] == ("128.00 x wall, 128.00 x CPU", "reached")


def test_what_a_later_result_has_fills_in_what_an_earlier_one_lacks():
    first, second = measured("wide", 10, {"run": runs(1.0)}), measured("wide", 10, {"monitoring": runs(1.0), "nannyml": runs(99.0)})
    found = verdicts([first, second])
    assert found["wide_10: nannyml / monitoring"][1] == "reached" and found["wide_10: peak memory of run"][1] == "reached"


def test_program_prints_tables_of_files(tmp_path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(measured("wide", 10, {"run": runs(1.0, 3.0), "fit": runs(1.0)})))
    done = subprocess.run([ROOT / "benchmarks" / "tables.py", path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "| run | 2 | 2.00 (1.00 - 3.00) | 4.00 | 100 | 1.00 | 1.00 | 0.5 - 0.5 |" in done.stdout
    assert "| fit | 1 | 1.00 (1.00 - 1.00) | 2.00 | 100 | 0.50 | 0.50 | 0.5 - 0.5 |" in done.stdout and "## Targets" in done.stdout


def test_data_of_more_than_one_row_group(tmp_path):
    rows = 120_001
    subprocess.run([sys.executable, ROOT / "benchmarks" / "peers" / "make_data.py", tmp_path, str(rows)], check=True, timeout=100)
    reference, analysis = (pq.read_table(tmp_path / f"{period}.parquet") for period in ("reference", "analysis"))
    ends = json.loads((tmp_path / "ends.json").read_text())
    assert reference.num_rows == analysis.num_rows == rows and reference.num_columns == 52 and len(ends) == 40
    assert all(pc.min_max(reference[name]).as_py() == {"min": low, "max": high} for name, (low, high) in ends.items())
    assert reference["id"].to_pylist() + analysis["id"].to_pylist() == list(range(2 * rows))
    assert pc.max(reference["timestamp"]).as_py() < pc.min(analysis["timestamp"]).as_py()
    assert 0.008 < reference["number_01"].null_count / rows < 0.012 and reference["number_00"].null_count == 0
    first, second = (pc.mean(analysis["number_00"].slice(begin, rows // 2)).as_py() for begin in (0, rows - rows // 2))
    assert abs(first) < 0.02 and abs(second - 0.1) < 0.02  # five standard errors of a normal mean
