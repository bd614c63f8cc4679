#pragma once
// Which unit the numbers of a column count in that is read as times.

#include <optional>

#include "engine/source/parquet_file.hpp"
#include "engine/source/readers.hpp"

namespace longwatch::reading {

/// The extremes of a column.
struct NumberRange {
  double smallest = 0;
  double largest = 0;
};

/// Told by magnitude m = max(|smallest|, |largest|): whole numbers that all lie in 1600 to 2400 are years; else seconds
/// below 1e11 (to the year 5138), milliseconds below 1e14, microseconds below 1e17, nanoseconds from there.
EpochUnit epoch_unit(NumberRange range, bool whole);

/// The extremes over a file's row groups by the statistics in its footer; empty where no row group has any. Integer and
/// floating columns only. Throws what the library throws.
std::optional<NumberRange> footer_range(const ParquetFile& file, const LeafColumn& column);

}  // namespace longwatch::reading
