#pragma once
// Private to the metrics: the slopes of functions that only their values are known of.

#include <cstddef>

namespace longwatch::metrics {

/// d f / d values[at] by central differences of `step` > 0; NaN where f is NaN on either side. `Values`: an array or
/// vector of numbers, copied. Error O(step^2).
template <class Values, class F>
double slope_at(const Values& values, std::size_t at, double step, const F& f) {
  Values up = values, down = values;
  up[at] += step;
  down[at] -= step;
  return (f(up) - f(down)) / (2 * step);
}

}  // namespace longwatch::metrics
