// Which unit the numbers of a column count in that is read as times.
#include "engine/source/epoch_unit.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

constexpr std::int64_t kSlab = 65'536;

template <class T>
void widen_by_values(std::optional<NumberRange>& all, const ColumnView& view) {
  const auto* const values = static_cast<const T*>(view.values);
  for (std::int64_t i = 0; i < view.length; ++i) {
    const auto value = static_cast<double>(values[i]);
    if (view.valid(i) && std::isfinite(value)) widen(all, NumberRange{value, value});
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

void widen(std::optional<NumberRange>& all, const std::optional<NumberRange>& more) {
  if (!more) return;
  if (!all) all = more;
  all->smallest = std::min(all->smallest, more->smallest);
  all->largest = std::max(all->largest, more->largest);
}

std::optional<NumberRange> scanned_range(const TableFile& file, int group, const LeafColumn& column) {
  std::optional<NumberRange> all;
  const std::int64_t rows = file.group_rows()[static_cast<std::size_t>(group)];
  const auto reader = number_reader(column, file.open_chunk(group, column, false));
  for (std::int64_t row = 0; row < rows; row += kSlab) {
    const auto view = reader->next(kSlab);
    if (!view.ok()) throw Corrupt("row group " + std::to_string(group) + ": " + view.error().what);
    if (view.value().type == ValueType::float32) widen_by_values<float>(all, view.value());
    if (view.value().type == ValueType::float64) widen_by_values<double>(all, view.value());
  }
  return all;
}

}  // namespace longwatch::reading
