"""tools/gpu-check as far as it goes without a GPU: what it lacks it says, and on the emulation it comes to its table."""
import ctypes
import os
import re
import stat
import subprocess
import sys
import tarfile

import pytest

from conftest import BINARY, ROOT

BUILD = BINARY.parent
COMMAND = re.compile(r"`(tools/gpu-check[^`\n]*)`")

pytestmark = pytest.mark.skipif("LONGWATCH_BINARY" in os.environ, reason="another binary is under test")


def has_gpu():
    try:
        return ctypes.CDLL("libcuda.so.1").cuInit(0) == 0
    except OSError:
        return False


without_gpu = pytest.mark.skipif(has_gpu(), reason="this machine has a GPU")


def gpu_check(folder, *arguments, **env):
    return subprocess.run([sys.executable, ROOT / "tools" / "gpu-check", *map(str, arguments)], capture_output=True, text=True, timeout=900,
                          env={**os.environ, "LONGWATCH_GPU_CHECK_FOLDER": str(folder), **env})


def program(path, text):
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def fake(tmp_path):
    """A build whose programs all pass at once."""
    folder = tmp_path / "fake"
    folder.mkdir()
    suites = '{"testsuites": [{"testsuite": [{"name": "A", "classname": "B", "status": "RUN", "result": "COMPLETED"}]}]}'
    program(folder / "test_conformance", f"for word; do case $word in --gtest_output=json:*) echo '{suites}' > ${{word#*json:}};; esac; done\n")
    for name in ("test_cuda", "test_state"):
        program(folder / name, "echo '[  PASSED  ] 7 tests.'\n")
    program(folder / "benchmark_cuda_emulated", "echo '| case | ms |'\n")
    return folder


@without_gpu
def test_without_a_gpu_it_says_so_and_what_to_do(tmp_path):
    for arguments in ((), ("--sanitize",)):
        done = gpu_check(tmp_path, *arguments)
        assert done.returncode == 3 and done.stdout == ""
        assert "no GPU here: no NVIDIA driver" in done.stderr and "Run this on a machine with one" in done.stderr


def test_without_tools_it_names_all_of_them(tmp_path):
    python_only = tmp_path / "bin"
    python_only.mkdir()
    done = gpu_check(tmp_path, "--emulated", PATH=str(python_only), CUDA_HOME=str(tmp_path))
    assert done.returncode == 3
    assert "CMake 3.25" in done.stderr and "Ninja or Make" in done.stderr and "g++ 12" in done.stderr


def test_a_check_that_passes(tmp_path, fake):
    done = gpu_check(tmp_path, "--emulated", "--build", fake, "-o", tmp_path / "deep" / "report.md")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (tmp_path / "deep" / "report.md").read_text()
    assert "| test_cuda | passed | 0 | 7 tests passed |" in done.stdout and "revision" in done.stdout and "--emulated --build" in done.stdout


@pytest.mark.parametrize("name, text, said", [
    ("test_conformance", "exit 1\n", "| conformance suite, emulated | **failed** |"),
    ("test_conformance", "kill -9 $$\n", "a shard ended with -9"),
    ("test_cuda", "echo broken; exit 1\n", "| test_cuda | **failed** | 0 | exit code 1: broken"),
    ("benchmark_cuda_emulated", "exit 1\n", "| benchmark_cuda, emulated | **failed** |")])
def test_what_fails_is_in_the_table(tmp_path, fake, name, text, said):
    program(fake / name, text)
    done = gpu_check(tmp_path, "--emulated", "--build", fake)
    assert done.returncode == 1 and said in done.stdout


def test_a_suite_that_did_not_run_is_a_failure(tmp_path, fake):
    program(fake / "test_conformance", "exit 0\n")
    assert "| conformance suite, emulated | **failed** |" in gpu_check(tmp_path, "--emulated", "--build", fake).stdout


def test_time_ends_a_step_and_the_report_is_written(tmp_path, fake):
    program(fake / "test_cuda", "sleep 60\n")
    done = gpu_check(tmp_path, "--emulated", "--build", fake, "--limit", "2")
    assert done.returncode == 1 and "the time was up" in done.stdout


def test_the_sanitizer_is_left_out_where_it_is_not(tmp_path, fake):
    done = gpu_check(tmp_path, "--emulated", "--build", fake, "--sanitize", PATH="/usr/bin:/bin", CUDA_HOME=str(tmp_path / "none"))
    assert done.returncode == 0 and "| compute-sanitizer | not run |" in done.stdout and "install" in done.stdout


