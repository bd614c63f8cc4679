"""Every verb as a user types it: what it writes, what it prints and where, and the code it ends with."""
import json
import os
import re
import shutil
import signal
import subprocess
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from conftest import BINARY, ROOT

ROWS = 1_000
VERBS = ("run", "fit", "analyze", "validate", "schema", "synth", "inspect", "cutoffs", "devices")
RESULTS = {
    "model": "string", "model_version": "string", "segment_column": "string", "segment_value": "string", "period": "string",
    "chunk_index": "int64", "chunk_key": "string", "chunk_start": "timestamp[us, tz=UTC]", "chunk_end": "timestamp[us, tz=UTC]",
    "rows": "int64", "column": "string", "family": "string", "metric": "string", "value": "double", "standard_error": "double",
    "ci_lower": "double", "ci_upper": "double", "pi_lower": "double", "pi_upper": "double", "interval_method": "string",
    "p_value": "double", "q_value": "double", "threshold_lower": "double", "threshold_upper": "double",
    "minimum_detectable": "double", "resolution": "double", "outside": "bool", "alert": "bool", "status": "string", "labels_rate": "double"}
ALERTS = ["alert_id", "model", "model_version", "segment_column", "segment_value", "period", "chunk_index", "chunk_key", "chunk_start", "chunk_end",
          "column", "family", "metric", "value", "threshold_lower", "threshold_upper", "p_value", "q_value", "fleet_q_value", "rows"]


def table(seed, shift=0.0):
    rng = np.random.default_rng(seed)
    when = np.datetime64("2024-01-01", "us") + np.arange(ROWS).astype("timedelta64[h]")
    return pa.table({"when": pa.array(when), "x": rng.normal(shift, 1, ROWS), "group": pa.array(np.array(["a", "b"])[rng.integers(0, 2, ROWS)])})


@pytest.fixture
def fleet(tmp_path):
    """Three models over two tables; the analysis has drifted, so that there are alerts."""
    pq.write_table(table(1), tmp_path / "reference.parquet")
    pq.write_table(table(2, shift=3.0), tmp_path / "analysis.parquet")
    model = {"segments": ["group"]}
    config = {"defaults": {"reference": "reference.parquet", "analysis": "analysis.parquet", "timestamp": "when", "chunk": "1w"},
              "models": {"fraud_eu": model, "fraud_us": model, "churn": model}}
    (tmp_path / "fleet.yaml").write_text(json.dumps(config))
    return tmp_path


def change(folder, **keys):
    config = json.loads((folder / "fleet.yaml").read_text())
    config["defaults"].update(keys)
    (folder / "fleet.yaml").write_text(json.dumps(config))


def rows(folder, name="results.parquet"):
    return pq.read_table(folder / "out" / name).to_pylist()


# The command itself


def test_version(longwatch):
    done = longwatch("--version")
    assert done.returncode == 0 and re.fullmatch(r"longwatch \d+\.\d+\.\d+\n", done.stdout) and done.stderr == ""


def test_help_names_every_verb_and_code(longwatch):
    done = longwatch("--help")
    assert done.returncode == 0 and done.stderr == ""
    assert all(re.search(rf"^  {verb} ", done.stdout, re.M) for verb in VERBS)
    assert "Exit codes: 0" in done.stdout


@pytest.mark.parametrize("arguments", [
    [], ["ruin"], ["run"], ["run", "fleet.yaml"], ["run", "fleet.yaml", "-o"], ["run", "fleet.yaml", "-o", "out", "--fast"],
    ["run", "fleet.yaml", "-o", "out", "--threads", "0"], ["run", "fleet.yaml", "-o", "out", "--threads", "many"],
    ["run", "fleet.yaml", "-o", "out", "--fail-on", "rain"], ["run", "fleet.yaml", "-o", "out", "--vector", "mmx"],
    ["run", "fleet.yaml", "-o", "out", "--models", "nobody_*"], ["run", "nowhere.yaml", "-o", "out"],
    ["run", "fleet.yaml", "-o", "out", "--device", "tpu"], ["run", "fleet.yaml", "-o", "out", "--device", "cuda:x"], ["devices", "--format", "xml"],
    ["fit", "fleet.yaml", "-o", "out", "--fail-on", "alert"], ["analyze", "fleet.yaml", "-o", "out"], ["validate"], ["validate", "nowhere.yaml"],
    ["schema"], ["synth"], ["synth", "-o", "out", "--task", "clairvoyance"], ["synth", "-o", "out", "--rows", "-1"],
    ["inspect"], ["inspect", "analysis.parquet", "--format", "xml"], ["inspect", "analysis.parquet", "--rows", "0"]])
