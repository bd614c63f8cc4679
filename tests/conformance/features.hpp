#pragma once
// Standardised rows for the kinds that multiply matrices: columns of all types with their encoders, and their z.

#include "tests/conformance/conformance.hpp"

namespace longwatch::test {

/// Columns of float32, float64 and codes in turn, with nulls, NaN and infinities; `wide` puts some |z| at and beyond
/// the gate, up to the limit.
struct FeatureRows {
  FeatureRows(std::size_t features, std::size_t rows, bool wide, std::uint64_t seed);
  [[nodiscard]] EncodedRows encoded(std::int64_t begin, std::int64_t count) const {
    return {views, encoders, begin, count};
  }
  /// z of one row, from the row formulas.
  [[nodiscard]] std::vector<double> z(std::int64_t row) const;

  std::vector<std::unique_ptr<TestColumn>> columns;
  std::vector<ColumnView> views;
  std::vector<FeatureEncoder> encoders;
  std::vector<double> z_by_code;
};

}  // namespace longwatch::test
