"""Every fault of disk and memory, at its first, second, ... occurrence, until a run meets none.

A run that meets a fault fails with a message and publishes nothing, or gives the same bytes as without: never a part.
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import BINARY, ROOT

pytestmark = pytest.mark.skipif(bool(os.environ.get("LONGWATCH_SANITIZED")), reason="sanitizers bring their own malloc")
ROWS = 400
MOST = 2_000  # occurrences of a fault in one run


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("faults") / "faults.so"
    subprocess.run(["g++", "-x", "c", "-O1", "-shared", "-fPIC", "-o", path, ROOT / "tests/faults/faults.c", "-ldl"], check=True)
    return path


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fleet")
    rng = random.Random(5)
    for period in ("reference", "analysis"):
        pq.write_table(pa.table({
            "at": pa.array([i * 3_600_000_000 for i in range(ROWS)], pa.timestamp("us")),
            "x": [rng.gauss(0, 1) for _ in range(ROWS)],
            "y": pa.array([rng.choice([None, rng.randrange(9)]) for _ in range(ROWS)]),
            "c": [rng.choice("abc") for _ in range(ROWS)],
        }), folder / f"{period}.parquet", row_group_size=150, write_page_checksum=True)
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": {
        "reference": "reference.parquet", "analysis": "analysis.parquet", "timestamp": "at", "chunk": {"number": 3}, "segments": ["c"]}}}))
    return folder / "fleet.yaml"


def digests(folder):
    """Of every file that must not depend on the run: run.json tells times."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "run.json"}


class Runs:
    def __init__(self, library, fleet, tmp_path):
        self.library, self.fleet, self.folder = library, fleet, tmp_path
        done, _ = self.run("none", 0)
        assert done.returncode == 0, done.stderr
        self.expected = digests(self.folder / "out")
        assert "results.parquet" in self.expected

    def run(self, kind, n):
        mark = self.folder.parent / f"{self.folder.name}.mark"
        mark.unlink(missing_ok=True)
        out = self.folder / "out"
        for left in self.folder.iterdir():  # an aborted run before this one may have left its hidden folder
            shutil.rmtree(left)
        environment = {**os.environ, "LD_PRELOAD": str(self.library), "LONGWATCH_FAULT": f"{kind}:{n}", "LONGWATCH_FAULT_MARK": str(mark)}
        # On the CPU: without memory the CUDA runtime crashes while its module is opened, before anything is written.
        command = [str(BINARY), "run", str(self.fleet), "-o", str(out), "--quiet", "--threads", "2", "--keep-states", "--device", "cpu"]
        done = subprocess.run(command, capture_output=True, env=environment, timeout=60)
        return done, mark.exists()

    def left(self):
        return sorted(p.name for p in self.folder.iterdir())

    def check(self, kind, n, done, may_succeed):
        where = f"{kind} {n}: exit {done.returncode}, {done.stderr[-500:]!r}"
        if done.returncode == 0:
            assert may_succeed, f"the fault went unnoticed: {where}"
            assert self.left() == ["out"], f"something was left behind: {self.left()}, {where}"
            assert digests(self.folder / "out") == self.expected, where
            return
        if kind == "allocation" and done.returncode == -signal.SIGABRT:
            # Arrow's own code ends the process in places (constructors that may not throw): all that is left then is the
            # hidden folder in which the result was being built, or the whole result.
            whole = self.left() == ["out"] and digests(self.folder / "out") == self.expected
            assert whole or all(name.startswith(".out.longwatch-") for name in self.left()), where
            return
        # The last sync is of the folder that holds the result, which is whole by then: only its durability is in doubt. And
        # after it memory may run out for the summary.
        whole = kind in ("sync_error", "allocation") and self.left() == ["out"] and digests(self.folder / "out") == self.expected
        assert self.left() == [] or whole, f"something was left behind: {self.left()}, {where}"
        assert done.returncode > 0, f"a crash: {where}"
        assert done.stderr.decode("utf-8", "strict").strip(), f"no message: {where}"


@pytest.fixture
def runs(library, fleet, tmp_path):
    return Runs(library, fleet, tmp_path)


@pytest.mark.parametrize("kind", ["disk_full", "read_error", "write_error", "sync_error"])
def test_a_fault_fails_the_run_and_publishes_nothing(runs, kind):
    for n in range(1, MOST):
        done, met = runs.run(kind, n)
        if not met:
            break
        # A read may fail that only tells what kind of file this is: the reader then says what is wrong, or nothing is.
        runs.check(kind, n, done, may_succeed=kind == "read_error")
    assert n > 3 and done.returncode == 0 and digests(runs.folder / "out") == runs.expected


@pytest.mark.parametrize("kind", ["short_read", "short_write", "interrupted"])
def test_what_the_system_may_do_changes_nothing(runs, kind):
    for n in range(1, MOST):
        done, met = runs.run(kind, n)
        assert done.returncode == 0, f"{kind} {n}: {done.stderr[-500:]!r}"
        assert digests(runs.folder / "out") == runs.expected, f"{kind} {n}"
        if not met:
            break
    assert n > 3


def occurrences(runs):
    """How many allocations a run makes, within a twentieth."""
    low, high = 0, 1_000
    while runs.run("allocation", high)[1]:
        low, high = high, high * 2
    while high - low > high // 20:
        middle = (low + high) // 2
        low, high = (middle, high) if runs.run("allocation", middle)[1] else (low, middle)
    return high


def test_a_failing_allocation_publishes_nothing_or_all(runs):
    """A run makes some ten thousands: a sample of them here, all with LONGWATCH_ALL_ALLOCATIONS=1 (hours)."""
    last = occurrences(runs)
    random_n = random.Random(1)
    every = os.environ.get("LONGWATCH_ALL_ALLOCATIONS")
    chosen = range(1, last) if every else sorted({random_n.randrange(1, last) for _ in range(150)})
    refused = aborted = 0
    for n in chosen:
        done, met = runs.run("allocation", n)
        if met:
            runs.check("allocation", n, done, may_succeed=True)
            refused += done.returncode > 0
            aborted += done.returncode < 0
    assert refused > 50 and aborted < refused / 5, (refused, aborted)
