#pragma once
// Additions and maxima that threads may do at the same time. All are of integers, so their order does not matter.

#include <cstdint>
#include <utility>

#include "cuda/abi.hpp"
#include "cuda/launch.hpp"
#include "engine/state/exact_row.hpp"

namespace longwatch::cuda {

/// Returns what was there before.
LW_DEVICE std::uint32_t atomic_add(std::uint32_t* at, std::uint32_t value) {
#if defined(__CUDACC__)
  return atomicAdd(at, value);
#else
  return std::exchange(*at, *at + value);
#endif
}

LW_DEVICE void atomic_add(std::uint64_t* at, std::uint64_t value) {
#if defined(__CUDACC__)
  atomicAdd(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(value));
#else
  *at += value;
#endif
}

LW_DEVICE void atomic_add(std::int64_t* at, std::int64_t value) {
  atomic_add(reinterpret_cast<std::uint64_t*>(at), static_cast<std::uint64_t>(value));
}

/// Moves the end of what is taken by `count`, and returns where it was.
LW_DEVICE std::uint64_t take_room(std::int64_t* end, std::uint32_t count) {
#if defined(__CUDACC__)
  return atomicAdd(reinterpret_cast<unsigned long long*>(end), static_cast<unsigned long long>(count));
#else
  return static_cast<std::uint64_t>(std::exchange(*end, *end + count));
#endif
}

LW_DEVICE void atomic_max(std::uint32_t* at, std::uint32_t value) {
#if defined(__CUDACC__)
  atomicMax(at, value);
#else
  *at = *at < value ? value : *at;
#endif
}

LW_DEVICE void atomic_max(std::uint64_t* at, std::uint64_t value) {
#if defined(__CUDACC__)
  atomicMax(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(value));
#else
  *at = *at < value ? value : *at;
#endif
}

/// Adds to a 64-bit number in two halves: shared memory has native additions of 32 bits only.
LW_DEVICE void atomic_add(std::uint32_t* low, std::uint32_t* high, std::uint64_t value) {
  const auto part = static_cast<std::uint32_t>(value);
  const std::uint32_t before = atomic_add(low, part);
  const std::uint32_t carry = before + part < before ? 1 : 0;
  const std::uint32_t rest = static_cast<std::uint32_t>(value >> 32) + carry;
  if (rest != 0) (void)atomic_add(high, rest);
}

/// Adds to a 128-bit number in four words. Carries are added like anything else, so that the sum is right once all
/// threads are done.
LW_DEVICE void atomic_add(std::uint32_t (&words)[4], uint128 value) {
  std::uint64_t carry = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t wanted = static_cast<std::uint32_t>(value >> (32 * i)) + carry;  // at most 2^32
    const auto part = static_cast<std::uint32_t>(wanted);
    carry = wanted >> 32;
    if (part == 0) continue;
    const std::uint32_t before = atomic_add(&words[i], part);
    carry += before + part < before ? 1 : 0;
  }
}

/// Adds a term to an exact sum, as ExactSum::add does.
LW_DEVICE void exact_add(ExactSlots& sum, double term) {
  if (term == 0) return;
  const row::ExactTerm part = row::exact_term(term);
  if (part.slot < 0) {
    atomic_add(&sum.specials[-1 - part.slot], std::int64_t{1});
  } else {
    atomic_add(sum.words[part.slot], part.units);
  }
}

}  // namespace longwatch::cuda
