"""Broken and hostile Parquet files: an error that names the file, or the right digests; never a crash, hang or flood."""
import json
import os
import pathlib
import random
import resource
import signal
import struct
import subprocess

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import BINARY, ROOT
from digest import MASK, digest, hash_text, timestamp_text

FOLDER = ROOT / "tests" / "data" / "hostile"
BAD = sorted((FOLDER / "bad_data").glob("*.parquet"))
GOOD = sorted((FOLDER / "good_or_odd").glob("*.parquet"))
FUZZ = sorted(p for p in (FOLDER / "fuzz").iterdir() if p.name != "README.md")
EXPECTED = json.loads((FOLDER / "expected.json").read_text())
VALID = "ARROW-GH-43605.parquet"
NEVER_READ = ("ARROW-GH-45185.parquet", "ARROW-RS-GH-6229-LEVELS.parquet", "PARQUET-1481.parquet")
WRONG_CHECKSUM = {"datapage_v1-corrupt-checksum.parquet": "a", "rle-dict-uncompressed-corrupt-checksum.parquet": "long_field"}
SANITIZED = bool(os.environ.get("LONGWATCH_SANITIZED"))  # sanitizers reserve terabytes of addresses, and take their time
SECONDS = 20 if SANITIZED else 1
BYTES = 512 << 20


def limit():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_run():
    """A run has threads, whose stacks and arenas take addresses but no memory."""
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_DATA, (2 * BYTES, 2 * BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (5 * SECONDS, 5 * SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limited(*arguments, limits=limit):
    done = subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, timeout=60, preexec_fn=limits)
    assert done.returncode >= 0, f"ended by {signal.Signals(-done.returncode).name}: {done.stderr[-2000:]}"
    return done.returncode, done.stdout.decode("utf-8", "strict"), done.stderr.decode("utf-8", "strict")


def inspect(path):
    """The digests, or None where the file is refused as it should be, with the message."""
    code, out, err = limited("inspect", path, "--format", "json")
    assert code in (0, 3), (code, err)
    if code == 3:
        assert pathlib.Path(path).name in err, f"the message does not name the file: {err}"
        assert len(err) > len(str(path)) + 20, f"the message gives no reason: {err}"
        return None, err
    columns = json.loads(out)
    for column in columns:
        assert column["error"] or (len(column["digest"]) == 16 and int(column["digest"], 16) >= 0), column
        assert 0 <= column["nulls"] <= column["rows"], column
    return columns, ""


def witness(path, name):
    """(digest, nulls, rows) of a column, from pyarrow; or from what is written down where pyarrow is known to be wrong."""
    file = pq.ParquetFile(path, coerce_int96_timestamp_unit="us")
    column = file.read(columns=[name]).column(0)
    known = EXPECTED.get(path.name, {}).get(name)
    if known:
        texts = (timestamp_text(value, 10**6, False).encode() for value in known["microseconds"])
        assert known["digest"] == f"{sum(map(hash_text, texts)) & MASK:016x}"
        return known["digest"], known["nulls"], len(column)
    leaves = {file.schema.column(i).path: file.schema.column(i).logical_type.type for i in range(len(file.schema))}
    return digest(column, leaves[name]), column.null_count, len(column)


def test_the_files_are_there():
    assert (len(BAD), len(GOOD), len(FUZZ)) == (8, 65, 68)


@pytest.mark.sanitized
@pytest.mark.parametrize("path", BAD + FUZZ, ids=lambda p: p.name[-60:])
def test_a_bad_file_is_refused_or_read_right(path):
    columns, _ = inspect(path)
    for column in columns or []:
        if not column["error"]:
            assert (column["digest"], column["nulls"], column["rows"]) == witness(path, column["column"]), column


def test_bad_files_that_are_read():
    assert [p.name for p in BAD + FUZZ if inspect(p)[0] is not None] == [VALID]


def flat(path):
    """Whether the file has a column that is not nested, as its schema says."""
    if path.name == "incorrect_map_schema.parquet":  # one map, which pyarrow refuses for its optional key
        return False
    schema = pq.ParquetFile(path).schema
    return any("." not in schema.column(i).path and schema.column(i).max_repetition_level == 0 for i in range(len(schema)))


@pytest.mark.sanitized
@pytest.mark.parametrize("path", GOOD, ids=lambda p: p.name)
def test_a_good_file_is_read_right(path):
    columns, error = inspect(path)
    if path.name in WRONG_CHECKSUM:
        assert columns is None and f"column '{WRONG_CHECKSUM[path.name]}'" in error and "CRC" in error, error
    elif not flat(path):
        assert columns is None and "only nested columns" in error, error
    elif columns is not None:
        assert [c["column"] for c in columns] == pq.read_schema(path).names
        for column in columns:
            if column["error"]:
                assert column["error"] == "nested" and pa.types.is_nested(pq.read_schema(path).field(column["column"]).type)
            else:
                assert (column["digest"], column["nulls"], column["rows"]) == witness(path, column["column"]), column


def test_how_many_good_files_are_read(capsys):
    """May only grow. Refused beside the nested and the corrupt: one whose footer says 0 rows and whose row group says 6."""
    refused = [p.name for p in GOOD if inspect(p)[0] is None and p.name not in WRONG_CHECKSUM and flat(p)]
    read = sum(inspect(p)[0] is not None for p in GOOD)
    with capsys.disabled():
        print(f"\n{read} of {len(GOOD)} good or odd files are read")
    assert refused == ["repeated_no_annotation.parquet"]
    assert read >= 53


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
@pytest.mark.parametrize("path", [p for p in BAD if p.name != VALID and p.name not in NEVER_READ], ids=lambda p: p.name)
def test_a_bad_file_fails_a_run_and_publishes_nothing(path, period, tmp_path):
    good = tmp_path / "good.parquet"
    table = like(path)
    pq.write_table(table, good)
    model = dict(reference=str(good), analysis=str(good), chunk={"number": 2}, metrics=["missing_rate"], features=table.column_names)
    model[period] = str(path)
    (tmp_path / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
    code, _, err = limited("run", tmp_path / "fleet.yaml", "-o", tmp_path / "out", "--quiet", limits=limit_run)
    assert code == 3, (code, err)
    assert path.name in err, err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fleet.yaml", "good.parquet"], "something was published"


TEXT = 110 << 20
PLAIN = dict(use_dictionary=False)
ROWS = dict(row_group_size=1 << 30, max_rows_per_page=1 << 30)
BOMBS = {  # small files that promise much: what makes the column, and how it is written
    "one text": (lambda: ["x" * TEXT], PLAIN),
    "one binary": (lambda: [b"x" * TEXT], PLAIN),
    "pages of a text": (lambda: pa.chunked_array([[letter * (40 << 20)] for letter in "abcdefgh"]), PLAIN),
    "a text in a dictionary": (lambda: ["x" * TEXT] * 3, dict(dictionary_pagesize_limit=1 << 30)),
    "nulls": (lambda: pa.nulls(1 << 28, pa.int8()), ROWS),
    "zeros": (lambda: np.zeros(1 << 28, np.int8), ROWS),
}


@pytest.mark.sanitized
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name, tmp_path):
    make, how = BOMBS[name]
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"t": make()}), path, compression="zstd", **how)
    assert path.stat().st_size < 40_000
    columns, error = inspect(path)
    assert columns is None and ("memory" in error or "more values than" in error), error
    assert "column 't'" in error