def test_wrong_usage_is_2(longwatch, fleet, arguments):
    done = longwatch(*arguments, cwd=fleet)
    assert done.returncode == 2, done.stderr
    assert done.stdout == "" and done.stderr.strip()
    assert not (fleet / "out").exists()


def test_unknown_verb_is_named(longwatch):
    assert "ruin" in longwatch("ruin").stderr


# run


def test_run_prints_data_on_stdout_and_progress_on_stderr(longwatch, fleet):
    done = longwatch("run", "fleet.yaml", "-o", "out", cwd=fleet)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^fraud_eu +1000 +1000 ", done.stdout, re.M) and "Results in out:" in done.stdout
    assert "fraud_eu" not in done.stderr and "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("verb", ["run", "fit"])
def test_quiet_says_nothing(longwatch, fleet, verb):
    done = longwatch(verb, "fleet.yaml", "-o", "out", "--quiet", cwd=fleet)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("globs,expected", [
    (["fraud_*"], {"fraud_eu", "fraud_us"}), (["churn"], {"churn"}), (["*_us", "churn"], {"fraud_us", "churn"}), (["fraud_?u"], {"fraud_eu"})])
def test_models_picks(longwatch, fleet, globs, expected):
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", *(f"--models={glob}" for glob in globs), cwd=fleet).returncode == 0
    assert {row["model"] for row in rows(fleet)} == expected
    assert {path.stem for path in (fleet / "out" / "profiles").iterdir()} == expected


def test_models_before_the_configuration(longwatch, fleet):
    done = longwatch("run", "--models", "fraud_*", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("fail_on,code", [("never", 0), ("alert", 1)])
def test_fail_on_alert(longwatch, fleet, fail_on, code):
    done = longwatch("run", "fleet.yaml", "-o", "out", "--quiet", "--fail-on", fail_on, cwd=fleet)
    assert done.returncode == code and rows(fleet, "alerts.parquet")


def test_fail_on_alert_without_alerts(longwatch, fleet):
    change(fleet, thresholds={"*": "none"})
    done = longwatch("run", "fleet.yaml", "-o", "out", "--quiet", "--fail-on", "alert", cwd=fleet)
    assert done.returncode == 0 and rows(fleet, "alerts.parquet") == []


def test_some_failed_wins_over_alerts(longwatch, fleet):
    config = json.loads((fleet / "fleet.yaml").read_text())
    config["models"]["churn"]["analysis"] = "nowhere.parquet"
    (fleet / "fleet.yaml").write_text(json.dumps(config))
    done = longwatch("run", "fleet.yaml", "-o", "out", "--quiet", "--fail-on", "alert", cwd=fleet)
    assert done.returncode == 4 and "nowhere.parquet" in done.stderr and done.stdout == ""


def test_unwritable_output_is_3(longwatch, fleet):
    (fleet / "file").write_text("in the way")
    done = longwatch("run", "fleet.yaml", "-o", "file/out", "--quiet", cwd=fleet)
    assert done.returncode == 3 and "file" in done.stderr


# What a run writes


def test_results_have_the_documented_columns(longwatch, fleet):
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet).returncode == 0
    schema = pq.read_schema(fleet / "out" / "results.parquet")
    assert [(field.name, str(field.type)) for field in schema] == list(RESULTS.items())
    page = (ROOT / "docs" / "output.md").read_text().split("## results.parquet")[1].split("\n## ")[0]
    documented = [name for line in re.findall(r"^\| (`.*?) \|", page, re.M) for name in re.findall(r"`(\w+)`", line)]
    assert documented[:len(RESULTS)] == list(RESULTS)


