"""benchmarks/compare_revisions sees a program twice as slow, and none where two are the same."""
import itertools
import json
import random
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
import paired  # noqa: E402

LOOPS = 20_000  # about 20 ms of one core


def program(path, loops, results="same"):
    """Takes longwatch's arguments; computes for a while and writes `results` where it was told to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"""#!/bin/sh
while [ "$1" != -o ]; do shift; done
mkdir -p "$2"
i=0; while [ $i -lt {loops} ]; do i=$((i+1)); done
echo {results} >"$2/results.parquet"
echo {results} >"$2/alerts.parquet"
""")
    path.chmod(0o755)
    return path


def compare(tmp_path, old, new, *more, script=ROOT / "benchmarks" / "compare_revisions"):
    """The finished process, and what it wrote of its case `mine run`."""
    fleet, output = tmp_path / "mine.yaml", tmp_path / "out.json"
    fleet.touch()
    command = [script, old, new, "--fleet", fleet, "--verbs", "run", "--output", output, *more]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300)
    return done, json.loads(output.read_text())["cases"]["mine run"] if output.exists() else None


def test_sees_a_program_twice_as_slow(tmp_path):
    old, new = program(tmp_path / "old", LOOPS), program(tmp_path / "new", 2 * LOOPS)
    done, case = compare(tmp_path, old, new, "--repeat", "8", "--fail-above", "1.2")
    assert done.returncode == 1 and "too slow" in done.stderr, done.stdout + done.stderr
    cpu = case["measures"]["cpu"]
    assert cpu["verdict"] == "slower" and 1.5 < cpu["change"]["middle"] < 2.5, done.stdout
    assert 0.8 < cpu["null"]["middle"] < 1.25
    assert case["same_results"] is True and len(case["runs"]["new"]) == 16


def test_sees_a_program_twice_as_fast_with_other_results(tmp_path):
    old, new = program(tmp_path / "old", 2 * LOOPS), program(tmp_path / "new", LOOPS, "other")
    done, case = compare(tmp_path, old, new, "--repeat", "8", "--fail-above", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert case["measures"]["cpu"]["verdict"] == "faster" and case["same_results"] is False
    assert "mine run: **differ**" in done.stdout


def test_sees_nothing_where_both_are_the_same(tmp_path):
    """By chance in fewer than one of 256 runs for each measure: all 8 ratios on one side of 1, the median off the null."""
    old, new = program(tmp_path / "old", LOOPS), program(tmp_path / "new", LOOPS)
    done, case = compare(tmp_path, old, new, "--repeat", "8", "--fail-above", "1.5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [one["verdict"] for one in case["measures"].values()] == ["no difference seen"] * 3, done.stdout


def test_too_few_rounds_tell_nothing(tmp_path):
    done, case = compare(tmp_path, program(tmp_path / "old", 100), program(tmp_path / "new", 9_000), "--repeat", "2")
    assert done.returncode == 0 and case["measures"]["cpu"]["verdict"] == "too few rounds to tell"


def test_builds_revisions_once(tmp_path):
    """In a repository whose build copies a script."""
    root = tmp_path / "repository"
    shutil.copytree(ROOT / "benchmarks", root / "benchmarks", ignore=shutil.ignore_patterns("__pycache__"))
    preset = {"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build/release"}
    (root / "CMakePresets.json").write_text(json.dumps({"version": 5, "configurePresets": [preset]}))
    (root / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(fake LANGUAGES NONE)\nadd_custom_target(longwatch "
        "COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/fake ${CMAKE_BINARY_DIR}/longwatch)\n")
    program(root / "tools" / "setup", 0).write_text("#!/bin/sh\n")
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.invalid", "-C", root]
    subprocess.run([*git, "init", "-q"], check=True)
    for loops in (2 * LOOPS, LOOPS):
        program(root / "fake", loops)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", f"Loop {loops} times"], check=True)
    script = root / "benchmarks" / "compare_revisions"
    done, case = compare(tmp_path, "HEAD~1", "HEAD", "--repeat", "5", script=script)
    assert done.returncode == 0 and done.stderr.count("building") == 2, done.stderr
    assert f"Loop {LOOPS} times" in done.stdout and 0.3 < case["measures"]["cpu"]["change"]["middle"] < 0.7, done.stdout
    done, _ = compare(tmp_path, "HEAD~1", "HEAD", "--repeat", "1", script=script)
    assert done.returncode == 0 and "building" not in done.stderr, done.stderr


def test_errors_say_what_is_wrong(tmp_path):
    good, bad = program(tmp_path / "good", 1), tmp_path / "bad"
    bad.write_text("#!/bin/sh\necho out of luck\nexit 3\n")
    for arguments, words in (((good, "no-such-revision"), "neither a program nor a revision"), ((good, bad), "cannot be run")):
        done, _ = compare(tmp_path, *arguments)
        assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
    bad.chmod(0o755)
    done, _ = compare(tmp_path, good, bad)
    assert done.returncode == 2 and "failed with 3" in done.stderr and "out of luck" in done.stderr


@pytest.mark.parametrize("n", [1, 2, 5, 6, 7, 12])
def test_coverage_is_that_of_all_coin_tosses(n):
    """The median is missed where all but `skipped` of n fall on one side of it: counted over all 2^n sides."""
    for skipped in range((n + 1) // 2):
        held = sum(skipped < sum(sides) < n - skipped for sides in itertools.product((0, 1), repeat=n))
        assert paired.coverage_of(n, skipped) == pytest.approx(held / 2**n)


def test_bands_hold_the_median_as_often_as_they_say():
    draw = random.Random(1)
    for n, least, most in ((5, 0.92, 0.96), (20, 0.94, 0.98)):
        bands = [paired.band_of([draw.lognormvariate(0, 1) for _ in range(n)]) for _ in range(4000)]
        held = sum(band.low <= 1 <= band.high for band in bands) / len(bands)
        assert least < held < most
        assert bands[0].coverage == pytest.approx(held, abs=0.02)


@pytest.mark.parametrize("rounds, change, seen", [(5, 1.0, 0.0), (9, 1.0, 0.0), (20, 1.0, 0.0), (9, 1.2, 0.9), (9, 0.8, 0.9), (20, 1.1, 0.75)])
def test_verdicts_of_simulated_noise(rounds, change, seen):
    """Single runs vary by 10 %. A verdict is rare where nothing changed, usual where enough did, and of the right sign."""
    draw, found = random.Random(rounds), []
    for _ in range(400):
        runs = {one: [{"x": draw.lognormvariate(0, 0.1) * (change if one == "new" else 1)} for _ in range(2 * rounds)] for one in paired.CONTESTANTS}
        bands = [paired.band_of(paired.ratios_of(runs, over, "x")) for over in ("new", "again")]
        found.append(paired.verdict(*bands, rounds, "slower", "faster"))
    wrong = {"slower", "faster"} - ({"slower"} if change > 1 else {"faster"} if change < 1 else set())
    assert sum(one in wrong for one in found) / len(found) < 0.02
    assert sum(one in {"slower", "faster"} - wrong for one in found) / len(found) >= seen


def test_every_place_in_a_round_is_taken_alike():
    """Contestants have the same mean place in a round, so a drift of the machine weighs on all alike."""
    for turn in range(3):
        order = paired.order_of(turn)
        places = {one: [at for at, other in enumerate(order) if other == one] for one in paired.CONTESTANTS}
        assert {sum(found) for found in places.values()} == {5} and {len(found) for found in places.values()} == {2}
    assert {paired.order_of(turn)[0] for turn in range(3)} == set(paired.CONTESTANTS)
