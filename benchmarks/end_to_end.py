#!/usr/bin/env python3
"""Times Longwatch beside Polars and NannyML on the same files: whole processes, interleaved, wall, CPU and peak memory.

    benchmarks/peers/setup                                       # once: the peers' environment
    benchmarks/end_to_end.py --rows 1000000 --repeat 5           # one wide model
    benchmarks/end_to_end.py --rows 100000 --cases run nannyml   # quickly
    benchmarks/end_to_end.py --fleet 20                          # many models

Needs nothing but Python itself; what each case does is in docs/benchmarks.md. Times include starting the process and
reading the files, which are in the page cache. Prints a table and writes every single run as JSON.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "benchmarks" / "peers"
PYTHON = ROOT / "build" / "peers-venv" / "bin" / "python"
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


def run_process(command: list[str], log: Path) -> dict:
    """Wall and CPU seconds and peak MiB of one process; its output goes to `log`."""
    with log.open("w") as output:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)} failed, see {log}:\n{log.read_text()[-2000:]}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}


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
    if not (folder / "analysis.parquet").exists():
        run_process(peer("make_data.py", folder, rows), WORK / "make_data.log")
    chunk_rows = rows // CHUNKS
    cases = longwatch_cases(program, folder, {"wide": "."}, chunk_rows, "")
    data = [folder / f"{period}.parquet" for period in ("reference", "analysis")]
    cases["polars"] = peer("polars_statistics.py", folder, chunk_rows, folder / "polars.parquet")
    cases["decode"] = peer("decode.py", folder)
    cases["nannyml"] = peer("nannyml_monitoring.py", chunk_rows, folder / "nannyml.parquet", *data)
    return cases


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


def median_of(found: list[dict]) -> dict:
    return {key: statistics.median(one[key] for one in found) for key in ("wall", "cpu", "peak_mib")}


def scaled_to_fleet(found: list[dict], start: dict, factor: float) -> list[dict]:
    """What a peer's time over some models makes for all; it starts once."""
    return [{**one, **{key: start[key] + (one[key] - start[key]) * factor for key in ("wall", "cpu")}} for one in found]


def summarize(runs: dict[str, list[dict]]) -> list[str]:
    """A Markdown table of medians; ratios are to the first case."""
    medians = {case: median_of(found) for case, found in runs.items()}
    first = next(iter(medians))
    lines = [
        f"| case | runs | wall s (lowest - highest) | CPU s | peak MiB | wall / {first} | CPU / {first} |",
        "|---|---|---|---|---|---|---|",
    ]
    for case, median in medians.items():
        walls = [one["wall"] for one in runs[case]]
        ratios = [f"{median[key] / medians[first][key]:.2f}" for key in ("wall", "cpu")]
        lines.append(
            f"| {case} | {len(walls)} | {median['wall']:.2f} ({min(walls):.2f} - {max(walls):.2f}) "
            f"| {median['cpu']:.2f} | {median['peak_mib']:.0f} | {ratios[0]} | {ratios[1]} |"
        )
    return lines


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(PROGRAM))
    parser.add_argument("--rows", type=int, help="rows of each file; default 1,000,000, of a fleet's models 50,000")
    parser.add_argument("--fleet", type=int, metavar="MODELS", help="a fleet of that many models of 20 features")
    parser.add_argument("--repeat", type=int, default=3, help="rounds; the cases take turns in each")
    parser.add_argument("--cases", nargs="+", metavar="CASE", help="only these; default all but nannyml")
    parser.add_argument("--output", type=Path, default=WORK / "end_to_end.json")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    if not shutil.which(arguments.program):
        sys.exit(f"no program {arguments.program}: build it (cmake --preset release), or give --program")
    WORK.mkdir(parents=True, exist_ok=True)
    if arguments.fleet:
        cases = fleet_cases(arguments.program, arguments.fleet, arguments.rows or 50_000)
    else:
        cases = wide_cases(arguments.program, arguments.rows or 1_000_000)
    wanted = arguments.cases or [case for case in cases if not case.startswith("nannyml")]
    unknown = [case for case in wanted if case not in cases]
    if unknown:
        sys.exit(f"no case {unknown[0]!r}; there are: {', '.join(cases)}")
    os.sync()  # fresh data is written back before the clock runs
    runs: dict[str, list[dict]] = {case: [] for case in wanted}
    for turn in range(arguments.repeat):
        for case in wanted:
            log = WORK / f"{case.replace(' ', '_').replace(',', '')}.log"
            runs[case].append({**run_process(cases[case], log), "load": os.getloadavg()[0]})
            print(f"{turn + 1}/{arguments.repeat} {case}: {runs[case][-1]['wall']:.2f} s", file=sys.stderr, flush=True)
    results = dict(runs)
    if arguments.fleet and "nannyml" in results and "nannyml start" in results:
        factor = arguments.fleet / NANNYML_MODELS
        results["nannyml, scaled"] = scaled_to_fleet(runs["nannyml"], median_of(runs["nannyml start"]), factor)
    print("\n".join(summarize(results)))
    commands = {case: " ".join(cases[case]) for case in wanted}
    arguments.output.write_text(json.dumps({"commands": commands, "runs": runs}, indent=1))


main()
