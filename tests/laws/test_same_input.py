"""The same rows give the same results, whatever they are stored in: Parquet or Arrow, one file or 300, columns in files or in paths."""
import decimal
import json
import resource
import uuid

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from test_same_bits import sha, table


def pieces(data, count):
    bounds = np.linspace(0, data.num_rows, count + 1).astype(int)
    return [data.slice(a, b - a) for a, b in zip(bounds, bounds[1:])]


def write_arrow(path, data, rows=1_000, **options):
    with pa.ipc.new_file(path, data.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(data, rows)


def write_files(folder, data, kinds, count):
    """`count` files of one table, in turn of each kind."""
    folder.mkdir(parents=True)
    for i, piece in enumerate(pieces(data, count)):
        kind = kinds[i % len(kinds)]
        path = folder / f"part-{i:04}.{kind.split('-')[0]}"
        if kind == "parquet":
            pq.write_table(piece, path, row_group_size=3_000)
        else:
            write_arrow(path, piece, compression=kind.partition("-")[2] or None, unify_dictionaries=True)


def write_hive(folder, data, keys, kind):
    """Folders named key=value; the columns `keys` are in no file."""
    ds.write_dataset(data, folder, format=kind, max_partitions=10_000,
                     partitioning=ds.partitioning(pa.schema([data.schema.field(k) for k in keys]), flavor="hive"))


@pytest.fixture(scope="module")
def data():
    """The tables of the other laws, with a date and a whole number that do not vary within a day, to be put into paths."""
    out = []
    for rows, seed, shift in ((20_000, 1, 0.0), (24_000, 2, 0.3)):
        rows = table(rows, seed, shift)
        day = pc.cast(pc.floor_temporal(rows["when"], unit="day"), pa.date32())
        rows = rows.append_column("day", day).append_column("version", pc.cast(pc.day(day), pa.int64()))
        out.append(rows)
    return out


@pytest.fixture(scope="module")
def run(longwatch, data, tmp_path_factory):
    """Writes the tables by `write(folder, table)`, runs one model on them and returns the digest of its results."""

    def of(write, timestamp="when", limit=None, pattern=""):
        folder = tmp_path_factory.mktemp("input")
        for name, rows in zip(("reference", "analysis"), data):
            write(folder / name, rows)
        model = dict(task="binary", score="score", prediction="predicted", target="label", timestamp=timestamp, chunk="1w",
                     reference="reference" + pattern, analysis="analysis" + pattern, segments=["region", ["region", "version"]])
        (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit or before[0], before[1]))
            done = longwatch("run", folder / "fleet.yaml", "-o", folder / "out", "--quiet")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert done.returncode == 0, done.stderr
        return sha(folder / "out" / "results.parquet")

    return of


@pytest.fixture(scope="module")
def expected(run):
    one = lambda folder, rows: write_files(folder, rows, ["parquet"], 1)
    return {"when": run(one), "day": run(one, timestamp="day")}


@pytest.mark.parametrize("kinds,count", [(["arrow"], 1), (["arrow-lz4", "arrow-zstd"], 4), (["parquet", "arrow"], 5), (["feather"], 300)])
def test_files(run, expected, kinds, count):
    assert run(lambda folder, rows: write_files(folder, rows, kinds, count)) == expected["when"]


def test_many_files_and_few_descriptors(run, expected):
    assert run(lambda folder, rows: write_files(folder, rows, ["parquet"], 300), limit=256) == expected["when"]


def encoded(rows):
    """Texts as dictionaries, as large strings and as views."""
    for name, kind in (("name", pa.dictionary(pa.int8(), pa.string())), ("region", pa.string_view())):
        rows = rows.set_column(rows.column_names.index(name), name, rows[name].cast(kind))
    return rows


def test_other_types_of_text(run, expected):
    assert run(lambda folder, rows: write_files(folder, encoded(rows), ["arrow-zstd"], 3)) == expected["when"]


@pytest.mark.parametrize("timestamp", ["when", "day"])
@pytest.mark.parametrize("keys,kind", [(["region"], "parquet"), (["day"], "ipc"), (["version", "region"], "ipc"), (["region", "day"], "parquet")])
def test_hive_folders(run, expected, keys, kind, timestamp):
    assert run(lambda folder, rows: write_hive(folder, rows, keys, kind), timestamp) == expected[timestamp]


