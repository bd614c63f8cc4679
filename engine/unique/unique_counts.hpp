#pragma once
// How often the values of a column repeat, exactly.

#include <cstdint>
#include <string>
#include <vector>

namespace longwatch {

/// The rows of one chunk: rows = missing + first + repeated. A value's first row counts as `first` in the earliest
/// chunk that holds it; its other rows, there and later, are `repeated`.
struct UniqueCounts {
  std::int64_t rows = 0;
  std::int64_t missing = 0;
  std::int64_t first = 0;
  std::int64_t repeated = 0;
  bool operator==(const UniqueCounts&) const = default;
};

/// One column of one period. The sums over `slots` are of the whole period; there `first` is the number of distinct
/// values.
struct UniqueColumn {
  std::string column;
  std::string status;               ///< empty, or why there are no counts: "undefined: ..."
  std::vector<UniqueCounts> slots;  ///< by chunk, then the rows of no chunk, which come after all chunks
  [[nodiscard]] UniqueCounts total() const {
    UniqueCounts out;
    for (const UniqueCounts& slot : slots) {
      out.rows += slot.rows;
      out.missing += slot.missing;
      out.first += slot.first;
      out.repeated += slot.repeated;
    }
    return out;
  }
};

}  // namespace longwatch
