#!/usr/bin/env python3
"""Makes the Parquet files of this folder and expected.json, the values that every reading of them must give.

Run it with the pinned pyarrow (.venv/bin/python tests/data/source/make.py). The expected texts, numbers and times are
worked out here, in Python, from the values that go into the files.
"""

import datetime as dt
import decimal
import json
import math
import pathlib
import struct
import uuid

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
ROWS = 40
EPOCH = dt.datetime(1970, 1, 1)
MICRO = dt.timedelta(microseconds=1)


def gaps(values):
    """The values with a null in every fifth row."""
    return [None if i % 5 == 2 else v for i, v in enumerate(values)]


def number(value):
    """As JSON: a double, or the text of what JSON cannot say."""
    if value is None:
        return None
    value = float(value)
    return value if math.isfinite(value) else str(value)


def float_text(value, shortest=repr):
    if value is None:
        return None
    if math.isnan(value):
        return "nan"
    if math.isfinite(value) and value == int(value) and abs(value) < 2**53:
        return str(int(value))
    return shortest(value)


def float32_text(value):
    return float_text(value, lambda v: str(np.float32(v)))


def decimal_text(value):
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def clock_text(nanos):
    second, fraction = divmod(nanos, 10**9)
    text = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    if fraction % 1000:
        return text + f".{fraction:09}"
    return text + f".{fraction // 1000:06}" if fraction else text


def timestamp_text(nanos, zoned=False):
    if nanos is None:
        return None
    day, rest = divmod(nanos, 86400 * 10**9)
    return (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isoformat() + "T" + clock_text(rest) + ("Z" if zoned else "")


def apply(function, values):
    return [None if v is None else function(v) for v in values]


def epoch_micros(values, per_second):
    """Whole numbers as times: micros, rounded down."""
    return apply(lambda v: v * 10**6 // per_second, values)


def float_micros(values):
    """Floating seconds as times; what is no time is null."""
    return apply(lambda v: round(v * 1e6) if math.isfinite(v) else None, values)


class Table:
    def __init__(self):
        self.fields, self.arrays, self.expected = [], [], {}

    def add(self, name, arrow_type, values, type_text, nullable=True, **ways):
        self.fields.append(pa.field(name, arrow_type, nullable=nullable))
        self.arrays.append(values if isinstance(values, pa.Array) else pa.array(values, arrow_type))
        self.expected[name] = {"type": type_text, **ways}

    def arrow(self):
        return pa.table(self.arrays, schema=pa.schema(self.fields))


def add_numbers(t):
    bools = gaps([i % 3 == 0 for i in range(ROWS)])
    t.add(
        "bool",
        pa.bool_(),
        bools,
        "bool",
        number=apply(number, bools),
        category=apply(lambda v: "true" if v else "false", bools),
    )
    for signed in (True, False):
        for bits in (8, 16, 32, 64):
            name = ("int" if signed else "uint") + str(bits)
            low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
            values = gaps([(low, high, 0, 1, high - i)[i % 5] for i in range(ROWS)])
            # 64 bits: the magnitude says nanoseconds; else seconds.
            time = epoch_micros(values, 10**9 if bits == 64 else 1)
            t.add(
                name,
                getattr(pa, name)(),
                values,
                name,
                number=apply(number, values),
                category=apply(str, values),
                time=time,
            )
    halves = gaps([(0.5, -2.0, math.nan, 65504.0, math.inf, 0.099975586)[i % 6] for i in range(ROWS)])
    halves = apply(lambda v: float(np.float16(v)), halves)
    t.add(
        "float16",
        pa.float16(),
        pa.array([None if v is None else np.float16(v) for v in halves], pa.float16()),
        "halffloat",
        number=apply(number, halves),
        category=apply(float32_text, halves),
    )
    floats = gaps([(0.1, -2.0, math.nan, 3.4e38, -math.inf, -0.0, 1e-45, 100000.0)[i % 8] for i in range(ROWS)])
    floats = apply(lambda v: float(np.float32(v)), floats)
    t.add("float", pa.float32(), floats, "float", number=apply(number, floats), category=apply(float32_text, floats))
    doubles = gaps(
        [(0.1, -2.0, math.nan, 1.5e300, math.inf, -0.0, 5e-324, 100000.0, 1e15, 123456.75)[i % 10] for i in range(ROWS)]
    )
    t.add("double", pa.float64(), doubles, "double", number=apply(number, doubles), category=apply(float_text, doubles))
    for column in ("float", "double"):
        t.expected[column]["time"] = "any"


def add_decimals(t):
    for name, precision, scale in (("dec9", 9, 2), ("dec18", 18, 4), ("dec38", 38, 10), ("dec60", 60, 20)):
        kind = pa.decimal128(precision, scale) if precision <= 38 else pa.decimal256(precision, scale)
        digits = "123456789" * 7
        values = [
            (-1) ** i * decimal.Decimal(digits[i % 9 :][: 1 + i % (precision - 1)] + "0" * (i % 2)).scaleb(-scale)
            for i in range(ROWS)
        ]
        values = gaps([decimal.Decimal(0) if i % 7 == 0 else v for i, v in enumerate(values)])
        t.add(
            name,
            kind,
            values,
            f"decimal({precision},{scale})",
            number=apply(number, values),
            category=apply(decimal_text, values),
            time="any",
        )


def add_texts(t):
    texts = gaps([("", "a", "bb", "ünïcode", "x" * 40, "Zero\0byte")[i % 6] for i in range(ROWS)])
    none = [None] * ROWS
    t.add("string", pa.string(), texts, "string", category=texts, time=none)
    t.add("large_string", pa.large_string(), texts, "string", category=texts, time=none)
    t.add(
        "dictionary",
        pa.dictionary(pa.int8(), pa.string()),
        pa.array(texts).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string())),
        "string",
        category=texts,
        time=none,
    )
    t.add(
        "required",
        pa.string(),
        [str(i % 4) for i in range(ROWS)],
        "string",
        False,
        category=[str(i % 4) for i in range(ROWS)],
        time=none,
    )
    ids = gaps([uuid.UUID(int=i * 2**100 + 7) for i in range(ROWS)])
    t.add(
        "uuid",
        pa.uuid(),
        pa.array(apply(lambda v: v.bytes, ids), pa.binary(16)).cast(pa.uuid()),
        "uuid",
        category=apply(str, ids),
    )
    blobs = gaps([struct.pack("<I", i * i * 12345) for i in range(ROWS)])
    t.add("binary", pa.binary(), blobs, "binary", category=apply(bytes.hex, blobs))
    t.add("fixed", pa.binary(4), blobs, "fixed_size_binary[4]", category=apply(bytes.hex, blobs))
    t.add(
        "json",
        pa.json_(),
        pa.ExtensionArray.from_storage(pa.json_(), pa.array(texts)),
        "json",
        category=texts,
        time=none,
    )
    t.add("null", pa.null(), none, "null", number=none, category=none, time=none)
    t.add("all_null", pa.float64(), none, "double", number=none, category=none, time=none)
    t.add("list", pa.list_(pa.int32()), [[i] * (i % 3) for i in range(ROWS)], "list<int32>")
    t.add(
        "struct",
        pa.struct([("a", pa.int32()), ("b", pa.string())]),
        [{"a": i, "b": "x"} for i in range(ROWS)],
        "struct<a: int32, b: string>",
    )
    t.add("map", pa.map_(pa.string(), pa.float64()), [[("k", 1.0)]] * ROWS, "map<string, double>")


