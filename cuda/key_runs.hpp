#pragma once
// Sorts the keys of segments and numbers the runs of equal keys: scores and classes are counted by runs.

#include <cstdint>
#include <vector>

#include "cuda/pieces.hpp"
#include "cuda/sort.hpp"

namespace longwatch::cuda {

/// Sorted segments on the device. What lies between segments is unset.
struct KeyRuns {
  const std::int64_t* begins;   ///< of the segments
  Pieces pieces;                ///< of the segments
  const std::uint64_t* keys;    ///< increasing within a segment
  const std::uint64_t* values;  ///< in the order of their keys; null where there are none
  std::uint32_t* numbers;       ///< by key: of its run, from 1 on through all segments
};

/// Whether a run begins with key `at` of the segment whose keys begin at `first`.
LW_DEVICE bool begins_run(const KeyRuns& runs, std::int64_t first, std::int64_t at) {
  return at == first || runs.keys[at] != runs.keys[at - 1];
}

/// What find_key_runs found.
struct FoundRuns {
  KeyRuns runs;
  std::vector<std::int64_t> first;  ///< by segment: its first run, from 0 on; and the number of runs
};

/// Sorts `keys`, and `values` unless null, of which there is room for `places`. Waits.
FoundRuns find_key_runs(Run& run, const std::uint64_t* keys, const std::uint64_t* values, std::int64_t places,
                        const Segments& segments);

}  // namespace longwatch::cuda
