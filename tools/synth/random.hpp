#pragma once
// Counter-based randomness: the number at (key, row) needs no state and is the same on every machine.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/base/hash.hpp"

namespace longwatch::synth {

/// Splitmix64 (Steele, Lea, Flood 2014) read at any position.
constexpr std::uint64_t random_bits(std::uint64_t key, std::int64_t row) {
  std::uint64_t x = key + static_cast<std::uint64_t>(row) * 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Uniform in [0, 1), a multiple of 2^-53.
constexpr double uniform(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// A key of its own for each (key, purpose, number).
inline std::uint64_t subkey(std::uint64_t key, std::string_view purpose, std::int64_t number = 0) {
  return mix64(hash_text(purpose, key) ^ (static_cast<std::uint64_t>(number) * 0xd1342543de82ef95ULL));
}

/// The standard normal distribution and its exponential by tables of quantiles, linearly interpolated; entries are
/// rounded so that machines whose libm differs in the last bit agree. Values lie within +-4.2.
class Quantiles {
 public:
  static const Quantiles& tables();
  [[nodiscard]] double normal(std::uint64_t bits) const { return at(normal_, bits); }
  [[nodiscard]] double lognormal(std::uint64_t bits) const { return at(lognormal_, bits); }

 private:
  static constexpr int kBits = 12;
  using Table = std::array<double, (std::size_t{1} << kBits) + 1>;
  Quantiles();
  static double at(const Table& table, std::uint64_t bits) {
    const std::size_t cell = bits >> (64 - kBits);
    const double part = static_cast<double>((bits << kBits) >> 11) * 0x1p-53;
    return table[cell] + part * (table[cell + 1] - table[cell]);
  }
  Table normal_;
  Table lognormal_;
};

}  // namespace longwatch::synth