@pytest.mark.parametrize("text, code, said", [
    ("echo '========= ERROR SUMMARY: 0 errors'\n", 0, "| memcheck | passed |"),
    ("echo '========= ERROR SUMMARY: 3 errors'; exit 9\n", 1, "3 errors"),
    ("echo 'Error: the device is not supported'; exit 1\n", 0, "| initcheck | not run | 0 | Error: the device is not supported")])
def test_what_the_sanitizer_says(tmp_path, fake, text, code, said):
    tools = tmp_path / "tools"
    tools.mkdir()
    program(tools / "compute-sanitizer", text)
    done = gpu_check(tmp_path, "--emulated", "--build", fake, "--sanitize", PATH=f"{tools}:/usr/bin:/bin")
    assert done.returncode == code and said in done.stdout and "synccheck" in done.stdout


@pytest.mark.skipif(not (BUILD / "benchmark_cuda_emulated").exists(), reason="build/release is not built, and a test is no place to do it")
def test_the_whole_flow_on_the_emulation(tmp_path):
    """The suite itself runs in full elsewhere."""
    done = gpu_check(tmp_path, "--emulated", "--build", BUILD, GTEST_FILTER="GoldenStates.*:Emulation.*:Partition.*")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\| conformance suite, emulated \| passed \| \d+ \| 2 passed, 0 failed, 0 skipped \|$", done.stdout, re.M)
    cases = re.findall(r"^\| (numbers [^|]+) \| (\d+) items x (\d+) rows", done.stdout, re.M)
    assert len(cases) == 16 and ("numbers float32, default partition", "4", "300") in cases
    assert "not run" not in "".join(line for line in done.stdout.splitlines() if line.startswith("| numbers"))


@pytest.mark.skipif(not (BUILD / "benchmark_devices").exists(), reason="build/release is not built, and a test is no place to do it")
def test_whole_analyses_on_the_emulation(tmp_path):
    done = gpu_check(tmp_path, "--emulated", "--build", BUILD, "--devices")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3000 rows x 13 columns, 20 chunks, 10 segments, 1000 resamples" in done.stdout
    cell = r"\d+\.\d{3} \(\d+\.\d{3} - \d+\.\d{3}\)"
    for device, computes in (("cpu", r"cpu \(\w+\)"), ("cuda", r"cuda:0 \([^)]*\)"), ("auto", r"[^|]+")):
        assert re.search(rf"^\| {device}: {computes} \| {cell} \| \d+ % \| {cell} \| {cell} \| \d+\.\d{{3}} \| \d+\.\d\d \|$", done.stdout, re.M), device


@pytest.mark.skipif(not (BUILD / "benchmark_devices").exists(), reason="build/release is not built, and a test is no place to do it")
def test_a_device_that_finds_other_bits_is_a_failure(tmp_path, fake):
    program(fake / "longwatch", f'exec {BUILD}/longwatch "$@"\n')
    program(fake / "benchmark_devices", "echo 'benchmark_devices: the devices do not find the same bits'; exit 1\n")
    done = gpu_check(tmp_path, "--emulated", "--build", fake, "--devices")
    assert done.returncode == 1 and "| benchmark_devices | **failed** |" in done.stdout and "the same bits" in done.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    done = gpu_check(folder, "--prepare")
    assert done.returncode == 0, done.stderr
    return folder / "packages.tar.xz"


def test_prepared_packages_are_small_and_enough_to_configure(packages, tmp_path):
    assert packages.stat().st_size < 50_000_000
    with tarfile.open(packages) as archive:
        archive.extractall(tmp_path / "packages", filter="data")
    done = subprocess.run(["cmake", "-S", ROOT, "-B", tmp_path / "build", "-G", "Ninja", "-DLONGWATCH_GPU_CHECK=ON", "-DLONGWATCH_CUDA=OFF",
                           f"-DLONGWATCH_PACKAGES={tmp_path / 'packages'}"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    cache = (tmp_path / "build" / "CMakeCache.txt").read_text()
    assert re.findall(r"^\w+_DIR:PATH=/.*$", cache, re.M) == []  # no package of the system was taken
    commands = (tmp_path / "build" / "build.ninja").read_text()
    assert "test_conformance" in commands and "arrow" not in commands


def test_commands_of_the_pages(tmp_path):
    """What the pages tell people to type is understood: none is a usage error."""
    pages = [ROOT / name for name in ("CONTRIBUTING.md", "benchmarks/README.md", "benchmarks/RESULTS.md", "cuda/README.md")]
    commands = {command for page in pages for command in COMMAND.findall(page.read_text()) if "--prepare" not in command}
    assert {"tools/gpu-check", "tools/gpu-check --sanitize"} <= commands
    if has_gpu():
        pytest.skip("this machine has a GPU: the commands would run")
    for command in commands:
        assert gpu_check(tmp_path, *command.split()[1:]).returncode == 3, command
