#pragma once
// A strong 128-bit hash of a text, for telling values apart without keeping them.

#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace longwatch {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Hash128&) const = default;
};

/// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012) under the key
/// 00 01 ... 0f. Two of n distinct texts share a hash with probability below n^2 / 2^129: 1.5e-21 for a billion.
/// O(size).
inline Hash128 sip_hash128(std::string_view text) {
  constexpr std::uint64_t k0 = 0x0706050403020100ULL;
  constexpr std::uint64_t k1 = 0x0f0e0d0c0b0a0908ULL;
  std::uint64_t v0 = k0 ^ 0x736f6d6570736575ULL;
  std::uint64_t v1 = k1 ^ 0x646f72616e646f6dULL ^ 0xeeU;
  std::uint64_t v2 = k0 ^ 0x6c7967656e657261ULL;
  std::uint64_t v3 = k1 ^ 0x7465646279746573ULL;
  const auto rounds = [&](int n) {
    for (; n > 0; --n) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  };
  const auto absorb = [&](std::uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    absorb(word);
  }
  std::uint64_t last = 0;
  if (at < text.size()) std::memcpy(&last, text.data() + at, text.size() - at);
  absorb(last | static_cast<std::uint64_t>(text.size() & 0xff) << 56U);
  Hash128 out;
  v2 ^= 0xee;
  rounds(4);
  out.high = v0 ^ v1 ^ v2 ^ v3;
  v1 ^= 0xdd;
  rounds(4);
  out.low = v0 ^ v1 ^ v2 ^ v3;
  return out;
}

}  // namespace longwatch