def test_results_are_sorted(longwatch, fleet):
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet).returncode == 0
    last = 1 << 60
    keys = [(r["model"], r["period"] != "reference", r["segment_column"] or "", r["segment_value"] or "",
             last if r["chunk_index"] is None else r["chunk_index"], r["column"] or "", r["family"], r["metric"]) for r in rows(fleet)]
    assert keys == sorted(keys) and len(set(keys)) == len(keys)


def test_alerts_are_the_alerting_rows(longwatch, fleet):
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet).returncode == 0
    results, alerts = rows(fleet), rows(fleet, "alerts.parquet")
    assert list(alerts[0]) == ALERTS
    names = [name for name in ALERTS[1:] if name != "fleet_q_value"]
    expected = [{name: row[name] for name in names} for row in results if row["alert"] and row["period"] == "analysis"]
    assert [{name: row[name] for name in names} for row in alerts] == expected
    identifiers = [row["alert_id"] for row in alerts]
    assert len(set(identifiers)) == len(identifiers) and all(re.fullmatch("[0-9a-f]{16}", one) for one in identifiers)


def test_fleet_q_values_are_over_all_models(longwatch, fleet):
    """Benjamini and Hochberg over every test of the analysis; alerts that are no test have none."""
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet).returncode == 0
    tests = np.sort([row["p_value"] for row in rows(fleet) if row["period"] == "analysis" and row["p_value"] is not None])
    scaled = tests * len(tests) / np.searchsorted(tests, tests, side="right")
    alerts = rows(fleet, "alerts.parquet")
    assert len({row["model"] for row in alerts}) == 3 and any(row["p_value"] is not None for row in alerts)
    for row in alerts:
        if row["p_value"] is None:
            assert row["fleet_q_value"] is None
            continue
        expected = scaled[np.searchsorted(tests, row["p_value"]):].min()
        assert row["fleet_q_value"] == pytest.approx(min(1, expected), rel=1e-12)


def test_run_record(longwatch, fleet):
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", "--threads", "1", cwd=fleet).returncode == 0
    record = json.loads((fleet / "out" / "run.json").read_text())
    assert {"longwatch", "run_id", "command", "configuration", "inputs", "device", "threads", "seconds", "models"} <= set(record)
    assert record["command"] == "run" and record["threads"] == 1 and record["device"].startswith("cpu")
    assert {(one["name"], one["status"], one["reference_rows"], one["analysis_rows"]) for one in record["models"]} == {
        (name, "ok", ROWS, ROWS) for name in ("fraud_eu", "fraud_us", "churn")}
    assert {one["path"].split("/")[-1] for one in record["inputs"]} == {"reference.parquet", "analysis.parquet"}
    for one in record["inputs"]:
        assert one["rows"] == ROWS and one["bytes"] == (fleet / one["path"].split("/")[-1]).stat().st_size and one["fingerprint"]


# devices


def no_module(tmp_path):
    return {"LONGWATCH_CUDA": str(tmp_path / "nowhere.so")}


def test_devices_lists_the_cpu_and_why_there_is_no_other(longwatch, tmp_path):
    done = longwatch("devices", "--format", "json", env=no_module(tmp_path))
    assert done.returncode == 0 and done.stderr == ""
    cpu, cuda = json.loads(done.stdout)
    assert cpu["device"] == "cpu" and cpu["usable"] is True and cpu["reason"] is None
    assert cuda["device"] == "cuda" and cuda["usable"] is False and "nowhere.so: there is no CUDA module" in cuda["reason"]
    table = longwatch("devices", env=no_module(tmp_path)).stdout
    assert re.search(r"^cpu +cpu \(", table, re.M) and "there is no CUDA module" in table


