#pragma once
// Which rows of a row group are kept.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/filter/row_test.hpp"
#include "engine/filter/window.hpp"

namespace longwatch {

/// All that decides whether a row is kept.
struct RowFilter {
  std::vector<ColumnTest> tests;
  std::optional<UtcWindow> window;
  std::string timestamp;  ///< the window's column
  TimeZone zone;          ///< of times without one
};

/// The kept rows of one row group as bits, and what became of the others.
struct GroupMask {
  std::vector<std::uint64_t> bits;  ///< empty where all rows or none are kept
  std::int64_t rows = 0;
  std::int64_t kept = 0;
  std::int64_t filtered = 0;           ///< a test failed
  std::int64_t outside = 0;            ///< passed all tests, but not within the window
  std::int64_t without_timestamp = 0;  ///< of these: no usable timestamp
  std::int64_t first = INT64_MAX;      ///< instants of the rows that passed all tests; with a window only
  std::int64_t last = INT64_MIN;

  /// The smallest number of rows from `row` on (at most `most`) that hold `wanted` kept ones, or `most` where they hold
  /// fewer. O(rows / 64).
  [[nodiscard]] std::int64_t span_of(std::int64_t row, std::int64_t wanted, std::int64_t most) const;
  [[nodiscard]] bool keeps(std::int64_t row) const {
    return ((bits[static_cast<std::size_t>(row >> 6)] >> (row & 63)) & 1) != 0;
  }
};

/// Reads the columns of the filter over one row group, once each, in slabs. O(rows x tests) time, a bit a row of
/// memory beyond the slabs.
Result<GroupMask> mask_group(const Source& source, const RowGroup& group, const RowFilter& filter);

}  // namespace longwatch
