#!/usr/bin/env python3
"""Markdown from what end_to_end.py measured: a table for each data set, and the targets with reached / not reached.

    benchmarks/tables.py                               # every build/benchmarks/results/*.json
    benchmarks/tables.py build/benchmarks/results/wide_1000000.json

Paste into RESULTS.md. Needs nothing but Python itself. A target is judged where its cases were measured in turns, that
is, by one call of end_to_end.py; nothing is carried from one call to another but peak memory.
"""

import argparse
import dataclasses
import json
import statistics
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "build" / "benchmarks" / "results"
Measured = dict  # what end_to_end.py writes: data, date, machine, commit, command, runs and more


@dataclasses.dataclass
class Verdict:
    target: str
    bound: str
    found: str = ""
    reached: bool | None = None  # None: not measured

    def row(self) -> str:
        words = {True: "reached", False: "**not reached**", None: "not measured"}
        return f"| {self.target} | {self.bound} | {self.found or '-'} | {words[self.reached]} |"


def median_of(found: list[dict], key: str) -> float:
    return statistics.median(one[key] for one in found)


def scaled_to_fleet(measured: Measured) -> list[dict]:
    """What NannyML's time over some models makes for all of them; it starts once."""
    runs, data = measured["runs"], measured["data"]
    factor = data["models"] / data["nannyml_models"]
    start = {key: median_of(runs["nannyml start"], key) for key in ("wall", "cpu")}
    return [
        {**one, **{key: start[key] + (one[key] - start[key]) * factor for key in start}} for one in runs["nannyml"]
    ]


def cases_of(measured: Measured) -> dict[str, list[dict]]:
    runs = dict(measured["runs"])
    if measured["data"]["kind"] == "fleet" and "nannyml" in runs and "nannyml start" in runs:
        runs["nannyml, scaled"] = scaled_to_fleet(measured)
    return runs


