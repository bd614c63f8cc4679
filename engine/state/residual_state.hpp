#pragma once
// The state of a regressor's errors in one cell.

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"
#include "engine/state/exact_sum.hpp"
#include "engine/state/residual_row.hpp"

namespace longwatch {

/// Exact sums of the terms of row::residual_terms over the rows that have a finite prediction and a finite label, each
/// term rounded once. Nothing vanishes: rows == labelled + unlabelled + unpredicted.
struct ResidualState {
  std::int64_t rows = 0;
  std::int64_t labelled = 0;         ///< prediction and label are finite
  std::int64_t unlabelled = 0;       ///< a finite prediction, no finite label
  std::int64_t unpredicted = 0;      ///< no finite prediction,
  std::int64_t labels_alone = 0;     ///< of these: a finite label
  std::int64_t zero_labels = 0;      ///< of `labelled`: the label is 0, so that there is no relative error
  std::int64_t negatives = 0;        ///< of `labelled`: prediction or label is negative: no log error
  ExactSum sums[row::kResidualTerms];
  std::vector<std::pair<std::int32_t, std::int64_t>> errors;  ///< occupied bins (row::error_bin), increasing, and rows

  /// Adds one row with a finite prediction and label.
  void add(double prediction, double label, double centre);
  void merge(const ResidualState& other);
  bool operator==(const ResidualState& other) const;
  void serialize(ByteWriter& out) const;
  /// Fails on negative counts, counts that do not add up, and bins out of order.
  static Result<ResidualState> deserialize(ByteReader& in);
};

}  // namespace longwatch
