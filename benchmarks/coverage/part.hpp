#pragma once
// A part of the coverage program: one promise, measured by replications.

#include <cstdint>
#include <string>

namespace longwatch::coverage {

struct Options {
  std::int64_t replications = 5000;
  std::string only;  ///< only rows of the table whose name contains this
  int threads = 0;   ///< 0: all of the machine
  std::uint64_t seed = 1;
};

/// Coverage of ci_* and pi_* of the performance metrics of binary classifiers.
int performance(const Options& options);
/// The same of classifiers of several classes.
int classes(const Options& options);
/// How often chunks without drift are outside under a threshold `null`. `replications`: chunks judged for every cell.
int false_alarms(const Options& options);
/// How many chunks pass until a shift is outside, beside an oracle that knows the null.
int delay(const Options& options);
/// Planted drifts among many tests of nothing: found, and at what false discovery rate.
int fdr(const Options& options);

/// Coverage of the intervals of distances, means, deviations and quantiles of columns, and p-values without drift.
int distances(const Options& options);

}  // namespace longwatch::coverage