def with_footer(path, footer):
    path.write_bytes(b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1")
    return path


@pytest.mark.sanitized
@pytest.mark.parametrize("name, footer", [
    ("a list of 2^31 elements", b"\x15\x04\x19\xfc" + b"\xff\xff\xff\xff\x07"),
    ("a million empty elements", b"\x15\x04\x19\xfc" + b"\x80\x89\x7a" + b"\x00" * 2_000_000),
    ("lists in lists", b"\x15\x04" + b"\xc9" + b"\x19" * 100_000),
    ("a text of 2^62 bytes", b"\x15\x04\x48" + b"\xff" * 8 + b"\x3f"),
    ("groups in groups", b"\x15\x04\x19\xfc\xa0\x8d\x06" + b"\x48\x01x\x15\x02\x00" * 100_000),
    ("chunks without metadata", b"\x15\x04\x19\x1c\x48\x01x\x00\x16\x00\x19\x1c\x19\xfc\x80\x89\x7a" + b"\x26\x00\x00" * 1_500_000),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_footer_that_promises_much_is_refused(name, footer, tmp_path):
    columns, error = inspect(with_footer(tmp_path / "footer.parquet", footer))
    assert columns is None, name


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
    columns, _ = inspect(path)
    assert [c["digest"] for c in columns] == [digest(table.column(name)) for name in table.column_names]
    return path.read_bytes(), columns


def test_a_truncated_file_is_refused(small, tmp_path):
    """As a user runs it; tests/unit/source/flips_test.cpp cuts every prefix."""
    content, _ = small
    path = tmp_path / "cut.parquet"
    for length in list(range(0, len(content), 197)) + [len(content) - 1, len(content) - 4, len(content) - 8, 3, 4, 7, 11, 12]:
        path.write_bytes(content[:length])
        assert inspect(path)[0] is None, f"the first {length} of {len(content)} bytes are read as a file"


@pytest.mark.sanitized
def test_a_file_with_a_flipped_bit_is_refused_or_read_the_same(small, tmp_path):
    """As a user runs it; tests/unit/source/flips_test.cpp flips every bit."""
    content, columns = small
    path = tmp_path / "flipped.parquet"
    rng = random.Random(11)
    refused = 0
    for _ in range(150):
        at, bit = rng.randrange(len(content)), rng.randrange(8)
        broken = bytearray(content)
        broken[at] ^= 1 << bit
        path.write_bytes(broken)
        found, _ = inspect(path)
        refused += found is None
        assert found is None or found == columns, f"bit {bit} of byte {at} changed the content: {found}"
    assert refused > 50
