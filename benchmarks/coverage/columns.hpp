#pragma once
// Columns of known distribution, and cells drawn from them.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/coverage/random.hpp"
#include "engine/metrics/metric.hpp"

namespace longwatch::coverage {

/// A reference and a chunk, and the populations that they were drawn from.
class Cells {
 public:
  virtual ~Cells() = default;
  [[nodiscard]] virtual MetricInput input() const = 0;
  [[nodiscard]] virtual bool wanted(const Metric& metric) const = 0;
  /// The metric of the populations, on the bins of this reference; NaN where it is not known.
  [[nodiscard]] virtual double truth(const Metric& metric) = 0;
};

struct Column {
  std::string name;
  /// `drift`: about in standard deviations of the column; 0 for none.
  std::function<std::unique_ptr<Cells>(Random&, std::int64_t rows, std::int64_t n, double drift)> draw;
};

/// Normal, lognormal, 60 % zeros, 5 and 50 categories.
std::vector<Column> columns();

}  // namespace longwatch::coverage
