#pragma once
// Private to the metrics: any function of the totals of a regressor's errors.

#include <array>
#include <functional>

#include <string_view>

#include "engine/metrics/guards.hpp"
#include "engine/state/loss_state.hpp"

namespace longwatch::metrics {

/// Totals that are sums of losses; an estimate of one needs that loss.
struct LossTotal {
  std::string_view name;
  Loss loss;
};
/// In the order of total_names(Task::regression), after rows and labels.
inline constexpr LossTotal kLossTotals[] = {
    {"sum_error", Loss::signed_error}, {"sum_abs_error", Loss::absolute}, {"sum_squared_error", Loss::squared}};

/// In the order of total_names(Task::regression): rows, labels, and the sums of the error, of its size and of its
/// square.
using ResidualTotals = std::array<double, 5>;

struct ResidualFunction {
  std::function<Result<double>(const ResidualTotals&)> value;
  std::array<bool, 5> reads{};  ///< which totals the value depends on
};

/// The function of a cell, or why there is none: its error is why the value is undefined.
/// Realized: of the rows with a prediction and a label; 95 % interval by the delta method on means, variances and
/// covariances of the terms ("delta": Student's t, moved by the skewness where one sum alone is read, as Johnson 1978).
/// The covariance of an error and its size is that of the histogram of errors, within some percent.
/// Estimated: sums are rows times the estimated mean losses, labels are all rows (they are still to come). How the
/// errors of two losses go together is not kept: of several, half widths are added up, so such an interval is at most
/// too wide. O(1), realized O(bins of errors).
MetricValue residual_value(const MetricInput& input, Family family, const ResidualFunction& h);

}  // namespace longwatch::metrics
