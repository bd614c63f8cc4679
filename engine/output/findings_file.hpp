#pragma once
// findings.parquet: performance alerts, each with the columns that may explain it.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/output/result_table.hpp"

namespace longwatch {

/// One column beside one alert. Texts live in a TextPool; NaN leaves as null.
struct FindingRow {
  std::uint32_t alert = 0;  ///< index into the alerts
  std::int64_t rank = 1;
  Text column;
  Text drift_metric;
  double change = ResultRow::kNone;
  double drift_value = ResultRow::kNone, drift_lower = ResultRow::kNone, drift_upper = ResultRow::kNone;
  bool column_alert = false;
  std::int64_t column_alerts = 0;
  double correlation = ResultRow::kNone, correlation_p_value = ResultRow::kNone;
  std::int64_t rank_by_alerts = 1, rank_by_correlation = 1;
};

/// The file's bytes: one row a finding, in the order of alerts.parquet, then by rank; the columns of docs/output.md.
/// Same findings, same bytes, in whatever order they come. O(n log n).
Result<std::string> encode_findings(const std::vector<ResultRow>& alerts, std::vector<FindingRow> findings);

}  // namespace longwatch
