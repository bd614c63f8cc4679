#pragma once
// cutoffs.parquet: the confusion matrix and what follows from it, at many cut-offs.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/metrics/cutoff_curve.hpp"
#include "engine/output/result_table.hpp"

namespace longwatch {

/// The most cut-offs of one curve.
inline constexpr std::size_t kMostCutoffs = 200;
/// Bootstrap tables behind the interval of a best cut-off.
inline constexpr int kCutoffResamples = 200;

/// One cut-off of one curve. `key`: model, version, segment and period. NaN leaves as null.
struct CutoffRow {
  ResultRow key;
  const char* family = "";  ///< of static storage
  CutoffPoint point;
  double business_value = ResultRow::kNone;
  int best = -1;  ///< 1, 0; -1 without costs
  double cutoff_lower = ResultRow::kNone, cutoff_upper = ResultRow::kNone;  ///< of the best: its 95 % interval
  double value_lower = ResultRow::kNone, value_upper = ResultRow::kNone;    ///< of the best: business value a row
};

/// The seed of a curve's bootstrap: of its model, segment, period and family.
std::uint64_t cutoff_seed(const ResultRow& key, std::string_view family);

/// The file's bytes, the rows as they come (by model, period, segment, family, falling cut-off).
Result<std::string> encode_cutoffs(const std::vector<CutoffRow>& rows);

/// Reads the file again, its texts into `pool`; fails where it is no such file.
Result<std::vector<CutoffRow>> read_cutoffs(const std::string& path, TextPool& pool);

}  // namespace longwatch