def test_auto_says_why_it_is_the_cpu(longwatch, fleet, tmp_path):
    for device, reason in (("auto", "auto: .*nowhere.so: there is no CUDA module"), ("cpu", "asked for")):
        done = longwatch("run", "fleet.yaml", "-o", "out", "--quiet", "--device", device, cwd=fleet, env=no_module(tmp_path))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        record = json.loads((fleet / "out" / "run.json").read_text())
        assert record["device"].startswith("cpu") and re.match(reason, record["device_reason"]) and record["fallbacks"] == []


def test_a_device_that_is_not_there_leaves_the_work_to_the_cpu(longwatch, fleet, tmp_path):
    """It is said on stderr: always where a device was asked for, with auto not where the run is to be quiet."""
    shas = set()
    for device, quiet, said in (("cuda", True, True), ("cuda:1", False, True), ("auto", False, True), ("auto", True, False)):
        done = longwatch("run", "fleet.yaml", "-o", "out", "--device", device, *["--quiet"] * quiet, cwd=fleet, env=no_module(tmp_path))
        assert done.returncode == 0 and ("no GPU is used" in done.stderr and "there is no CUDA module" in done.stderr) is said, done.stderr
        record = json.loads((fleet / "out" / "run.json").read_text())
        assert record["device"].startswith("cpu") and "there is no CUDA module" in record["device_reason"] and record["rates"] == record["work"] == []
        shas.add((fleet / "out" / "results.parquet").read_bytes())
    assert len(shas) == 1


def emulated():
    return {"LONGWATCH_CUDA": str(BINARY.parent / "liblongwatch_cuda_emulated.so")}


def test_a_number_that_no_device_has_is_2(longwatch, fleet):
    done = longwatch("run", "fleet.yaml", "-o", "out", "--device", "cuda:0,5", cwd=fleet, env=emulated())
    assert done.returncode == 2 and done.stdout == "" and "there is no device cuda:5; there are 1" in done.stderr
    assert not (fleet / "out").exists()


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_ctrl_c_leaves_the_result_before(longwatch, fleet, device):
    """Small slabs make the run long enough to be stopped in its middle."""
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet).returncode == 0
    before = {path.name: path.read_bytes() for path in (fleet / "out").iterdir() if path.is_file()}
    command = [str(BINARY), "run", "fleet.yaml", "-o", "out", "--quiet", "--device", device, "--slab-rows", "1", "--threads", "2"]
    process = subprocess.Popen(command, cwd=fleet, env={**os.environ, **emulated()}, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not [path for path in fleet.iterdir() if path.name.startswith(".")]:
        time.sleep(0.01)  # until it writes aside
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3 and "stopped" in stderr
    assert {path.name: path.read_bytes() for path in (fleet / "out").iterdir() if path.is_file()} == before
    assert not [path for path in fleet.iterdir() if path.name.startswith(".")]


def test_keep_states(longwatch, fleet):
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fleet).returncode == 0
    assert not (fleet / "out" / "states.parquet").exists()
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", "--keep-states", cwd=fleet).returncode == 0
    states = rows(fleet, "states.parquet")
    assert list(states[0]) == ["model", "period", "segment_column", "segment_value", "chunk_index", "chunk_key", "chunk_start", "chunk_end", "column",
                               "kind", "rows", "state"]
    assert {row["kind"] for row in states} <= {"number", "category", "reconstruction", "gram"}
    whole = [row for row in states if row["model"] == "churn" and row["column"] == "x" and row["segment_column"] is None and row["period"] == "analysis"]
    assert sum(row["rows"] for row in whole) == ROWS


# fit and analyze


@pytest.fixture
def fitted(longwatch, fleet):
    assert longwatch("fit", "fleet.yaml", "-o", "fitted", "--quiet", cwd=fleet).returncode == 0
    return fleet


def analyze(longwatch, folder, *options):
    return longwatch("analyze", "fleet.yaml", "--profiles", "fitted/profiles", "-o", "out", "--quiet", *options, cwd=folder)


