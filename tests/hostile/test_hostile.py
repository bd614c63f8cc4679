"""Broken and hostile Parquet files: an error that names the file, or the right digests; never a crash, hang or flood."""
import json
import os
import pathlib
import random
import resource
import signal
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import BINARY, ROOT
from digest import digest

BAD = sorted((ROOT / "tests" / "data" / "hostile" / "bad_data").glob("*.parquet"))
NEVER_READ = ("ARROW-GH-45185.parquet", "ARROW-RS-GH-6229-LEVELS.parquet", "PARQUET-1481.parquet")
VALID = "ARROW-GH-43605.parquet"
SECONDS = 5
BYTES = 1 << 30
SANITIZED = bool(os.environ.get("LONGWATCH_SANITIZED"))  # sanitizers reserve terabytes of addresses


def limit():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))  # without the address space of threads' stacks and arenas
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limited(*arguments):
    done = subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, timeout=10 * SECONDS, preexec_fn=limit)
    assert done.returncode >= 0, f"ended by {signal.Signals(-done.returncode).name}: {done.stderr[-2000:]}"
    return done.returncode, done.stdout.decode("utf-8", "strict"), done.stderr.decode("utf-8", "strict")


def inspect(path):
    """The digests, or None where the file is refused as it should be."""
    code, out, err = limited("inspect", path, "--format", "json")
    assert code in (0, 3), (code, err)
    if code == 3:
        assert pathlib.Path(path).name in err, f"the message does not name the file: {err}"
        return None
    columns = json.loads(out)
    for column in columns:
        assert column["error"] or (len(column["digest"]) == 16 and int(column["digest"], 16) >= 0), column
        assert 0 <= column["nulls"] <= column["rows"], column
    return columns


def test_there_are_bad_files():
    assert len(BAD) == 8


@pytest.mark.sanitized
@pytest.mark.parametrize("path", BAD, ids=lambda p: p.name)
def test_a_bad_file_is_refused_or_read(path):
    inspect(path)


def test_the_valid_one_has_the_digest_that_pyarrow_gives():
    path = next(p for p in BAD if p.name == VALID)
    table = pq.read_table(path)
    assert inspect(path) == [
        {"column": name, "type": str(table.schema.field(name).type), "rows": table.num_rows,
         "nulls": table.column(name).null_count, "digest": digest(table.column(name)), "error": ""} for name in table.column_names]


def like(path):
    """A good table of the same columns, as far as they are flat; of a column x where the footer itself is broken."""
    columns = {}
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):
        return pa.table({"x": [0] * 40})
    for field in schema:
        if pa.types.is_fixed_size_binary(field.type):
            columns[field.name] = pa.array([b"0" * field.type.byte_width] * 40, field.type)
        elif pa.types.is_primitive(field.type) and not pa.types.is_time(field.type):
            columns[field.name] = pa.array([0] * 40).cast(pa.int32() if field.type.bit_width == 32 else pa.int64()).cast(field.type)
    return pa.table(columns)


@pytest.mark.sanitized
@pytest.mark.parametrize("period", ["analysis", "reference"])
@pytest.mark.parametrize("path", [p for p in BAD if p.name != VALID], ids=lambda p: p.name)
def test_a_bad_file_fails_a_run_and_publishes_nothing(path, period, tmp_path):
    if path.name in NEVER_READ:
        pytest.skip("what is broken in it is nested or of no known type, and never read")
    good = tmp_path / "good.parquet"
    table = like(path)
    pq.write_table(table, good)
    model = dict(reference=str(good), analysis=str(good), chunk={"number": 2}, metrics=["missing_rate"], features=table.column_names)
    model[period] = str(path)
    (tmp_path / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
    code, _, err = limited("run", tmp_path / "fleet.yaml", "-o", tmp_path / "out", "--quiet")
    assert code == 3, (code, err)
    assert path.name in err, err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fleet.yaml", "good.parquet"], "something was published"


SMALL_ROWS = 60


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small file of two row groups, with nulls, a dictionary and checksums; its bytes and digests."""
    rng = random.Random(4)
    table = pa.table({
        "i": pa.array([rng.choice([None, rng.randrange(-1000, 1000)]) for _ in range(SMALL_ROWS)], pa.int32()),
        "t": pa.array([rng.choice([None, "a", "bb", "a longer text"]) for _ in range(SMALL_ROWS)]),
        "b": pa.array([rng.random() < 0.5 for _ in range(SMALL_ROWS)]),
    })
    path = tmp_path_factory.mktemp("small") / "small.parquet"
    pq.write_table(table, path, row_group_size=40, write_page_checksum=True, compression="snappy")
    columns = inspect(path)
    assert [c["digest"] for c in columns] == [digest(table.column(name)) for name in table.column_names]
    return path.read_bytes(), columns


def test_a_truncated_file_is_refused(small, tmp_path):
    content, _ = small
    path = tmp_path / "cut.parquet"
    lengths = list(range(0, len(content), 97)) + [len(content) - 1, len(content) - 4, len(content) - 8, 3, 4, 7, 11, 12]
    for length in lengths:
        path.write_bytes(content[:length])
        assert inspect(path) is None, f"the first {length} of {len(content)} bytes are read as a file"


@pytest.mark.sanitized
def test_a_file_with_a_flipped_bit_is_refused_or_read_the_same(small, tmp_path):
    """The footer has no checksum: a flip in its text may change names and types, in its counts must not go unseen."""
    content, columns = small
    path = tmp_path / "flipped.parquet"
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    rng = random.Random(11)
    refused = 0
    for _ in range(300):
        at, bit = rng.randrange(len(content)), rng.randrange(8)
        broken = bytearray(content)
        broken[at] ^= 1 << bit
        path.write_bytes(broken)
        found = inspect(path)
        refused += found is None
        if found is None or found == columns:
            continue
        assert at >= footer, f"bit {bit} of byte {at} (data, with checksums) changed the content: {found}"
        assert all(c["rows"] == SMALL_ROWS for c in found), f"bit {bit} of byte {at} changed the rows: {found}"
    assert refused > 100
