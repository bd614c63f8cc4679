#pragma once
// An exact, order-free sum of doubles, for the few values that the fixed-point paths do not hold.

#include <array>
#include <cstdint>
#include <memory>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"

namespace longwatch {

/// The most rows or terms one state may hold; readers refuse more.
inline constexpr std::int64_t kMaxStateRows = std::int64_t{1} << 42;

/// Sums finite doubles exactly: 64 slots, each a 128-bit integer for 32 exponents. Holds 2^42 terms. Infinite and NaN
/// terms are counted apart. The slots of a multiset of terms do not depend on the order or grouping in which they came.
/// Memory: 32 bytes while empty of finite terms, 1 KiB more after.
class ExactSum {
 public:
  ExactSum() = default;
  ExactSum(const ExactSum& other);
  ExactSum& operator=(const ExactSum& other);
  ExactSum(ExactSum&&) noexcept = default;
  ExactSum& operator=(ExactSum&&) noexcept = default;

  void add(double term);
  void merge(const ExactSum& other);
  /// The sum of all terms, correctly rounded to double (+-inf beyond its range); +-inf or NaN where such terms were
  /// added (inf and -inf together are NaN). About 100 ns.
  [[nodiscard]] double value() const;
  /// True where the sum equals that of no terms: none but zeros, or finite terms that cancel.
  [[nodiscard]] bool empty() const;
  /// How many infinite and NaN terms were added.
  [[nodiscard]] std::int64_t special_terms() const { return positive_inf_ + negative_inf_ + nan_; }
  bool operator==(const ExactSum& other) const;

  void serialize(ByteWriter& out) const;
  static Result<ExactSum> deserialize(ByteReader& in);

 private:
  using Slots = std::array<int128, 64>;
  [[nodiscard]] bool all_slots_zero() const;
  std::unique_ptr<Slots> slots_;
  std::int64_t positive_inf_ = 0;
  std::int64_t negative_inf_ = 0;
  std::int64_t nan_ = 0;
};

}  // namespace longwatch
