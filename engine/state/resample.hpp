#pragma once
// Random numbers of the bootstrap: a counter, not a stream, so that every number depends on its place alone. Compiled by
// g++ and by nvcc; IEEE operations (add, multiply, divide, square root, compare) and integers only, no libm: every
// backend and any number of threads gives the same bits.

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "engine/state/row.hpp"

namespace longwatch::resample {

/// SplitMix64's mixing (Steele, Lea and Flood 2014).
LW_ROW std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}
inline constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ULL;
/// The key of a part of what `key` stands for: of a model's segment, its chunk, its replicate.
LW_ROW std::uint64_t key_of(std::uint64_t key, std::uint64_t part) { return mix(mix(key + kStep) + (part + 1) * kStep); }
/// 64 random bits of one place.
LW_ROW std::uint64_t bits_at(std::uint64_t key, std::uint64_t place) { return mix(key + (place + 1) * kStep); }
/// The middle of one of 2^52 equal parts of (0, 1): never 0 nor 1.
LW_ROW double uniform(std::uint64_t bits) { return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52; }

/// Natural logarithm of a normal number x in (0, 1), relative error below 1e-14: 2 atanh((m - 1) / (m + 1)) by its
/// series, m in [sqrt(1/2), sqrt(2)).
LW_ROW double log_of(double x) {
  std::uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  std::int64_t exponent = static_cast<std::int64_t>(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL;
  double m;
  std::memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  const double s = (m - 1) / (m + 1);
  const double q = s * s;
  double sum = 1.0 / 21;
  for (int k = 19; k >= 1; k -= 2) sum = sum * q + 1.0 / k;
  return static_cast<double>(exponent) * 0.6931471805599453 + 2 * s * sum;
}

/// The normal quantile of 1/2 + q, |q| < kCentre, error below 2e-6 (Wichura 1988, AS 241, PPND7).
inline constexpr double kCentre = 0.425;
LW_ROW double normal_centre(double q) {
  const double r = 0.180625 - q * q;
  return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179) /
         (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
}
/// The same of p in (0, 1) further out.
LW_ROW double normal_tail(double p) {
  const double q = p - 0.5;
  double r = std::sqrt(-log_of(q < 0 ? p : 1 - p));
  double z;
  if (r <= 5) {
    r -= 1.6;
    z = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
        ((0.12021132975 * r + 0.73700164250) * r + 1);
  } else {
    r -= 5;
    z = (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150) /
        ((0.012258202635 * r + 0.24197894225) * r + 1);
  }
  return q < 0 ? -z : z;
}
/// Of any p in (0, 1).
LW_ROW double normal(double p) {
  const double q = p - 0.5;
  return q > -kCentre && q < kCentre ? normal_centre(q) : normal_tail(p);
}

/// Counts up to this take their Poisson number by inversion.
inline constexpr int kInverted = 8;
inline constexpr int kMostInverted = 40;  ///< P(Poisson(8) > 40) < 2^-52

/// By mean, then by k: P(Poisson(mean) <= k) on 2^52.
struct PoissonTable {
  std::uint64_t at_most[kInverted + 1][kMostInverted + 1] = {};
};
constexpr PoissonTable poisson_table() {
  PoissonTable out;
  double none = 1;
  for (int mean = 0; mean <= kInverted; ++mean) {
    double p = none, sum = 0;
    for (int k = 0; k <= kMostInverted; ++k) {
      sum += p;
      out.at_most[mean][k] = k == kMostInverted || sum >= 1 ? std::uint64_t{1} << 52
                                                            : static_cast<std::uint64_t>(sum * 0x1p52);
      p *= static_cast<double>(mean) / (k + 1);
    }
    none *= 0.36787944117144233;
  }
  return out;
}
inline constexpr PoissonTable kPoisson = poisson_table();

/// A Poisson number of whole mean `count` in [0, kInverted] by inversion, exact to 2^-50.
LW_ROW double poisson_inverted(double count, std::uint64_t bits, const PoissonTable& table) {
  const std::uint64_t* at_most = table.at_most[static_cast<int>(count)];
  const std::uint64_t u = bits >> 12;
  int k = 0;
  while (u >= at_most[k]) ++k;
  return k;
}
/// The same of a larger mean from a normal number z, `root` = sqrt(count): by Cornish and Fisher's expansion with the
/// lattice's variance taken out, rounded. Mean, variance and skewness are right to 1e-3 of themselves.
LW_ROW double poisson_expanded(double count, double root, double z) {
  const double x = count + root * z + (z * z - 1) * (1.0 / 6) - z * (z * z + 2) / (72 * root);
  return x <= 0 ? 0 : row::round_small(x);
}
/// A Poisson number of mean `count` >= 0, whole.
LW_ROW double poisson(double count, std::uint64_t bits, const PoissonTable& table) {
  if (count <= kInverted) return poisson_inverted(count, bits, table);
  return poisson_expanded(count, std::sqrt(count), normal(uniform(bits)));
}

/// A binomial number: positives among `count` rows of probability `chance`. By inversion where the rarer outcome has a
/// mean up to 10, exact to 2^-50; beyond as the Poisson number.
LW_ROW double binomial(double count, double chance, std::uint64_t bits) {
  const bool rare = chance <= 0.5;
  const double q = rare ? chance : 1 - chance;
  if (!(q > 0)) return rare ? 0 : count;
  double out = 0;
  if (count * q <= 10) {
    double none = 1, base = 1 - q;
    for (std::uint64_t left = static_cast<std::uint64_t>(count); left > 0; left >>= 1) {
      if ((left & 1) != 0) none *= base;
      base *= base;
    }
    const double u = uniform(bits), odds = q / (1 - q);
    double p = none, sum = none;
    while (u >= sum && out < count) {
      p *= (count - out) / (out + 1) * odds;
      out += 1;
      sum += p;
    }
  } else {
    const double z = normal(uniform(bits));
    const double x = count * q + std::sqrt(count * q * (1 - q)) * z + (1 - 2 * q) * (z * z - 1) * (1.0 / 6);
    out = x <= 0 ? 0 : x >= count ? count : row::round_small(x);
  }
  return rare ? out : count - out;
}

}  // namespace longwatch::resample
