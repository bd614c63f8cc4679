#pragma once
// Which unit the numbers of a column count in that is read as times.

#include <optional>

#include "engine/source/readers.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// Told by magnitude m = max(|smallest|, |largest|): whole numbers that all lie in 1600 to 2400 are years; else seconds
/// below 1e11 (to the year 5138), milliseconds below 1e14, microseconds below 1e17, nanoseconds from there.
EpochUnit epoch_unit(NumberRange range, bool whole);

/// The extremes over a file's row groups, found by reading the column; row groups with infinities are left out, as they
/// are in Parquet statistics. Empty where there are none, and for columns that are neither integer nor floating. Throws
/// what the library throws, and Corrupt.
std::optional<NumberRange> scanned_range(const TableFile& file, const LeafColumn& column);

/// `all` widened by `more`.
void widen(std::optional<NumberRange>& all, const std::optional<NumberRange>& more);

}  // namespace longwatch::reading
