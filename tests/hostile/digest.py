"""The digest of a column, computed from what pyarrow reads: the sum of the hashes of the values' category texts.

The rules of a category text are those of engine/source/column.hpp, written a second time and in another way.
"""
import decimal
import struct

import numpy as np
import pyarrow as pa

MASK = (1 << 64) - 1
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
DAY = 86400


def mix64(x):
    x ^= x >> 33
    x = x * 0xFF51AFD7ED558CCD & MASK
    x ^= x >> 33
    x = x * 0xC4CEB9FE1A85EC53 & MASK
    return x ^ (x >> 33)


def hash_text(text):
    h = mix64((len(text) * 0x9E3779B97F4A7C15 & MASK) ^ 0x243F6A8885A308D3)
    whole = len(text) // 8 * 8
    for at in range(0, whole, 8):
        h = mix64(h ^ struct.unpack_from("<Q", text, at)[0]) * 0x9E3779B97F4A7C15 & MASK
    return mix64(h ^ int.from_bytes(text[whole:], "little"))


def float_text(value):
    """Of a numpy float: whole numbers below 2^53 in digits, else the shorter of fixed and scientific; fixed where equal."""
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    if abs(value) < 2**53 and value == np.trunc(value):
        return str(int(value))
    shortest = decimal.Decimal(np.format_float_scientific(value, unique=True))
    sign, digits, _ = shortest.normalize().as_tuple()
    exponent = shortest.adjusted()
    text = "".join(map(str, digits))
    scientific = text[0] + ("." + text[1:] if len(text) > 1 else "") + f"e{exponent:+03d}"
    fixed = str(abs(int(value))) if value == np.trunc(value) else format(abs(shortest.normalize()), "f")
    return "-" * sign + (fixed if len(fixed) <= len(scientific) else scientific)


def decimal_text(value):
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0", "-") else text


def date_text(days):
    """From the proleptic Gregorian calendar, a cycle of 400 years at a time (numpy knows any year)."""
    text = str(np.datetime64(int(days), "D"))
    year, month, day = text.rsplit("-", 2)
    number = int(year)
    return f"{number:04d}-{month}-{day}" if 1 <= number <= 9999 else f"{number:+05d}-{month}-{day}"


def clock_text(units, per_second):
    seconds, rest = divmod(units, per_second)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    nanos = rest * (10**9 // per_second)
    return text + ("" if nanos == 0 else f".{nanos // 1000:06d}" if nanos % 1000 == 0 else f".{nanos:09d}")


def timestamp_text(units, per_second, zoned):
    days, rest = divmod(units, DAY * per_second)
    return date_text(days) + "T" + clock_text(rest, per_second) + ("Z" if zoned else "")


def uuid_text(value):
    text = value.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def values_of(column):
    """The values that are not null, as Python or numpy values: times as whole numbers of their unit."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    column = column.drop_null()
    if pa.types.is_temporal(column.type):
        return column.view(pa.int32() if column.type.bit_width == 32 else pa.int64()).to_pylist()
    if pa.types.is_floating(column.type):
        values = column.to_numpy(zero_copy_only=False)
        return values.astype(np.float32) if pa.types.is_float16(column.type) else values
    return column.to_pylist()


def text_maker(kind, logical=""):
    """A function from a value of this Arrow type to its category text. `logical` is the Parquet logical type, if any."""
    if isinstance(kind, pa.BaseExtensionType):
        return text_maker(kind.storage_type, "UUID" if kind.extension_name == "arrow.uuid" else logical)
    if pa.types.is_dictionary(kind):
        return text_maker(kind.value_type, logical)
    if pa.types.is_boolean(kind):
        return lambda value: "true" if value else "false"
    if pa.types.is_integer(kind):
        return str
    if pa.types.is_floating(kind):
        return float_text
    if pa.types.is_decimal(kind):
        return decimal_text
    if pa.types.is_date32(kind):
        return date_text
    if pa.types.is_timestamp(kind):
        return lambda value: timestamp_text(value, PER_SECOND[kind.unit], kind.tz is not None)
    if pa.types.is_time(kind):
        return lambda value: clock_text(value, PER_SECOND[kind.unit])
    if logical == "UUID":
        return uuid_text
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return (lambda value: value) if logical in ("ENUM", "JSON", "STRING") else bytes.hex
    return str


def digest(column, logical=""):
    """16 hex digits of a pyarrow column. `logical` tells byte arrays apart that Arrow does not: ENUM, JSON, UUID."""
    make = text_maker(column.type, logical)
    total = 0
    for value in values_of(column):
        text = make(value)
        total += hash_text(text if isinstance(text, bytes) else text.encode())
    return f"{total & MASK:016x}"
