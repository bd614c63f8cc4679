#pragma once
// Columns on the device, and what a row of one holds.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include "cuda/device.hpp"

namespace longwatch::cuda {

/// The rows [first, ...) of a Column, as far as a submission needs them, on the device.
struct DeviceColumn {
  const void* values;  ///< null: no such column
  const std::uint8_t* validity;
  std::int64_t first;
  std::int64_t first_bit;  ///< of row `first`
  std::int32_t type;
};

/// A column that stays on the device.
struct KeptOnDevice {
  DeviceColumn column;
  void* memory;
  std::int64_t bytes;
};

/// Bytes that `count` rows from `begin` on take on the device: values, validity bits.
inline std::int64_t value_bytes(const Column& column, std::int64_t count) {
  return (column.type == kFloat64 ? 8 : column.type == kCode16 ? 2 : 4) * count;
}
inline std::int64_t validity_bytes(const Column& column, std::int64_t begin, std::int64_t count) {
  if (column.validity == nullptr || count == 0) return 0;
  const std::int64_t bit = column.bit_offset + begin;
  return (bit + count + 7) / 8 - bit / 8;
}

/// A Rows on the device.
struct DeviceRows {
  const std::int32_t* rows;
  std::int64_t begin;
};

/// The row of the column that is row `i` of the item.
LW_DEVICE std::int64_t row_at(const DeviceRows& rows, std::int64_t i) {
  return rows.rows != nullptr ? rows.rows[i] : rows.begin + i;
}

LW_DEVICE bool valid_at(const DeviceColumn& column, std::int64_t row) {
  if (column.validity == nullptr) return true;
  const std::int64_t bit = column.first_bit + (row - column.first);
  return ((column.validity[bit >> 3] >> (bit & 7)) & 1) != 0;
}

/// For kFloat32 and kFloat64.
LW_DEVICE double number_at(const DeviceColumn& column, std::int64_t row) {
  const std::int64_t at = row - column.first;
  return column.type == kFloat32 ? static_cast<double>(static_cast<const float*>(column.values)[at])
                                 : static_cast<const double*>(column.values)[at];
}

/// The same; NaN where the row has no value, or there is no such column.
LW_DEVICE double number_or_nan(const DeviceColumn& column, std::int64_t row) {
  if (column.values == nullptr || !valid_at(column, row)) return std::numeric_limits<double>::quiet_NaN();
  return number_at(column, row);
}

/// Types of codes come after those of numbers.
LW_DEVICE bool has_codes(const DeviceColumn& column) { return column.type >= kCode32; }

/// For kCode32 and kCode16. A negative code is a large one.
LW_DEVICE std::uint32_t code_at(const DeviceColumn& column, std::int64_t row) {
  const std::int64_t at = row - column.first;
  return column.type == kCode16 ? std::uint32_t{static_cast<const std::uint16_t*>(column.values)[at]}
                                : static_cast<const std::uint32_t*>(column.values)[at];
}

/// Brings the columns and row lists of a submission to the device, each once however many items share it: first every
/// item says what it needs, then takes it.
class Uploads {
 public:
  explicit Uploads(Run& run) : run_(run) {}

  void need(const Column& column, const Rows& rows) {
    if (rows.rows != nullptr) lists_.try_emplace({rows.rows, rows.count}, nullptr);
    if (column.values == nullptr || column.kept != nullptr || rows.count == 0) return;
    const auto [low, high] = range_of(rows);
    const auto [at, added] = columns_.try_emplace({column.values, column.validity, column.bit_offset});
    Needed& needed = at->second;
    needed.low = added ? low : std::min(needed.low, low);
    needed.high = added ? high : std::max(needed.high, high);
    needed.bytes =
        value_bytes(column, needed.high - needed.low) + validity_bytes(column, needed.low, needed.high - needed.low);
  }

  /// Bytes of all that was needed so far, with what its places may be rounded up by.
  [[nodiscard]] std::int64_t bytes() const {
    constexpr std::int64_t kRound = 256;
    std::int64_t out = 0;
    for (const auto& [key, needed] : columns_) out += needed.bytes + 2 * kRound;
    for (const auto& [key, there] : lists_) out += key.second * 4 + kRound;
    return out;
  }

  DeviceColumn take(const Column& column) {
    if (column.kept != nullptr) {
      DeviceColumn out = static_cast<const KeptOnDevice*>(column.kept)->column;
      out.first = -column.kept_row;
      return out;
    }
    const auto found = columns_.find({column.values, column.validity, column.bit_offset});
    if (found == columns_.end()) return {nullptr, nullptr, 0, 0, column.type};
    Needed& needed = found->second;
    if (!needed.there) copy(column, needed);
    needed.there = true;
    return needed.column;
  }

  DeviceRows take(const Rows& rows) {
    if (rows.rows == nullptr) return {nullptr, rows.begin};
    const auto at = lists_.try_emplace({rows.rows, rows.count}, nullptr).first;
    if (at->second == nullptr) at->second = run_.upload(rows.rows, rows.count);
    return {at->second, 0};
  }

 private:
  struct Key {
    const void* values;
    const void* validity;
    std::int64_t bit_offset;
    bool operator<(const Key& other) const {
      if (values != other.values) return std::less<>()(values, other.values);
      if (validity != other.validity) return std::less<>()(validity, other.validity);
      return bit_offset < other.bit_offset;
    }
  };
  struct Needed {
    std::int64_t low = 0;  ///< rows [low, high)
    std::int64_t high = 0;
    std::int64_t bytes = 0;
    bool there = false;
    DeviceColumn column{};
  };

  static std::pair<std::int64_t, std::int64_t> range_of(const Rows& rows) {
    if (rows.rows == nullptr) return {rows.begin, rows.begin + rows.count};
    const auto [least, most] = std::minmax_element(rows.rows, rows.rows + rows.count);
    return {*least, std::int64_t{*most} + 1};
  }

  void copy(const Column& column, Needed& needed) {
    const auto* bytes = static_cast<const unsigned char*>(column.values);
    const std::int64_t count = needed.high - needed.low;
    needed.column = {run_.upload(bytes + value_bytes(column, needed.low), value_bytes(column, count)), nullptr,
                     needed.low, 0, column.type};
    if (column.validity == nullptr) return;
    const std::int64_t bit = column.bit_offset + needed.low;
    needed.column.validity = run_.upload(column.validity + bit / 8, validity_bytes(column, needed.low, count));
    needed.column.first_bit = bit % 8;
  }

  Run& run_;
  std::map<Key, Needed> columns_;
  std::map<std::pair<const std::int32_t*, std::int64_t>, const std::int32_t*> lists_;
};

}  // namespace longwatch::cuda