def test_hive_glob(run, expected):
    assert run(lambda folder, rows: write_hive(folder, rows, ["day"], "parquet"), "day", pattern="/day=*/*.parquet") == expected["day"]


def all_types(rows):
    """A column of every flat type that both formats hold, with nulls."""
    rng = np.random.default_rng(3)
    gone = rng.random(rows) < 0.1
    fill = lambda values, kind: pa.array([None if g else v for g, v in zip(gone, values)], kind)
    whole = lambda low, high: [int(v) for v in rng.integers(low, high, rows, endpoint=True)]
    out = {"bool": fill([v == 1 for v in whole(0, 1)], pa.bool_()), "half": fill(rng.normal(0, 1, rows).astype(np.float16), pa.float16()),
           "float": fill(rng.normal(0, 1, rows).tolist(), pa.float32()), "double": fill(rng.normal(0, 1, rows).tolist(), pa.float64()),
           "date32": fill(whole(-30_000, 30_000), pa.date32()), "date64": fill([v * 86_400_000 for v in whole(-30_000, 30_000)], pa.date64()),
           "binary": fill([b"%x" % v for v in whole(0, 999)], pa.binary()), "fixed": fill([b"%04d" % v for v in whole(0, 999)], pa.binary(4)),
           "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([uuid.UUID(int=v).bytes for v in whole(0, 99)], pa.binary(16)))}
    for bits in (8, 16, 32, 64):
        for kind in (f"int{bits}", f"uint{bits}"):
            limits = np.iinfo(kind)
            out[kind] = fill(rng.integers(limits.min, limits.max, rows, dtype=kind, endpoint=True).tolist(), getattr(pa, kind)())
    for kind in (pa.decimal32(7, 2), pa.decimal64(15, 3), pa.decimal128(30, 4), pa.decimal256(60, 10)):
        unit = 10 ** (kind.precision - 7)
        wide = decimal.Context(prec=76)
        out[str(kind)] = fill([decimal.Decimal(v * unit).scaleb(-kind.scale, wide) for v in whole(-10**6, 10**6)], kind)
    for unit, per in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        out[f"time_{unit}"] = fill(whole(0, 86_400 * per - 1), (pa.time32 if per < 10**6 else pa.time64)(unit))
        out[f"duration_{unit}"] = fill(whole(-10**9, 10**9), pa.duration(unit))
        for zone in (None, "UTC", "Asia/Kolkata"):
            out[f"timestamp_{unit}_{zone}"] = fill(whole(-10**9 * per, 2 * 10**9 * per), pa.timestamp(unit, zone))
    texts = fill([f"text {v} é" * (1 + v % 3) for v in whole(0, 99)], pa.string())
    kinds = (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.uint16(), pa.string()), pa.dictionary(pa.int32(), pa.large_string()))
    out |= {str(kind): texts.cast(kind) for kind in kinds}
    out |= {f"coded {name}": out[name].dictionary_encode() for name in ("int64", "timestamp_ms_UTC", "decimal128(30, 4)", "double")}
    return pa.table(out | {"null": pa.nulls(rows), "list": pa.array([[1, 2], None] * (rows // 2)), "last": pa.array(range(rows))})


@pytest.mark.parametrize("batch,options", [(3_000, {}), (10**6, {}), (3_000, {"compression": "lz4"}), (10**6, {"compression": "zstd"}), (37, {"compression": "zstd"}),
                                           (3_000, {"metadata_version": pa.ipc.MetadataVersion.V4}), (3_000, {"use_legacy_format": True})])
def test_inspect_says_the_same(longwatch, tmp_path, batch, options):
    rows = all_types(10_000)
    pq.write_table(rows, tmp_path / "a.parquet", row_group_size=3_000)
    write_arrow(tmp_path / "a.arrow", rows.combine_chunks(), batch, **options)
    parquet, arrow = longwatch("inspect", tmp_path / "a.parquet"), longwatch("inspect", tmp_path / "a.arrow")
    assert parquet.returncode == 0, parquet.stderr
    assert arrow.returncode == 0, arrow.stderr
    assert len(parquet.stdout.splitlines()) > rows.num_columns
    assert arrow.stdout == parquet.stdout
