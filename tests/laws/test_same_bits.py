"""Same data, same bytes of results.parquet: threads, vector code, slabs, file layout, row order, fit and analyze apart."""
import hashlib
import json
import os
import pathlib
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import BINARY

CPU_FLAGS = set(re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M).group(1).split())
LEVELS = ["portable"] + ["avx2"] * ("avx2" in CPU_FLAGS) + ["avx512"] * ({"avx512f", "avx512dq", "avx512vl", "avx512cd", "avx512bw"} <= CPU_FLAGS)


def table(rows, seed, shift):
    """Distinct timestamps in no order, nulls, NaN, infinities, outliers far beyond the fixed-point gate, unseen categories."""
    rng = np.random.default_rng(seed)
    day = np.datetime64("2024-01-01T00:00:00", "us")
    seconds = rng.permutation(rows) * (40 * 86400 // rows)
    normal = rng.normal(shift, 1, rows)
    normal[rng.integers(0, rows, 20)] = [1e300, -1e300, np.inf, -np.inf, np.nan] * 4
    heavy = np.exp(3 * rng.normal(0, 1, rows)).astype(np.float32)
    names = np.array(["a", "b", "c", "d", "new é"])[rng.integers(0, 4 + int(shift > 0), rows)]
    mask = lambda share: rng.random(rows) < share
    score = rng.random(rows)
    return pa.table({
        "when": pa.array(day + seconds.astype("timedelta64[s]")),
        "normal": pa.array(normal, mask=mask(0.05)), "heavy": pa.array(heavy, mask=mask(0.01)),
        "count": pa.array(rng.poisson(30, rows), mask=mask(0.02)), "zero": pa.array(np.where(mask(0.9), 0.0, rng.gamma(2, 2, rows))),
        "name": pa.array(names, mask=mask(0.1)), "flag": pa.array(rng.random(rows) < 0.5),
        "region": pa.array(np.array(["north", "south", "east"])[rng.integers(0, 3, rows)], mask=mask(0.02)),
        "score": pa.array(score), "predicted": pa.array((score > 0.5).astype(np.int8)), "label": pa.array((rng.random(rows) < score).astype(np.int64)),
    })


@pytest.fixture(scope="module")
def tables():
    few = "LONGWATCH_SANITIZED" in os.environ  # sanitizers slow the emulated kernels most
    return table(5_000 if few else 20_000, 1, 0.0), table(6_000 if few else 24_000, 2, 0.3)


def write(folder, reference, analysis, pieces=1, row_group=5_000, shuffle=None, chunk="1w", **more):
    folder.mkdir(parents=True)
    rng = np.random.default_rng(shuffle)
    for name, data in (("reference", reference), ("analysis", analysis)):
        if shuffle is not None:
            data = data.take(rng.permutation(data.num_rows))
        bounds = np.linspace(0, data.num_rows, pieces + 1).astype(int)
        for i, (a, b) in enumerate(zip(bounds, bounds[1:])):
            pq.write_table(data.slice(a, b - a), folder / f"{name}-{i}.parquet", row_group_size=row_group)
    model = dict(task="binary", score="score", prediction="predicted", target="label", timestamp="when", chunk=chunk,
                 reference="reference-*.parquet", analysis="analysis-*.parquet", segments=["region", ["region", "flag"]],
                 constraints=[dict(column="count", in_range=[15, 45])], **more)
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
    return folder / "fleet.yaml"


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def digest(longwatch, tmp_path_factory):
    def of(config, *options, results="results.parquet"):
        out = tmp_path_factory.mktemp("out") / "result"
        run = longwatch("run", config, "-o", out, "--quiet", *options)
        assert run.returncode == 0, run.stderr
        return sha(out / results)

    return of


@pytest.fixture(scope="module")
def base(tables, digest, tmp_path_factory):
    config = write(tmp_path_factory.mktemp("base") / "data", *tables)
    return config, digest(config, "--threads", "1")


@pytest.mark.sanitized
@pytest.mark.threads
@pytest.mark.parametrize("threads", ["2", "3", "8"])
def test_threads(base, digest, threads):
    assert digest(base[0], "--threads", threads) == base[1]


@pytest.fixture(scope="module")
def bootstrapped(tables, digest, tmp_path_factory):
    """Cells side by side, and in each of them replicates side by side."""
    folder = tmp_path_factory.mktemp("bootstrap") / "data"
    config = write(folder, *tables, metrics=["roc_auc", "average_precision", "f1", "log_loss"], intervals={"method": "bootstrap", "resamples": 100})
    return config, digest(config, "--threads", "1")


@pytest.mark.threads
@pytest.mark.parametrize("threads", ["2", "3", "8"])
def test_threads_of_a_bootstrap(bootstrapped, digest, threads):
    assert digest(bootstrapped[0], "--threads", threads) == bootstrapped[1]


@pytest.mark.parametrize("level", LEVELS)
def test_vector_levels(base, digest, level):
    assert digest(base[0], "--vector", level) == base[1]


@pytest.mark.parametrize("rows", ["7", "1000", "4097", "1000000"])
def test_slabs(base, digest, rows):
    assert digest(base[0], "--slab-rows", rows) == base[1]


def test_repeat(base, digest):
    assert {digest(base[0], "--threads", "3") for _ in range(5)} == {base[1]}


@pytest.mark.parametrize("pieces,row_group,shuffle", [(3, 1_000, None), (1, 100_000, None), (5, 777, 3), (2, 5_000, 4)])
def test_layout_and_order(tables, base, digest, tmp_path, pieces, row_group, shuffle):
    assert digest(write(tmp_path / "data", *tables, pieces, row_group, shuffle)) == base[1]


@pytest.mark.parametrize("chunk", [{"size": 3000}, {"number": 7}])
def test_order_with_sized_chunks(tables, digest, tmp_path, chunk):
    """Timestamps are distinct, so chunks by size and number do not depend on the order of rows either."""
    plain = digest(write(tmp_path / "plain", *tables, chunk=chunk))
    assert digest(write(tmp_path / "shuffled", *tables, pieces=4, row_group=900, shuffle=5, chunk=chunk)) == plain


def test_fit_then_analyze_is_run(base, longwatch, tmp_path):
    fitted = longwatch("fit", base[0], "-o", tmp_path / "fitted", "--quiet")
    assert fitted.returncode == 0, fitted.stderr
    done = longwatch("analyze", base[0], "--profiles", tmp_path / "fitted" / "profiles", "-o", tmp_path / "out", "--quiet")
    assert done.returncode == 0, done.stderr
    assert sha(tmp_path / "out" / "results.parquet") == base[1]


def test_states_are_the_same_too(tables, base, digest, tmp_path):
    shuffled = write(tmp_path / "data", *tables, pieces=4, row_group=333, shuffle=6)
    states = lambda config, *options: digest(config, "--keep-states", *options, results="states.parquet")
    assert states(base[0], "--threads", "1") == states(shuffled, "--threads", "8", "--vector", "portable")


def device_run(longwatch, config, out, *options, module=None):
    """A run on a device; the SHA-256 of its results, and its record."""
    run = longwatch("run", config, "-o", out, "--quiet", "--device", *options, env={"LONGWATCH_CUDA": str(module)} if module else {})
    assert run.returncode == 0, run.stderr
    return sha(out / "results.parquet"), json.loads((out / "run.json").read_text())


EMULATION = BINARY.parent / "liblongwatch_cuda_emulated.so"


@pytest.mark.sanitized
@pytest.mark.threads
@pytest.mark.parametrize("memory", [[], ["--device-memory", "4MB"], ["--device-memory", "300KB"]])
def test_emulated_device(longwatch, base, tmp_path, memory):
    """The kernels of the CUDA backend, run on the host, from Parquet to Parquet; where memory is short, in parts or on the CPU."""
    digest, record = device_run(longwatch, base[0], tmp_path / "out", "cuda", *memory, module=EMULATION)
    assert digest == base[1]
    assert record["device"] == "cuda:0 (emulation)" and record["device_reason"] == "asked for"
    short = [text for text in record["fallbacks"] if "memory" in text]
    assert short == record["fallbacks"]  # every kind has a kernel
    assert bool(short) is (memory[-1:] == ["300KB"]), record["fallbacks"]


@pytest.mark.threads
def test_two_workers_share_one_queue(longwatch, base, tmp_path):
    digest, record = device_run(longwatch, base[0], tmp_path / "out", "cuda:0,0", module=EMULATION)
    assert digest == base[1]
    assert record["device"] == "cuda:0 (emulation) and cuda:0 (emulation)" and len(record["rates"]) == 2
    assert min(one["submissions"] for one in record["work"] if one["kind"] == "numbers") > 0
    assert sum(one["kind"] == "numbers" for one in record["work"]) == 2  # both workers did some


@pytest.mark.threads
def test_cpu_and_device_share_the_work(longwatch, base, tmp_path):
    digest, record = device_run(longwatch, base[0], tmp_path / "out", "auto", module=EMULATION)
    assert digest == base[1]
    assert record["device_reason"] == "auto: by the rates at start-up"
    assert [one["device"] for one in record["rates"]][1] == "cuda:0 (emulation)"
    assert all(seconds >= 0 for one in record["rates"] for seconds in one["seconds_per_unit"].values())
    assert {one["device"] for one in record["work"]} == {record["rates"][0]["device"]}  # the emulation is slower in everything


@pytest.mark.threads
def test_bootstrap_on_an_emulated_device(longwatch, bootstrapped, tmp_path):
    """Replicates of many cells in one submission, instead of a few at a time from each thread."""
    digest, record = device_run(longwatch, bootstrapped[0], tmp_path / "out", "cuda", module=EMULATION)
    assert digest == bootstrapped[1]
    assert not any(text.startswith("replicates") for text in record["fallbacks"])


def test_device(longwatch, base, tmp_path):
    devices = json.loads(longwatch("devices", "--format", "json").stdout)
    usable = [one["device"] for one in devices if one["device"] != "cpu" and one["usable"]]
    if not usable:
        pytest.skip(f"2 runs did not run on a GPU: {devices[-1]['reason']}")
    for device in (usable[0], "auto"):
        digest, record = device_run(longwatch, base[0], tmp_path / device, device)
        assert digest == base[1] and "cuda:0" in record["device"]
