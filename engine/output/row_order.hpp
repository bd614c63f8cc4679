#pragma once
// The one order in which result rows are written.

#include <cstdint>
#include <vector>

#include "engine/output/result_table.hpp"

namespace longwatch {

/// Indices of `chosen` rows (indices into `rows`) in the order encode_results describes. Rows that tie are equal in all
/// that is written. O(n log n) on the threads of the calling task arena; about 60 bytes a chosen row.
std::vector<std::uint32_t> sorted_rows(const std::vector<ResultRow>& rows, const std::vector<std::uint32_t>& chosen);

}  // namespace longwatch
