// The extremes of a Parquet file's columns, by the statistics in its footer where it has them.
#include <cmath>

#include <parquet/statistics.h>

#include "engine/source/epoch_unit.hpp"
#include "engine/source/parquet_file.hpp"

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
  if (column.info.type == FileType::decimal || column.half) return std::nullopt;
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

std::optional<NumberRange> ParquetFile::number_range(const LeafColumn& column) const {
  std::optional<NumberRange> all;
  for (int i = 0; i < metadata_->num_row_groups(); ++i) {
    const auto chunk = metadata_->RowGroup(i)->ColumnChunk(column.leaf);
    const auto statistics = chunk->is_stats_set() ? chunk->statistics() : nullptr;
    auto range = statistics != nullptr ? chunk_range(*statistics, column) : std::nullopt;
    // Infinities hide the finite extremes. Whether they do must not depend on which rows share a row group.
    if (!range) range = scanned_range(*this, i, column);
    widen(all, range);
  }
  return all;
}

}  // namespace longwatch::reading
