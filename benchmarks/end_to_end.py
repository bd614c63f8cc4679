#!/usr/bin/env python3
"""Times Longwatch beside Polars, DuckDB and NannyML on the same files: whole processes, interleaved, wall, CPU and
peak memory.

    benchmarks/peers/setup                                       # once: the peers' environment
    benchmarks/end_to_end.py --rows 1000000 --repeat 5           # one wide model
    benchmarks/end_to_end.py --rows 100000 --cases run nannyml   # quickly
    benchmarks/end_to_end.py --fleet 20 --once "nannyml start" nannyml   # many models; all cases, the slow ones once
    benchmarks/end_to_end.py --rows 10000000 --repeat 1 --cases run    # memory at scale; 5.3 GB of files
    benchmarks/end_to_end.py --performance --once nannyml              # a classifier's performance

Needs .venv (tools/setup) and, for the peers, benchmarks/peers/setup; what each case does is in docs/benchmarks.md.
Times include starting the process and reading the files, which are in the page cache. Prints a table and the targets,
and writes every single run as JSON, which benchmarks/tables.py turns into the tables of RESULTS.md.
"""

import argparse
import datetime
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import tables
from processes import Failed, run_process

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "benchmarks" / "peers"
PYTHON = ROOT / "build" / "peers-venv" / "bin" / "python"
DATA_PYTHON = ROOT / ".venv" / "bin" / "python"  # has what make_data.py needs: cases of Longwatch alone want no peers
WORK = ROOT / "build" / "benchmarks"
PROGRAM = ROOT / "build" / "release" / "longwatch"
Cases = dict[str, list[str]]  # the command of each

CHUNKS = 20
FLEET_CHUNK = 5_000
NANNYML_MODELS = 2  # so many of a fleet; "nannyml, scaled" is what that makes for all of them

# What Polars computes, or can be had from it for nothing.
STATISTICS = "mean, standard_deviation, minimum, maximum, null_count, jensen_shannon"
# What NannyML's six calculators compute.
MONITORING = "jensen_shannon, reconstruction_error, missing_rate, unseen_rate, mean, standard_deviation"


def peer(script: str, *arguments: object) -> list[str]:
    return [str(PYTHON), str(PEERS / script), *map(str, arguments)]


def write_config(path: Path, models: dict[str, str], chunk_rows: int, more: str = "") -> str:
    """A configuration of models, each with the folder of its two files."""
    lines = [f"defaults: {{timestamp: timestamp, id: id, chunk: {{size: {chunk_rows}}}{more}}}", "models:"]
    for name, folder in models.items():
        lines.append(f"  {name}: {{reference: {folder}/reference.parquet, analysis: {folder}/analysis.parquet}}")
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def longwatch_cases(program: str, folder: Path, models: dict[str, str], chunk_rows: int, roles: str) -> Cases:
    def config(name: str, more: str = "") -> str:
        return write_config(folder / f"{name}.yaml", models, chunk_rows, roles + more)

    everything = config("everything")
    profiles = folder / "fitted"
    run_process([program, "fit", everything, "-o", str(profiles), "--quiet"], folder / "fit.log")
    common = ["-o", str(folder / "out"), "--quiet"]
    statistics_only = config("statistics", f", metrics: [{STATISTICS}], pca: {{max_columns: 0}}")
    return {
        "run": [program, "run", everything, *common],
        "run, 1 thread": [program, "run", everything, "--threads", "1", *common],
        "fit": [program, "fit", everything, *common],
        "analyze": [program, "analyze", everything, "--profiles", str(profiles / "profiles"), *common],
        "statistics": [program, "run", statistics_only, *common],
        "monitoring": [program, "run", config("monitoring", f", metrics: [{MONITORING}]"), *common],
    }


