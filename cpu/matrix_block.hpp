#pragma once
// The loops over standardised rows that are worth vector code: plain data only, compiled once per vector level (see
// number_block.hpp). Every sum here is exact in double, or added in a fixed order, so that all levels give the same
// bits.

#include <cstdint>

namespace longwatch::cpu {

/// Rows are padded with zeros to a multiple of this, and matrices given to `products` to a multiple of kPadColumns
/// columns.
inline constexpr std::int64_t kPadRows = 32;
inline constexpr std::int64_t kPadColumns = 4;

/// How a numeric column becomes z (FeatureEncoder).
struct NumberEncoding {
  double mean = 0;
  double inverse = 1;
  double missing = 0;
};

/// A column-major matrix: entry (row, column) at `values[column * stride + row]`.
struct MatrixView {
  const double* values = nullptr;
  std::int64_t columns = 0;
};

/// One vector level's loops. `rows` and `stride` are multiples of kPadRows, except where said.
struct MatrixKernels {
  /// z[i] = row::encode_z(values[i]) for any `count`.
  void (*encode_doubles)(const double* values, NumberEncoding encoding, std::int64_t count, double* z);
  void (*encode_floats)(const float* values, NumberEncoding encoding, std::int64_t count, double* z);
  /// largest[i] = max(largest[i], |z[i]|) for any `count`.
  void (*note_largest)(const double* z, std::int64_t count, double* largest);
  /// z becomes row::error_z(z).
  void (*round_errors)(double* z, std::int64_t count);
  /// Splits one column of z into the parts of row::gram_z. Returns the sum of gram_z(z), exact for 2^13 rows.
  double (*split)(const double* z, std::int64_t rows, double* coarse, double* rest);
  /// out[i * b.columns + j] = sum over the rows of a(row, i) b(row, j), which must be exact in double. With
  /// `lower` only entries of j <= i are told (others may be).
  void (*products)(MatrixView a, MatrixView b, std::int64_t stride, std::int64_t rows, bool lower, double* out);
  /// y(row, k) = sum over the features of z(row, feature) basis[k * features + feature]: parts of row::kExactFeatures
  /// features, exact each, added in their order. `rank` is a multiple of kPadColumns.
  void (*project)(MatrixView z, const double* basis, std::int64_t rank, std::int64_t stride, std::int64_t rows,
                  double* y);
  /// sums[row] = the sum over the columns, in their order, of m(row, column)^2.
  void (*square_sums)(MatrixView m, std::int64_t stride, std::int64_t rows, double* sums);
};

const MatrixKernels& matrix_kernels_portable();
const MatrixKernels& matrix_kernels_avx2();
const MatrixKernels& matrix_kernels_avx512();

}  // namespace longwatch::cpu
