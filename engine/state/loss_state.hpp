#pragma once
// The state of a regressor's estimated losses in one cell: what boosted trees expect its rows to lose, summed exactly.

#include <array>
#include <cstdint>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"
#include "engine/state/exact_sum.hpp"

namespace longwatch {

/// The loss of a row with label y and prediction p.
enum class Loss : std::uint8_t {
  absolute,     ///< |p - y|
  squared,      ///< (p - y)^2
  percentage,   ///< |p - y| / |y|; none where y is 0
  squared_log,  ///< (log(1 + p) - log(1 + y))^2; none where p or y is below 0
  signed_error  ///< p - y
};
inline constexpr std::size_t kLosses = 5;

/// Sums over rows of one estimated loss. The rows that are summed are those of the state.
struct LossSums {
  ExactSum sum;
  ExactSum squares;  ///< of x * x, rounded once
  void add(double estimate) {
    sum.add(estimate);
    squares.add(estimate * estimate);
  }
  void merge(const LossSums& other) {
    sum.merge(other.sum);
    squares.merge(other.squares);
  }
  bool operator==(const LossSums&) const = default;
};

/// rows == estimated + unestimated. A loss that has no estimate has empty sums.
struct LossState {
  std::int64_t estimated = 0;
  std::int64_t unestimated = 0;  ///< the prediction is missing or infinite
  std::int64_t negative = 0;     ///< of `estimated`: the prediction is below 0, so that log(1 + p) is no loss
  std::array<LossSums, kLosses> losses;

  void merge(const LossState& other);
  bool operator==(const LossState&) const = default;
  void serialize(ByteWriter& out) const;
  /// Fails on counts out of range, and on sums of no rows.
  static Result<LossState> deserialize(ByteReader& in);
};

}  // namespace longwatch
