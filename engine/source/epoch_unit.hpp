#pragma once
// Which unit the numbers of a column count in that is read as times.

#include <optional>

#include "engine/source/readers.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// Told by magnitude m = max(|smallest|, |largest|): whole numbers that all lie in 1600 to 2400 are years; else seconds
/// below 1e11 (to the year 5138), milliseconds below 1e14, microseconds below 1e17, nanoseconds from there.
EpochUnit epoch_unit(NumberRange range, bool whole);

/// The extremes of the finite values of a column in one row group, found by reading it; empty where there are none.
/// Throws what the library throws, and Corrupt.
std::optional<NumberRange> scanned_range(const TableFile& file, int group, const LeafColumn& column);

/// `all` widened by `more`.
void widen(std::optional<NumberRange>& all, const std::optional<NumberRange>& more);

}  // namespace longwatch::reading
