#pragma once
// Rules that several learners share.

#include <cstddef>
#include <cstdint>

namespace longwatch {

/// A categorical column with more distinct values than this is taken for an identifier and gets no dictionary.
inline constexpr std::size_t kMaxDistinctTexts = 1'048'576;

/// The deviation that a column of `rows` rows is divided by, as in scikit-learn's StandardScaler: 1 where the variance
/// is no more than rounding makes of a constant column (its _is_constant_feature), and where the inverse would
/// overflow.
double scaler_deviation(long double mean, long double variance, std::int64_t rows);

}  // namespace longwatch
