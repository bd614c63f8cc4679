// Encodes columns of numbers and of category codes as z.

#include "cpu/encode.hpp"

#include <algorithm>
#include <cmath>

#include "engine/state/row.hpp"

namespace longwatch::cpu {
namespace {

constexpr std::int64_t kTileValues = 1 << 17;  // 1 MiB of z

template <class T>
void encode_numbers(const ColumnView& column, const FeatureEncoder& encoder, std::int64_t begin, std::int64_t count,
                    double* z) {
  const T* values = static_cast<const T*>(column.values) + begin;
  const double mean = encoder.mean;
  const double inverse = encoder.inverse;
  const double missing = encoder.missing;
  for (std::int64_t i = 0; i < count; ++i) z[i] = row::encode_z(static_cast<double>(values[i]), mean, inverse, missing);
}

void encode_codes(const ColumnView& column, const FeatureEncoder& encoder, std::int64_t begin, std::int64_t count,
                  double* z) {
  const auto* codes = static_cast<const std::int32_t*>(column.values);
  for (std::int64_t i = 0; i < count; ++i) {
    z[i] = column.valid(begin + i) ? encoder.by_code[codes[begin + i]] : encoder.missing;
  }
}

void encode_column(const ColumnView& column, const FeatureEncoder& encoder, std::int64_t begin, std::int64_t count,
                   double* z) {
  if (column.type == ValueType::code32) return encode_codes(column, encoder, begin, count, z);
  if (column.type == ValueType::float32) {
    encode_numbers<float>(column, encoder, begin, count, z);
  } else {
    encode_numbers<double>(column, encoder, begin, count, z);
  }
  if (column.validity == nullptr || column.nulls == 0) return;
  for (std::int64_t i = 0; i < count; ++i) z[i] = column.valid(begin + i) ? z[i] : encoder.missing;
}

}  // namespace

ZTile make_tile(const EncodedRows& rows) {
  const auto features = static_cast<std::int64_t>(rows.columns.size());
  ZTile tile;
  tile.capacity = std::clamp<std::int64_t>(kTileValues / std::max<std::int64_t>(1, features) / 8 * 8, 64, 512);
  tile.z.resize(static_cast<std::size_t>(tile.capacity * features));
  tile.largest.resize(static_cast<std::size_t>(tile.capacity));
  return tile;
}

void encode(const EncodedRows& rows, std::int64_t first, std::int64_t count, ZTile& tile) {
  std::fill_n(tile.largest.begin(), count, 0.0);
  double* largest = tile.largest.data();
  for (std::size_t column = 0; column < rows.columns.size(); ++column) {
    double* z = tile.z.data() + static_cast<std::int64_t>(column) * tile.capacity;
    encode_column(rows.columns[column], rows.encoders[column], rows.begin + first, count, z);
    for (std::int64_t i = 0; i < count; ++i) {
      const double size = std::abs(z[i]);
      largest[i] = size > largest[i] ? size : largest[i];
    }
  }
}

}  // namespace longwatch::cpu
