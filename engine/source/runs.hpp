#pragma once
// Runs of Parquet's RLE and bit-packed hybrid, passed without decoding the values.

#include <cstddef>
#include <cstdint>
#include <span>

namespace longwatch::reading {

using Bytes = std::span<const std::uint8_t>;

/// What the runs that hold `values` values of some width take.
struct RunsTotal {
  std::size_t bytes = 0;
  std::int64_t ones = 0;  ///< how many values are 1; only of width 1
};

/// Passes runs until `values` values are there. Throws Corrupt where the bytes end before, or a run is empty.
/// O(runs), and O(bytes) for width 1.
RunsTotal pass_runs(Bytes bytes, int bit_width, std::int64_t values);

}  // namespace longwatch::reading
