#pragma once
// Order-free identity of values: one 64-bit hash per value, the same on every machine and backend.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace longwatch {

/// The 64-bit finalizer of MurmurHash3 (Appleby, public domain): a bijection, so distinct inputs stay distinct.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

/// Hash of a number. -0 equals 0, every NaN equals every other.
constexpr std::uint64_t hash_number(double value) {
  if (value == 0) value = 0;
  if (value != value) return mix64(0x7ff8000000000000ULL ^ 0x9e3779b97f4a7c15ULL);
  return mix64(std::bit_cast<std::uint64_t>(value) ^ 0x9e3779b97f4a7c15ULL);
}

/// Hash of a text, 8 bytes a step. Little-endian reads only (all supported platforms).
inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) {
  std::uint64_t h = mix64(seed ^ (text.size() * 0x9e3779b97f4a7c15ULL) ^ 0x243f6a8885a308d3ULL);
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    h = mix64(h ^ word) * 0x9e3779b97f4a7c15ULL;
  }
  std::uint64_t tail = 0;
  if (at < text.size()) std::memcpy(&tail, text.data() + at, text.size() - at);
  return mix64(h ^ tail);
}

}  // namespace longwatch
