#pragma once
// Adds up the rows that share a class, a score and a label.

#include <cstdint>
#include <vector>

#include "cuda/sort.hpp"

namespace longwatch::cuda {

/// A row's calibrated score, a row::probability_term, and whether the row is predicted as the class.
LW_DEVICE std::uint64_t run_value(std::int64_t term, bool predicted) {
  return static_cast<std::uint64_t>(term) << 1 | (predicted ? 1 : 0);
}

/// Runs of all segments.
struct ClassRuns {
  std::vector<ClassRun> runs;
  std::vector<std::int64_t> first;  ///< by segment: its first run; and the number of runs
  [[nodiscard]] const ClassRun* of(std::size_t segment) const { return runs.data() + first[segment]; }
  [[nodiscard]] std::int64_t count(std::size_t segment) const { return first[segment + 1] - first[segment]; }
};

/// Sorts the segments of `keys` and `values` (run_value), of which there is room for `places`, and adds up the rows of
/// equal keys. Waits.
ClassRuns find_class_runs(Run& run, const std::uint64_t* keys, const std::uint64_t* values, std::int64_t places,
                          const Segments& segments);

}  // namespace longwatch::cuda