def wide_cases(program: str, rows: int) -> Cases:
    folder = WORK / f"wide_{rows}"
    if not (folder / "ends.json").exists():  # written last
        run_process([str(DATA_PYTHON), str(PEERS / "make_data.py"), str(folder), str(rows)], WORK / "make_data.log")
    chunk_rows = max(1, rows // CHUNKS)
    cases = longwatch_cases(program, folder, {"wide": "."}, chunk_rows, "")
    data = [folder / f"{period}.parquet" for period in ("reference", "analysis")]
    for name in ("polars", "duckdb"):
        script = f"{name}_statistics.py"
        cases[name] = peer(script, folder, chunk_rows, folder / name)
        cases[f"{name}, analysis"] = peer(script, folder, chunk_rows, folder / f"{name}_analysis", "analysis")
    cases["decode"] = peer("decode.py", folder, "reference", "analysis")
    cases["decode, analysis"] = peer("decode.py", folder, "analysis")
    cases["inspect, analysis"] = [program, "inspect", str(data[1])]
    cases["nannyml"] = peer("nannyml_monitoring.py", chunk_rows, folder / "nannyml.parquet", *data)
    return cases


def performance_cases(program: str, rows: int) -> Cases:
    """One binary classifier of 50 features: what its performance costs, and what NannyML needs for it."""
    folder = WORK / f"performance_{rows}"
    if not (folder / "fleet.yaml").exists():
        options = f"--models 1 --rows {rows} --features 50 --chunks {CHUNKS} --task binary --seed 1 --quiet".split()
        run_process([program, "synth", "-o", str(folder), *options], WORK / "synth.log")
    data = folder / "data" / "model_000"
    model = {"model_000": "data/model_000"}
    chunk_rows = max(1, rows // CHUNKS)
    roles = ", task: binary, score: score, prediction: prediction, target: target"
    excluded = "region, score, prediction, target"

    def case(name: str, more: str) -> list[str]:
        config = write_config(folder / f"{name}.yaml", model, chunk_rows, more)
        return [program, "run", config, "-o", str(folder / "out"), "--quiet"]

    alone = f'{roles}, features: {{exclude: ["*"]}}'
    files = [data / f"{period}.parquet" for period in ("reference", "analysis")]
    return {
        "run": case("everything", f"{roles}, features: {{exclude: [region]}}"),
        "without performance": case("without", f", features: {{exclude: [{excluded}]}}"),
        "performance": case("performance", alone),
        "performance, bootstrap": case("bootstrap", f"{alone}, intervals: {{method: bootstrap, resamples: 1000}}"),
        "nannyml": peer("nannyml_performance.py", chunk_rows, folder / "nannyml", *files),
    }


def fleet_cases(program: str, models: int, rows: int) -> Cases:
    folder = WORK / f"fleet_{models}_{rows}"
    if not (folder / "fleet.yaml").exists():
        options = f"--models {models} --rows {rows} --features 20 --task binary --seed 1 --quiet".split()
        run_process([program, "synth", "-o", str(folder), *options], WORK / "synth.log")
    names = sorted(path.name for path in (folder / "data").iterdir())
    roles = ", task: binary, score: score, prediction: prediction, target: target, features: {exclude: [region]}"
    cases = longwatch_cases(program, folder, {name: f"data/{name}" for name in names}, FLEET_CHUNK, roles)
    folders = [folder / "data" / name for name in names[:NANNYML_MODELS]]
    data = [one / f"{period}.parquet" for one in folders for period in ("reference", "analysis")]
    cases["nannyml start"] = peer("nannyml_monitoring.py", FLEET_CHUNK, "-")
    cases["nannyml"] = peer("nannyml_monitoring.py", FLEET_CHUNK, "-", *data)
    return cases


def describe_machine() -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    name = model[1] if model else platform.machine()
    return f"{name}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.platform()}"


def describe_commit() -> str:
    """Of the checkout; a --program built elsewhere is named by the command."""
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


def measure(cases: Cases, wanted: list[str], repeat: int, once: list[str]) -> dict[str, list[dict]]:
    """The cases take turns; `load` is the load average before each. Those of `once` run in the first round only."""
    runs: dict[str, list[dict]] = {case: [] for case in wanted}
    for turn in range(repeat):
        for case in wanted:
            if turn > 0 and case in once:
                continue
            log, load = WORK / f"{case.replace(' ', '_').replace(',', '')}.log", os.getloadavg()[0]
            runs[case].append({**run_process(cases[case], log), "load": load})
            print(f"{turn + 1}/{repeat} {case}: {runs[case][-1]['wall']:.2f} s", file=sys.stderr, flush=True)
    return runs


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(PROGRAM))
    parser.add_argument("--rows", type=int, help="rows of each file; default 1,000,000, of a fleet's models 50,000")
    parser.add_argument("--fleet", type=int, metavar="MODELS", help="a fleet of that many models of 20 features")
    parser.add_argument("--performance", action="store_true", help="one binary classifier of 50 features")
    parser.add_argument("--repeat", type=int, default=3, help="rounds; the cases take turns in each")
    parser.add_argument("--cases", nargs="+", metavar="CASE", help="only these; default all but nannyml")
    parser.add_argument("--once", nargs="+", metavar="CASE", default=[], help="these too, in the first round only")
    parser.add_argument("--output", type=Path, help="default: build/benchmarks/results/DATA[_CASES].json")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    if not shutil.which(arguments.program):
        sys.exit(f"no program {arguments.program}: build it (cmake --preset release), or give --program")
    WORK.mkdir(parents=True, exist_ok=True)
    rows = arguments.rows or (50_000 if arguments.fleet else 1_000_000)
    if arguments.performance:
        cases = performance_cases(arguments.program, rows)
        title = f"A classifier's performance, {rows:,} + {rows:,} rows x 50 features, {CHUNKS} + {CHUNKS} chunks"
        data = {"kind": "performance", "name": f"performance_{rows}"}
    elif arguments.fleet:
        cases = fleet_cases(arguments.program, arguments.fleet, rows)
        title = f"A fleet: {arguments.fleet} models, {rows:,} + {rows:,} rows x 20 features each"
        data = {"kind": "fleet", "name": f"fleet_{arguments.fleet}_{rows}", "models": arguments.fleet}
        data["nannyml_models"] = min(arguments.fleet, NANNYML_MODELS)
    else:
        cases = wide_cases(arguments.program, rows)
        title = f"One wide model, {rows:,} + {rows:,} rows x 50 columns, {CHUNKS} + {CHUNKS} chunks"
        data = {"kind": "wide", "name": f"wide_{rows}"}
    wanted = list(arguments.cases or [case for case in cases if not case.startswith("nannyml")])
    wanted += [case for case in arguments.once if case not in wanted]
    unknown = [case for case in wanted if case not in cases]
    if unknown:
        sys.exit(f"no case {unknown[0]!r}; there are: {'; '.join(cases)}")
    os.sync()  # fresh data is written back before the clock runs
    measured = {
        "data": {**data, "rows": rows, "title": title},
        "date": datetime.date.today().isoformat(),
        "machine": describe_machine(),
        "commit": describe_commit(),
        "command": shlex.join(["benchmarks/end_to_end.py", *sys.argv[1:]]),
        "commands": {case: shlex.join(cases[case]) for case in wanted},
        "runs": measure(cases, wanted, arguments.repeat, arguments.once),
    }
    parts = "".join(f"_{case}" for case in arguments.cases or [])
    name = re.sub(r"[ ,]+", "-", f"{data['name']}{parts}") + ".json"
    output = arguments.output or tables.RESULTS / name
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(measured, indent=1))
    print("\n".join([*tables.table(measured), "", "Targets:", "", *tables.targets([measured])]))
    print(f"\nEvery run: {output}", file=sys.stderr)


try:
    main()
except Failed as failure:
    sys.exit(str(failure))
