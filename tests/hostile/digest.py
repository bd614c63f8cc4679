"""The digest of a column, computed from what pyarrow reads: the sum of the hashes of the values' category texts."""
import struct

MASK = (1 << 64) - 1


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


def category_text(value):
    """Of integers, booleans and text; other types need rules of their own."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return str(value).encode() if isinstance(value, int) else value.encode()


def digest(column):
    """16 hex digits of a pyarrow column."""
    return f"{sum(hash_text(category_text(value)) for value in column.to_pylist() if value is not None) & MASK:016x}"
