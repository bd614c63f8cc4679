// Learns a continuous column: edges, where and how wide it is, and how the PCA standardises it.
#include <algorithm>
#include <cmath>

#include "engine/profile/fit_columns.hpp"
#include "engine/profile/fit_rules.hpp"
#include "engine/profile/order.hpp"
#include "engine/profile/spread.hpp"

namespace longwatch {
namespace {

MomentsPlan moments_plan(std::span<const double> sorted, const Spread& spread) {
  const auto at = [&](std::int64_t part, std::int64_t parts) {
    return static_cast<long double>(sorted[quantile_rank(part, parts, sorted.size())]);
  };
  const long double centre = at(1, 2);
  const long double range = static_cast<long double>(sorted.back()) - sorted.front();
  // The first width that is not 0: most columns have the first, zero-inflated ones the second, constants the last two.
  for (const long double width :
       {std::max(at(15, 16) - centre, centre - at(1, 16)), spread.deviation, range, std::abs(centre)}) {
    if (width > 0) return {static_cast<double>(centre), inverse_power(width)};
  }
  return {static_cast<double>(centre), 1};
}

}  // namespace

void fit_numbers(std::vector<double>& values, std::int64_t missing, std::int64_t quantiles, ColumnProfile& profile) {
  if (values.empty()) {
    profile.usable = "undefined: no finite value in the reference";
    return;
  }
  sort_values(values);
  const Spread spread = spread_of(values);
  profile.doane_edges = doane_edges(values, spread, profile.column.integer);
  profile.quantile_edges = decile_edges(values);
  profile.partition = fit_partition(values, profile.doane_edges, quantiles);
  profile.moments = moments_plan(values, spread);
  profile.mean = static_cast<double>(spread.mean);
  profile.imputed = profile.mean;
  // Missing rows are imputed by the mean: they count, and deviate by nothing.
  const std::int64_t rows = static_cast<std::int64_t>(values.size()) + missing;
  profile.deviation = scaler_deviation(spread.mean, spread.squares / static_cast<long double>(rows), rows);
}

}  // namespace longwatch
