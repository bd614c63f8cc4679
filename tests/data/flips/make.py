"""Writes the small files whose every bit is flipped: two row groups, checksums, a nullable, a dictionary, many types."""
import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
UTC = datetime.timezone.utc
DAY = datetime.datetime(2024, 2, 29, 12, 30, 1, 250000)


def table(rows):
    return pa.table([
        pa.array([None if i % 3 == 1 else i * 1000 - 3 for i in range(rows)], pa.int64()),
        pa.array([["red", "green", None, "a longer blue"][i % 4] for i in range(rows)]),
        pa.array([i / 7 for i in range(rows)], pa.float64()),
        pa.array([i % 3 == 0 for i in range(rows)]),
        pa.array([DAY.replace(tzinfo=UTC) + datetime.timedelta(hours=i) for i in range(rows)], pa.timestamp("us", "UTC")),
        pa.array([DAY.date() + datetime.timedelta(days=i) for i in range(rows)]),
        pa.array([decimal.Decimal(i * i).scaleb(-2) for i in range(rows)], pa.decimal128(7, 2)),
        pa.array([f"plain {i}" for i in range(rows)]),
    ], schema=pa.schema([
        pa.field("i", pa.int64()), pa.field("text", pa.string()), pa.field("x", pa.float64(), nullable=False),
        pa.field("b", pa.bool_()), pa.field("at", pa.timestamp("us", "UTC")), pa.field("day", pa.date32()),
        pa.field("money", pa.decimal128(7, 2)), pa.field("plain", pa.string(), nullable=False)]))


def local_table(rows):
    """Types that old readers have no name for: only the logical type tells them."""
    return pa.table({
        "local": pa.array([DAY + datetime.timedelta(hours=i) for i in range(rows)], pa.timestamp("us")),
        "nanos": pa.array([i * 10**15 + 1 for i in range(rows)], pa.timestamp("ns", "UTC")),
        "half": pa.array([i / 2 for i in range(rows)], pa.float16()),
        "id": pa.array([bytes([i] * 16) for i in range(rows)], pa.uuid()),
        "small": pa.array([i - 2 for i in range(rows)], pa.int8()),
    })


def write(name, rows, **how):
    pq.write_table(rows, HERE / name, row_group_size=9, write_page_checksum=True, compression="snappy",
                   use_dictionary=["text", "i"], write_statistics=["i"], **how)


write("types.parquet", table(14))
write("types_v2.parquet", table(14), data_page_version="2.0")
write("types_alone.parquet", table(14), store_schema=False)
write("logical.parquet", local_table(14))
write("logical_alone.parquet", local_table(14), store_schema=False)
