// Which unit the numbers of a column count in that is read as times.
#include "engine/source/epoch_unit.hpp"

#include <algorithm>
#include <cmath>

#include <parquet/statistics.h>

namespace longwatch::reading {
namespace {

template <class DType, class As>
std::optional<NumberRange> range_of(const ::parquet::Statistics& statistics) {
  const auto* typed = dynamic_cast<const ::parquet::TypedStatistics<DType>*>(&statistics);
  if (typed == nullptr || !typed->HasMinMax()) return std::nullopt;
  const NumberRange range{static_cast<double>(static_cast<As>(typed->min())),
                          static_cast<double>(static_cast<As>(typed->max()))};
  if (!std::isfinite(range.smallest) || !std::isfinite(range.largest)) return std::nullopt;
  return range;
}

std::optional<NumberRange> chunk_range(const ::parquet::Statistics& statistics, const LeafColumn& column) {
  switch (column.physical) {
    case ::parquet::Type::INT32:
      return column.is_unsigned ? range_of<::parquet::Int32Type, std::uint32_t>(statistics)
                                : range_of<::parquet::Int32Type, std::int32_t>(statistics);
    case ::parquet::Type::INT64:
      return column.is_unsigned ? range_of<::parquet::Int64Type, std::uint64_t>(statistics)
                                : range_of<::parquet::Int64Type, std::int64_t>(statistics);
    case ::parquet::Type::FLOAT:
      return range_of<::parquet::FloatType, float>(statistics);
    case ::parquet::Type::DOUBLE:
      return range_of<::parquet::DoubleType, double>(statistics);
    default:
      return std::nullopt;
  }
}

}  // namespace

EpochUnit epoch_unit(NumberRange range, bool whole) {
  if (whole && range.smallest >= 1600 && range.largest <= 2400) return EpochUnit::years;
  const double magnitude = std::max(std::fabs(range.smallest), std::fabs(range.largest));
  if (magnitude < 1e11) return EpochUnit::seconds;
  if (magnitude < 1e14) return EpochUnit::milliseconds;
  if (magnitude < 1e17) return EpochUnit::microseconds;
  return EpochUnit::nanoseconds;
}

std::optional<NumberRange> footer_range(const ParquetFile& file, const LeafColumn& column) {
  if (column.info.type != FileType::integer && column.info.type != FileType::floating) return std::nullopt;
  std::optional<NumberRange> all;
  for (int i = 0; i < file.metadata().num_row_groups(); ++i) {
    const auto chunk = file.metadata().RowGroup(i)->ColumnChunk(column.leaf);
    const auto statistics = chunk->is_stats_set() ? chunk->statistics() : nullptr;
    const auto range = statistics != nullptr ? chunk_range(*statistics, column) : std::nullopt;
    if (!range) continue;
    if (!all) all = range;
    all->smallest = std::min(all->smallest, range->smallest);
    all->largest = std::max(all->largest, range->largest);
  }
  return all;
}

}  // namespace longwatch::reading
