// Encodes columns of numbers and of category codes as z.

#include "cpu/encode.hpp"

#include <algorithm>

namespace longwatch::cpu {
namespace {

constexpr std::int64_t kTileValues = 1 << 16;  // 512 KiB of z

void encode_codes(const ColumnView& column, const FeatureEncoder& encoder, std::int64_t begin, std::int64_t count,
                  double* z) {
  const auto* codes = static_cast<const std::int32_t*>(column.values);
  for (std::int64_t i = 0; i < count; ++i) {
    z[i] = column.valid(begin + i) ? encoder.by_code[codes[begin + i]] : encoder.missing;
  }
}

void encode_column(const ColumnView& column, const FeatureEncoder& encoder, const MatrixKernels& kernels,
                   std::int64_t begin, std::int64_t count, double* z) {
  if (column.type == ValueType::code32) return encode_codes(column, encoder, begin, count, z);
  const NumberEncoding encoding{encoder.mean, encoder.inverse, encoder.missing};
  if (column.type == ValueType::float32) {
    kernels.encode_floats(static_cast<const float*>(column.values) + begin, encoding, count, z);
  } else {
    kernels.encode_doubles(static_cast<const double*>(column.values) + begin, encoding, count, z);
  }
  if (column.validity == nullptr || column.nulls == 0) return;
  for (std::int64_t i = 0; i < count; ++i) z[i] = column.valid(begin + i) ? z[i] : encoder.missing;
}

}  // namespace

ZTile make_tile(const EncodedRows& rows) {
  const auto features = static_cast<std::int64_t>(rows.columns.size());
  ZTile tile;
  tile.columns = (features + kPadColumns - 1) / kPadColumns * kPadColumns;
  tile.capacity =
      std::clamp<std::int64_t>(kTileValues / std::max<std::int64_t>(1, features) / kPadRows * kPadRows, 64, 512);
  tile.z.resize(static_cast<std::size_t>(tile.capacity * tile.columns));
  tile.largest.resize(static_cast<std::size_t>(tile.capacity));
  return tile;
}

void encode(const EncodedRows& rows, const MatrixKernels& kernels, std::int64_t first, std::int64_t count,
            ZTile& tile) {
  std::fill_n(tile.largest.begin(), count, 0.0);
  for (std::size_t column = 0; column < rows.columns.size(); ++column) {
    double* z = tile.z.data() + static_cast<std::int64_t>(column) * tile.capacity;
    encode_column(rows.columns[column], rows.encoders[column], kernels, rows.begin + first, count, z);
    std::fill(z + count, z + padded_rows(count), 0.0);
    kernels.note_largest(z, count, tile.largest.data());
  }
}

}  // namespace longwatch::cpu