def table(measured: Measured) -> list[str]:
    """Medians of each case; ratios are to the first one."""
    runs = cases_of(measured)
    first = next(iter(runs))
    lines = [
        f"| case | runs | wall s (lowest - highest) | CPU s | peak MiB | wall / {first} | CPU / {first} | load before |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for case, found in runs.items():
        wall, cpu, peak = (median_of(found, key) for key in ("wall", "cpu", "peak_mib"))
        walls, loads = [one["wall"] for one in found], [one["load"] for one in found]
        lines.append(
            f"| {case} | {len(found)} | {wall:.2f} ({min(walls):.2f} - {max(walls):.2f}) | {cpu:.2f} | {peak:.0f} "
            f"| {wall / median_of(runs[first], 'wall'):.2f} | {cpu / median_of(runs[first], 'cpu'):.2f} "
            f"| {min(loads):.1f} - {max(loads):.1f} |"
        )
    return lines


def describe(measured: Measured) -> list[str]:
    inside = [
        f"{case} {median_of(found, 'inside'):.2f} s"
        for case, found in measured["runs"].items()
        if all("inside" in one for one in found)
    ]
    lines = [f"`{measured['command']}`", "", f"{measured['date']}, {measured['machine']}, commit {measured['commit']}."]
    if inside:
        lines.append(f"Wall without starting Python: {'; '.join(inside)}.")
    return [*lines, ""]


def ratio(target: str, bound: float, at_most: bool, over: list[dict], under: list[dict], note: str = "") -> Verdict:
    """Wall decides; CPU is shown beside it."""
    wall, cpu = (median_of(over, key) / median_of(under, key) for key in ("wall", "cpu"))
    words = f"{'at most' if at_most else 'at least'} {bound:g} x"
    reached = wall <= bound if at_most else wall >= bound
    return Verdict(target, words, f"{wall:.2f} x wall, {cpu:.2f} x CPU{note}", reached)


def against_peers(runs: dict, case: str, suffix: str, bound: float) -> Verdict:
    """`case` over the faster of Polars and DuckDB."""
    target = f"{case} / the faster of polars{suffix} and duckdb{suffix}"
    peers = [peer + suffix for peer in ("polars", "duckdb")]
    if case not in runs or any(peer not in runs for peer in peers):
        return Verdict(target, f"at most {bound:g} x")
    fastest = min(peers, key=lambda peer: median_of(runs[peer], "wall"))
    return ratio(target, bound, True, runs[case], runs[fastest], f", {fastest.split(',')[0]}")


def against_decoding(runs: dict) -> Verdict:
    target, bound = "analyze / decoding its file (decode, analysis, without starting Python)", 2.5
    if "analyze" not in runs or "decode, analysis" not in runs:
        return Verdict(target, f"at most {bound:g} x")
    analyze, decode = median_of(runs["analyze"], "wall"), runs["decode, analysis"]
    found = analyze / median_of(decode, "inside")
    whole = analyze / median_of(decode, "wall")
    return Verdict(target, f"at most {bound:g} x", f"{found:.2f} x wall ({whole:.2f} x with the start)", found <= bound)


def against_nannyml(runs: dict, peer: str, bound: float, name: str) -> Verdict:
    target = f"{name}: {peer} / monitoring"
    if peer not in runs or "monitoring" not in runs:
        return Verdict(target, f"at least {bound:g} x")
    whole = f", / run {median_of(runs[peer], 'wall') / median_of(runs['run'], 'wall'):.0f} x" if "run" in runs else ""
    return ratio(target, bound, False, runs[peer], runs["monitoring"], whole)


def cost_of_performance(name: str, runs: dict) -> list[Verdict]:
    """What a classifier's performance adds to a run, and how much longer NannyML needs for it alone."""
    more = Verdict(f"{name}: run - without performance", "at most 0.7 s")
    if "run" in runs and "without performance" in runs:
        wall, cpu = (median_of(runs["run"], key) - median_of(runs["without performance"], key) for key in ("wall", "cpu"))
        more.found, more.reached = f"{wall:.2f} s wall, {cpu:.2f} s CPU", wall <= 0.7
    drawn = Verdict(f"{name}: bootstrap of every metric - default intervals", "at most 3 s")
    if "performance, bootstrap" in runs and "performance" in runs:
        pair = runs["performance, bootstrap"], runs["performance"]
        wall, cpu = (median_of(pair[0], key) - median_of(pair[1], key) for key in ("wall", "cpu"))
        drawn.found, drawn.reached = f"{wall:.2f} s wall, {cpu:.2f} s CPU", wall <= 3
    beside = Verdict(f"{name}: nannyml / performance", "at least 30 x")
    if "nannyml" in runs and "performance" in runs:
        beside = ratio(beside.target, 30, False, runs["nannyml"], runs["performance"])
    return [more, drawn, beside]


def within_memory(name: str, runs: dict) -> Verdict:
    if "run" not in runs:
        return Verdict(f"{name}: peak memory of run", "at most 600 MB")
    peak = max(one["peak_mib"] for one in runs["run"]) * 1.048576
    return Verdict(f"{name}: peak memory of run", "at most 600 MB", f"{peak:.0f} MB", peak <= 600)


def memory_of_scale(wide: list[Measured]) -> Verdict:
    target, bound = "peak memory of run, 10,000,000 rows / 1,000,000 rows", "at most 1.1 x"
    peaks = {
        one["data"]["rows"]: max(run["peak_mib"] for run in one["runs"]["run"]) for one in wide if "run" in one["runs"]
    }
    if not {1_000_000, 10_000_000} <= peaks.keys():
        return Verdict(target, bound)
    found = peaks[10_000_000] / peaks[1_000_000]
    return Verdict(target, bound, f"{found:.2f} x", found <= 1.1)


def targets(results: list[Measured]) -> list[str]:
    """All targets over all that was measured, as a Markdown table. They are meant for 1,000,000 rows and 20 models."""
    verdicts = []
    wide = [one for one in results if one["data"]["kind"] == "wide"]
    for measured in wide:
        name, runs = measured["data"]["name"], cases_of(measured)
        found = [against_peers(runs, "run", "", 0.6), against_peers(runs, "analyze", ", analysis", 0.45)]
        for verdict in [*found, against_decoding(runs)]:
            verdict.target = f"{name}: {verdict.target}"
            verdicts.append(verdict)
        verdicts += [against_nannyml(runs, "nannyml", 60, name), within_memory(name, runs)]
    if wide:
        verdicts.append(memory_of_scale(wide))
    for measured in results:
        if measured["data"]["kind"] == "fleet":
            name, runs = measured["data"]["name"], cases_of(measured)
            verdicts += [against_nannyml(runs, "nannyml, scaled", 100, name), within_memory(name, runs)]
    for measured in results:
        if measured["data"]["kind"] == "performance":
            verdicts += cost_of_performance(measured["data"]["name"], cases_of(measured))
    kept: dict[str, Verdict] = {}  # one row a target, from the first result that has its cases
    for verdict in verdicts:
        if verdict.target not in kept or kept[verdict.target].reached is None:
            kept[verdict.target] = verdict
    return ["| target | bound | measured | |", "|---|---|---|---|", *(verdict.row() for verdict in kept.values())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files or sorted(RESULTS.glob("*.json"))
    results = [json.loads(path.read_text()) for path in files]
    if not results:
        parser.error(f"nothing in {RESULTS}: run benchmarks/end_to_end.py first")
    for measured in results:
        print("\n".join([f"## {measured['data']['title']}", "", *describe(measured), *table(measured), ""]))
    print("\n".join(["## Targets", "", *targets(results)]))


if __name__ == "__main__":
    main()
