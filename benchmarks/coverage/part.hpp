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

}  // namespace longwatch::coverage