def test_fit_needs_no_analysis(longwatch, fleet):
    (fleet / "analysis.parquet").unlink()
    config = json.loads((fleet / "fleet.yaml").read_text())
    del config["defaults"]["analysis"]
    (fleet / "fleet.yaml").write_text(json.dumps(config))
    assert longwatch("fit", "fleet.yaml", "-o", "fitted", "--quiet", cwd=fleet).returncode == 0
    assert sorted(path.name for path in (fleet / "fitted" / "profiles").iterdir()) == ["churn.profile", "fraud_eu.profile", "fraud_us.profile"]


def test_analyze_needs_no_reference(longwatch, fitted):
    (fitted / "reference.parquet").unlink()
    done = analyze(longwatch, fitted)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {row["model"] for row in rows(fitted)} == {"fraud_eu", "fraud_us", "churn"}


@pytest.mark.parametrize("changed", [{"chunk": "1d"}, {"quantiles": 64}, {"treat_as": {"x": "categorical"}}])
def test_analyze_refuses_another_configuration(longwatch, fitted, changed):
    change(fitted, **changed)
    done = analyze(longwatch, fitted)
    assert done.returncode == 2 and "churn.profile" in done.stderr and "fit" in done.stderr
    assert not (fitted / "out").exists()


@pytest.mark.parametrize("damage", [lambda b: b[:-50], lambda b: b[:10], lambda b: b"", lambda b: b[:len(b) // 2] + bytes([b[len(b) // 2] ^ 1]) + b[len(b) // 2 + 1:]],
                         ids=["cut", "only the start", "empty", "one bit"])
def test_damaged_profile_is_3_and_named(longwatch, fitted, damage):
    path = fitted / "fitted" / "profiles" / "churn.profile"
    path.write_bytes(damage(path.read_bytes()))
    done = analyze(longwatch, fitted, "--models", "churn")
    assert done.returncode == 3 and "churn.profile" in done.stderr
    assert analyze(longwatch, fitted).returncode == 4


def test_profile_not_there(longwatch, fitted):
    (fitted / "fitted" / "profiles" / "churn.profile").unlink()
    done = analyze(longwatch, fitted, "--models", "churn")
    assert done.returncode == 3 and "churn.profile" in done.stderr


# inspect


def digests(longwatch, path):
    done = longwatch("inspect", path, "--format", "json")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return {row["column"]: row for row in json.loads(done.stdout)}


def test_inspect_digests_do_not_depend_on_order(longwatch, tmp_path):
    data = table(5)
    data = data.set_column(1, "x", pc.if_else(pc.greater(data["x"], 1), pa.scalar(None, pa.float64()), data["x"]))
    pq.write_table(data, tmp_path / "a.parquet")
    pq.write_table(data.take(np.random.default_rng(0).permutation(ROWS)), tmp_path / "b.parquet", row_group_size=77, compression="zstd")
    first, second = digests(longwatch, tmp_path / "a.parquet"), digests(longwatch, tmp_path / "b.parquet")
    assert first == second
    assert list(first) == data.column_names
    assert {name: (row["rows"], row["nulls"]) for name, row in first.items()} == {name: (ROWS, data[name].null_count) for name in data.column_names}
    assert first["x"]["nulls"] > 100


def test_inspect_digest_sees_one_changed_value(longwatch, tmp_path):
    data = table(5)
    pq.write_table(data, tmp_path / "a.parquet")
    x = data["x"].to_numpy().copy()
    x[500] = np.nextafter(x[500], 9)
    pq.write_table(data.set_column(1, "x", pa.array(x)), tmp_path / "b.parquet")
    first, second = digests(longwatch, tmp_path / "a.parquet"), digests(longwatch, tmp_path / "b.parquet")
    assert [name for name in first if first[name] != second[name]] == ["x"]


def test_inspect_table_and_rows(longwatch, fleet):
    done = longwatch("inspect", "analysis.parquet", cwd=fleet)
    assert done.returncode == 0 and done.stdout.splitlines()[0].split()[:4] == ["column", "type", "rows", "nulls"]
    done = longwatch("inspect", "analysis.parquet", "--rows", "7", "--format", "json", cwd=fleet)
    shown, expected = json.loads(done.stdout), pq.read_table(fleet / "analysis.parquet").slice(0, 7).to_pylist()
    assert [row["group"] for row in shown] == [row["group"] for row in expected]
    assert [float(row["x"]) for row in shown] == pytest.approx([row["x"] for row in expected], rel=1e-3)
    assert len(longwatch("inspect", "analysis.parquet", "--rows", "7", cwd=fleet).stdout.splitlines()) == 8


def test_inspect_profile(longwatch, fitted):
    path = fitted / "fitted" / "profiles" / "churn.profile"
    done = longwatch("inspect", path)
    assert done.returncode == 0 and "model 'churn': 1000 rows" in done.stdout
    columns = {row["column"]: row for row in json.loads(longwatch("inspect", path, "--format", "json").stdout)}
    assert columns["x"]["kind"] == "continuous" and columns["group"]["categories"] == 2
    assert columns["x"]["mean"] == pytest.approx(table(1)["x"].to_numpy().mean(), abs=1e-9)


@pytest.mark.parametrize("name", ["nowhere.parquet", "nowhere.profile", "fleet.yaml"])
@pytest.mark.parametrize("options", [(), ("--rows", "3")])
def test_inspect_of_what_cannot_be_read(longwatch, fleet, name, options):
    done = longwatch("inspect", name, *options, cwd=fleet)
    assert done.returncode == 3 and name in done.stderr and done.stdout == ""


# synth


def synth(longwatch, folder, *options):
    return longwatch("synth", "-o", folder, "--models", "2", "--rows", "2000", "--features", "6", "--chunks", "10", "--quiet", *options)


def test_synth_same_seed_same_files(longwatch, tmp_path):
    for name, *options in (("a", "--threads", "1"), ("b", "--threads", "3"), ("c", "--seed", "2")):
        done = synth(longwatch, tmp_path / name, *options)
        assert done.returncode == 0 and done.stdout == "", done.stderr
    content = lambda name: {str(path.relative_to(tmp_path / name)): path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
    assert content("a") == content("b") and len(content("a")) == 6
    assert content("a") != content("c")


def test_synth_quiet_with_more_threads_than_the_machine(longwatch, tmp_path):
    done = synth(longwatch, tmp_path / "fleet", "--threads", "64")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_synth_runs_and_its_drift_is_found(longwatch, tmp_path):
    assert synth(longwatch, tmp_path / "fleet", "--drift", "0.5", "--wide-types").returncode == 0
    assert longwatch("validate", tmp_path / "fleet" / "fleet.yaml").returncode == 0
    assert longwatch("run", tmp_path / "fleet" / "fleet.yaml", "-o", tmp_path / "out", "--quiet").returncode == 0
    drifts = json.loads((tmp_path / "fleet" / "truth.json").read_text())["drifts"]
    shifted = [drift for drift in drifts if drift["kind"] in ("shift", "new_category")]
    assert shifted
    alerts = {(row["model"], row["column"], row["chunk_index"]) for row in rows(tmp_path, "alerts.parquet") if row["segment_column"] is None}
    assert all((drift["model"], drift["column"], 9) in alerts for drift in shifted)


@pytest.mark.parametrize("verb", ["synth", "schema"])
def test_an_existing_file_in_the_way(longwatch, fleet, verb):
    """What is not ours is not replaced by a folder, nor a folder by a file."""
    if verb == "synth":
        (fleet / "taken").write_text("in the way")
        done = synth(longwatch, fleet / "taken")
        assert (fleet / "taken").read_text() == "in the way"
    else:
        (fleet / "taken").mkdir()
        done = longwatch("schema", "reference.parquet", "-o", "taken", cwd=fleet)
        assert (fleet / "taken").is_dir()
    assert done.returncode == 3 and "taken" in done.stderr


def test_no_staging_is_left(longwatch, fitted):
    shutil.rmtree(fitted / "fitted")
    assert longwatch("run", "fleet.yaml", "-o", "out", "--quiet", cwd=fitted).returncode == 0
    assert sorted(path.name for path in fitted.iterdir()) == ["analysis.parquet", "fleet.yaml", "out", "reference.parquet"]
