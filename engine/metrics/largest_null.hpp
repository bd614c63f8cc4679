#pragma once
// Private to the metrics: the largest difference of a share that chance alone makes.

#include <vector>

#include "engine/metrics/null_cells.hpp"
#include "engine/metrics/path_interval.hpp"

namespace longwatch::metrics {

/// The distribution of max |q - p| over bins for a chunk of n rows without drift: bins count as independent, but for
/// the two largest, whose counts are tied where they hold nearly all rows. Counts are beta-binomial where few rows are
/// expected, else normal.
class LargestNull {
 public:
  LargestNull(const NullCells& cells, double n);
  [[nodiscard]] double tail(double value) const;  ///< the chance of at least `value`; precise down to 1e-300
  [[nodiscard]] NullSpread spread() const { return spread_; }
  [[nodiscard]] PathMoments moments() const { return moments_; }

 private:
  struct Group {
    double cells = 0;  ///< how many bins, the second largest one as far as it is on its own
    double error = 0;
    std::vector<double> differences;  ///< enumerated: |x / n - p|, falling,
    std::vector<double> reached;      ///< and the chance of at least that much
    [[nodiscard]] double tail(double value) const;
  };
  void integrate();
  std::vector<Group> groups_;
  NullSpread spread_;
  PathMoments moments_;
};

}  // namespace longwatch::metrics
