// The body of the matrix loops: included once per vector level, with LW_MATRIX_KERNELS naming the level's function.
// Everything else here is local to the including file.

#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "cpu/matrix_block.hpp"
#include "engine/state/row.hpp"

#if !defined(LW_MATRIX_KERNELS)
#error "matrix_kernel.hpp is for matrix_*.cpp"
#endif

namespace longwatch::cpu {
namespace {

// A vector of doubles. multiply_add is one instruction where there is one: what it adds is exact either way.
#if defined(__AVX512F__)
constexpr int kTileColumns = 4;  // of the right-hand matrix, by vector registers
constexpr int kRowVectors = 4;   // of rows, in a tile of a projection
using Vector = __m512d;
inline Vector load(const double* at) { return _mm512_loadu_pd(at); }
inline void store(double* at, Vector v) { _mm512_storeu_pd(at, v); }
inline Vector same(double x) { return _mm512_set1_pd(x); }
inline Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_pd(a, b, c); }
#elif defined(__AVX2__)
constexpr int kTileColumns = 2;
constexpr int kRowVectors = 2;
using Vector = __m256d;
inline Vector load(const double* at) { return _mm256_loadu_pd(at); }
inline void store(double* at, Vector v) { _mm256_storeu_pd(at, v); }
inline Vector same(double x) { return _mm256_set1_pd(x); }
inline Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_pd(a, b, c); }
#else
constexpr int kTileColumns = 2;
constexpr int kRowVectors = 2;
typedef double Vector __attribute__((vector_size(16)));  // NOLINT(modernize-use-using): the attribute needs it
inline Vector load(const double* at) {
  Vector v;
  __builtin_memcpy(&v, at, sizeof v);
  return v;
}
inline void store(double* at, Vector v) { __builtin_memcpy(at, &v, sizeof v); }
inline Vector same(double x) { return Vector{x, x}; }
inline Vector multiply_add(Vector a, Vector b, Vector c) { return a * b + c; }
#endif
constexpr int kLanes = static_cast<int>(sizeof(Vector) / sizeof(double));
constexpr int kTileRows = 4;  // columns of the left-hand matrix

template <class T>
inline void encode(const T* values, NumberEncoding encoding, std::int64_t count, double* z) {
  for (std::int64_t i = 0; i < count; ++i)
    z[i] = row::encode_z(static_cast<double>(values[i]), encoding.mean, encoding.inverse, encoding.missing);
}

void encode_doubles(const double* values, NumberEncoding encoding, std::int64_t count, double* z) {
  encode(values, encoding, count, z);
}

void encode_floats(const float* values, NumberEncoding encoding, std::int64_t count, double* z) {
  encode(values, encoding, count, z);
}

void note_largest(const double* z, std::int64_t count, double* largest) {
  for (std::int64_t i = 0; i < count; ++i) {
    const double size = __builtin_fabs(z[i]);
    largest[i] = size > largest[i] ? size : largest[i];
  }
}

void round_errors(double* z, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) z[i] = row::error_z(z[i]);
}

double split(const double* z, std::int64_t rows, double* coarse, double* rest) {
  double sums[kPadRows] = {};
  for (std::int64_t i = 0; i < rows; i += kPadRows) {
    for (std::int64_t lane = 0; lane < kPadRows; ++lane) {
      const double fine = row::gram_z(z[i + lane]);
      const double part = row::gram_coarse(fine);
      coarse[i + lane] = part;
      rest[i + lane] = fine - part;
      sums[lane] += fine;
    }
  }
  double sum = 0;
  for (const double lane : sums) sum += lane;
  return sum;
}

inline double sum_of(Vector v) {
  double lanes[kLanes];
  store(lanes, v);
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

/// One tile of products: kTileRows columns of a by kTileColumns of b, along all rows.
inline void product_tile(const double* a, const double* b, std::int64_t stride, std::int64_t rows, double* out,
                         std::int64_t out_stride) {
  Vector sums[kTileRows][kTileColumns];
  for (auto& line : sums) {
    for (Vector& sum : line) sum = same(0);
  }
  for (std::int64_t r = 0; r < rows; r += kLanes) {
    Vector right[kTileColumns];
    for (int j = 0; j < kTileColumns; ++j) right[j] = load(b + j * stride + r);
    for (int i = 0; i < kTileRows; ++i) {
      const Vector left = load(a + i * stride + r);
      for (int j = 0; j < kTileColumns; ++j) sums[i][j] = multiply_add(left, right[j], sums[i][j]);
    }
  }
  for (int i = 0; i < kTileRows; ++i) {
    for (int j = 0; j < kTileColumns; ++j) out[i * out_stride + j] = sum_of(sums[i][j]);
  }
}

void products(MatrixView a, MatrixView b, std::int64_t stride, std::int64_t rows, bool lower, double* out) {
  for (std::int64_t i = 0; i < a.columns; i += kTileRows) {
    const std::int64_t last = lower && i + kTileRows < b.columns ? i + kTileRows : b.columns;
    for (std::int64_t j = 0; j < last; j += kTileColumns)
      product_tile(a.values + i * stride, b.values + j * stride, stride, rows, out + i * b.columns + j, b.columns);
  }
}

/// kPadColumns components of kRowVectors vectors of rows, over features [from, to): added to y.
inline void project_tile(MatrixView z, const double* basis, std::int64_t stride, std::int64_t row, std::int64_t from,
                         std::int64_t to, double* y) {
  Vector sums[kPadColumns][kRowVectors];
  for (auto& line : sums) {
    for (Vector& sum : line) sum = same(0);
  }
  for (std::int64_t f = from; f < to; ++f) {
    Vector values[kRowVectors];
    for (int v = 0; v < kRowVectors; ++v) values[v] = load(z.values + f * stride + row + v * kLanes);
    for (int k = 0; k < kPadColumns; ++k) {
      const Vector weight = same(basis[k * z.columns + f]);
      for (int v = 0; v < kRowVectors; ++v) sums[k][v] = multiply_add(values[v], weight, sums[k][v]);
    }
  }
  for (int k = 0; k < kPadColumns; ++k) {
    double* at = y + k * stride + row;
    for (int v = 0; v < kRowVectors; ++v, at += kLanes) store(at, from == 0 ? sums[k][v] : load(at) + sums[k][v]);
  }
}

void project(MatrixView z, const double* basis, std::int64_t rank, std::int64_t stride, std::int64_t rows, double* y) {
  for (std::int64_t k = 0; k < rank; k += kPadColumns) {
    for (std::int64_t from = 0; from < z.columns; from += row::kExactFeatures) {
      const std::int64_t to = from + row::kExactFeatures < z.columns ? from + row::kExactFeatures : z.columns;
      for (std::int64_t row = 0; row < rows; row += kRowVectors * kLanes)
        project_tile(z, basis + k * z.columns, stride, row, from, to, y + k * stride);
    }
  }
}

void square_sums(MatrixView m, std::int64_t stride, std::int64_t rows, double* sums) {
  for (std::int64_t i = 0; i < rows; ++i) sums[i] = 0;
  for (std::int64_t column = 0; column < m.columns; ++column) {
    const double* values = m.values + column * stride;
    for (std::int64_t i = 0; i < rows; ++i) sums[i] += values[i] * values[i];
  }
}

}  // namespace

const MatrixKernels& LW_MATRIX_KERNELS() {
  static constexpr MatrixKernels kKernels{encode_doubles, encode_floats, note_largest, round_errors,
                                          split,          products,      project,      square_sums};
  return kKernels;
}

}  // namespace longwatch::cpu
