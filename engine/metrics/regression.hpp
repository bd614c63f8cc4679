#pragma once
// Private to the regression metrics: means of row terms of a cell's residuals, with their uncertainty.

#include "engine/metrics/guards.hpp"
#include "engine/state/residual_state.hpp"

namespace longwatch::metrics {

/// Mean of a term over the labelled rows, its variance (n - 1) and its third central moment (n); n may be 0.
struct RowMean {
  double n = 0;
  double mean = kNaN;
  double variance = kNaN;
  double third = kNaN;
};

/// The terms whose sums are those of a quantity, its square and its cube.
struct TermPowers {
  row::ResidualTerm first, second, third;
};
inline constexpr TermPowers kErrorPowers{row::kError, row::kError2, row::kError3};
inline constexpr TermPowers kAbsolutePowers{row::kAbsolute, row::kError2, row::kAbsolute3};
inline constexpr TermPowers kSquaredPowers{row::kError2, row::kError4, row::kError6};
inline constexpr TermPowers kRelativePowers{row::kRelative, row::kRelative2, row::kRelative3};
inline constexpr TermPowers kLogPowers{row::kLog, row::kLog2, row::kLog3};

RowMean row_mean(const ResidualState& state, const TermPowers& powers);

/// Why a term has no mean over all labelled rows, or empty: a label of 0 has no relative error, a negative value no
/// logarithm.
std::string undefined_term(const ResidualState& state, const TermPowers& powers);

/// The realized mean of a term, or, with `root`, its square root: 95 % interval by Johnson's t (1978, eq. 2.6; "J. Am.
/// Stat. Assoc. 73"), which allows for skewness; what chance does to it by the reference's own variance.
MetricValue realized_mean(const MetricInput& input, const TermPowers& powers, bool root);

/// As a Metric wants it.
template <const TermPowers& powers, bool root>
MetricValue realized(const MetricInput& input) {
  return realized_mean(input, powers, root);
}

/// Rows with a known label over all rows; NaN without rows.
double labels_rate(const ResidualState& state);

}  // namespace longwatch::metrics