def add_times(t):
    days = gaps([-719162 + 30 * i if i % 2 else 15000 + i for i in range(ROWS)])
    dates = dict(
        number=apply(lambda d: number(d * 86400), days),
        time=apply(lambda d: d * 86400 * 10**6, days),
        category=apply(lambda d: (dt.date(1970, 1, 1) + dt.timedelta(days=d)).isoformat(), days),
    )
    t.add("date32", pa.date32(), days, "date", **dates)
    t.add("date64", pa.date64(), apply(lambda d: d * 86400 * 1000, days), "date", **dates)
    for unit, per_second, arrow in (
        ("ms", 10**3, pa.time32("ms")),
        ("us", 10**6, pa.time64("us")),
        ("ns", 10**9, pa.time64("ns")),
    ):
        values = gaps([(i * 2161 + 7) * per_second // 1 + i * (per_second // 1000) for i in range(ROWS)])
        t.add(
            "time_" + unit,
            arrow,
            values,
            f"time[{unit}]",
            number=apply(lambda v: number(float(v) / per_second), values),
            category=apply(lambda v: clock_text(v * 10**9 // per_second), values),
        )
    instants = gaps([(i - 20) * 98765432101234567 // 4 for i in range(ROWS)])  # nanoseconds, about 1953 to 1986
    for unit, per_second in (("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        for zone in (None, "UTC", "Europe/Berlin"):
            values = apply(lambda v: v * per_second // 10**9, instants)
            nanos = apply(lambda v: v * 10**9 // per_second, values)
            t.add(
                f"ts_{unit}_{zone}",
                pa.timestamp(unit, zone),
                values,
                f"timestamp[{unit}{', UTC' if zone else ''}]",
                number=apply(lambda v: number(float(v) / per_second), values),
                time=apply(lambda v: v // 1000, nanos),
                category=apply(lambda v: timestamp_text(v, zone is not None), nanos),
                zoned=zone is not None,
            )


def add_texts_and_numbers_as_times(t):
    moments = [dt.datetime(2013, 1, 1, 7, 30) + dt.timedelta(hours=i * 7, microseconds=i * 1001) for i in range(ROWS)]
    micros = gaps([(m - EPOCH) // MICRO for m in moments])
    t.add(
        "iso",
        pa.string(),
        gaps([m.isoformat(sep=" T"[i % 2]) for i, m in enumerate(moments)]),
        "string",
        time=micros,
        category=gaps([m.isoformat(sep=" T"[i % 2]) for i, m in enumerate(moments)]),
    )
    east = dt.timedelta(hours=5, minutes=30)
    zoned = gaps([m.isoformat() + ("+05:30" if i % 2 else "Z") for i, m in enumerate(moments)])
    t.add(
        "iso_zoned",
        pa.string(),
        zoned,
        "string",
        category=zoned,
        zoned=True,
        time=gaps([(m - (east if i % 2 else dt.timedelta(0)) - EPOCH) // MICRO for i, m in enumerate(moments)]),
    )
    odd = [("2013-02-29", "yesterday", "2012-02-29")[i % 3] for i in range(ROWS)]
    leap = (dt.datetime(2012, 2, 29) - EPOCH) // MICRO
    t.add("iso_odd", pa.string(), odd, "string", category=odd, time=[leap if v == "2012-02-29" else None for v in odd])
    for name, per_second in (("seconds", 1), ("milliseconds", 10**3), ("microseconds", 10**6), ("nanoseconds", 10**9)):
        values = gaps([1357027200 * per_second + i * 123 for i in range(ROWS)])
        t.add(
            "epoch_" + name,
            pa.int64(),
            values,
            "int64",
            number=apply(number, values),
            category=apply(str, values),
            time=epoch_micros(values, per_second),
        )
    floats = gaps([1357027200.25 + i * 0.5 for i in range(ROWS)])
    t.add(
        "epoch_float",
        pa.float64(),
        floats,
        "double",
        number=floats,
        category=apply(float_text, floats),
        time=float_micros(floats),
    )
    years = gaps([1990 + i for i in range(ROWS)])
    t.add(
        "year",
        pa.int16(),
        years,
        "int16",
        number=apply(number, years),
        category=apply(str, years),
        time=apply(lambda y: (dt.datetime(y, 1, 1) - EPOCH) // MICRO, years),
    )


def core_table(nulls):
    """A few columns, for the many ways of laying a file out. `nulls`: sparse, none, runs."""
    t = Table()
    keep = {"sparse": lambda i: i % 5 != 2, "none": lambda i: True, "runs": lambda i: (i // 13) % 2 == 0}[nulls]
    mask = lambda values: [v if keep(i) else None for i, v in enumerate(values)]
    n = 150
    doubles = mask([i * 0.1 for i in range(n)])
    floats = mask([float(np.float32(i / 7)) for i in range(n)])
    ints = mask([10**12 + 10**9 * i if i else 0 for i in range(n)])
    texts = mask([("alpha", "beta", "gamma", "d" * (i % 9))[i * i % 4] for i in range(n)])
    flags = mask([i % 3 == 0 for i in range(n)])
    stamps = mask([10**15 + i * 86400 * 10**6 for i in range(n)])
    nullable = nulls != "none"
    t.add(
        "double",
        pa.float64(),
        doubles,
        "double",
        nullable,
        number=doubles,
        category=apply(float_text, doubles),
        time=float_micros(doubles),
    )
    t.add(
        "float",
        pa.float32(),
        floats,
        "float",
        nullable,
        number=floats,
        category=apply(float32_text, floats),
        time=float_micros(floats),
    )
    t.add(
        "int",
        pa.int64(),
        ints,
        "int64",
        nullable,
        number=apply(number, ints),
        category=apply(str, ints),
        time=epoch_micros(ints, 1000),
    )
    t.add("text", pa.string(), texts, "string", nullable, category=texts, time=[None] * n)
    t.add(
        "bool",
        pa.bool_(),
        flags,
        "bool",
        nullable,
        number=apply(number, flags),
        category=apply(lambda v: "true" if v else "false", flags),
    )
    t.add(
        "stamp",
        pa.timestamp("us"),
        stamps,
        "timestamp[us]",
        nullable,
        number=apply(lambda v: float(v) / 1e6, stamps),
        time=stamps,
        category=apply(lambda v: timestamp_text(v * 1000), stamps),
    )
    return t


def int96_table():
    t = Table()
    instants = gaps([1357027200000000000 + i * 3600123456789 for i in range(ROWS)])
    t.add(
        "stamp",
        pa.timestamp("ns"),
        instants,
        "timestamp[ns]",
        number=apply(lambda v: float(v) / 1e9, instants),
        time=apply(lambda v: v // 1000, instants),
        category=apply(timestamp_text, instants),
    )
    return t


def write_bomb():
    """One page of zeros that unpacks to ten thousand times the size of the file."""
    pq.write_table(
        pa.table({"text": pa.array(["\0" * 200_000_000])}),
        HERE / "bomb.parquet",
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
    )


def write_schemas():
    """Small files with a column `a` of several types, for the rules about what goes together."""
    folder = HERE / "schemas"
    folder.mkdir(exist_ok=True)
    instants = [1357027200000000]
    for name, array in {
        "float_a": pa.array([1.5, 2.0]),
        "int32_a": pa.array([3, 4], pa.int32()),
        "int64_a": pa.array([5, 6], pa.int64()),
        "null_a": pa.nulls(2),
        "text_a": pa.array(["x", "y"]),
        "local_a": pa.array(instants, pa.timestamp("us")),
        "zoned_a": pa.array(instants, pa.timestamp("us", "UTC")),
        "small_epoch": pa.array([5000]),
        "large_epoch": pa.array([1357027200000]),
        "mixed_offsets": pa.array(["2013-01-01T00:00:00", "2013-01-01T00:00:00Z"]),
    }.items():
        pq.write_table(pa.table({"a": array}), folder / f"{name}.parquet", store_schema=False)
    pq.write_table(pa.table({"name_of_a": pa.array([5, 6])}), folder / "long_name.parquet", store_schema=False)


CORE_LAYOUTS = {
    "plain_none_v1": dict(use_dictionary=False, compression="none", data_page_version="1.0"),
    "plain_zstd_v2": dict(use_dictionary=False, compression="zstd", data_page_version="2.0"),
    "dict_snappy_v1": dict(compression="snappy", data_page_version="1.0"),
    "dict_gzip_v2": dict(compression="gzip", data_page_version="2.0"),
    "dict_brotli": dict(compression="brotli"),
    "dict_lz4": dict(compression="lz4"),
    "fallback": dict(dictionary_pagesize_limit=64, data_page_size=64, write_batch_size=8, compression="none"),
    "tiny_pages": dict(data_page_size=32, write_batch_size=5),
    "groups_of_5": dict(row_group_size=5),
    "groups_of_37": dict(row_group_size=37),
    "no_statistics": dict(write_statistics=False, row_group_size=64),
    "split": dict(
        use_dictionary=False,
        column_encoding={
            "double": "BYTE_STREAM_SPLIT",
            "float": "BYTE_STREAM_SPLIT",
            "int": "DELTA_BINARY_PACKED",
            "text": "DELTA_BYTE_ARRAY",
            "bool": "RLE",
            "stamp": "DELTA_BINARY_PACKED",
        },
    ),
    "checksums_plain": dict(write_page_checksum=True, use_dictionary=False, compression="none"),
    "checksums": dict(write_page_checksum=True, use_dictionary=["text"], row_group_size=64, compression="zstd"),
}


def main():
    types = Table()
    for add in (add_numbers, add_decimals, add_texts, add_times, add_texts_and_numbers_as_times):
        add(types)
    tables = {"types": types, "int96": int96_table()}
    files = {}

    def write(name, table, **options):
        pq.write_table(tables[table].arrow(), HERE / name, **options)
        files[name] = table

    write("types_v1.parquet", "types", row_group_size=17)
    write(
        "types_v2.parquet",
        "types",
        data_page_version="2.0",
        use_dictionary=False,
        compression="zstd",
        store_decimal_as_integer=True,
    )
    write("int96.parquet", "int96", use_deprecated_int96_timestamps=True)
    for nulls in ("sparse", "none", "runs"):
        tables["core_" + nulls] = core_table(nulls)
    for layout, options in CORE_LAYOUTS.items():
        write(f"core_{layout}.parquet", "core_sparse", **options)
    for nulls in ("none", "runs"):
        for layout in ("plain_zstd_v2", "dict_snappy_v1", "fallback"):
            write(f"core_{nulls}_{layout}.parquet", "core_" + nulls, **CORE_LAYOUTS[layout])
    pq.write_table(tables["core_sparse"].arrow().slice(0, 0), HERE / "no_rows.parquet")
    pq.write_table(
        pa.Table.from_arrays([pa.array([1]), pa.array(["x"])], names=["a", "a"]), HERE / "duplicate_names.parquet"
    )
    write_schemas()
    write_bomb()
    expected = {"files": files, "tables": {name: table.expected for name, table in tables.items()}}
    (HERE / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
