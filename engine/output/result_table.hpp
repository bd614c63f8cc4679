#pragma once
// results.parquet and alerts.parquet: one row per (model, segment, chunk, column, metric).

#include <climits>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/output/text_pool.hpp"

namespace longwatch {

/// One row. Texts live in a TextPool, which the caller keeps until the rows are encoded; rows of several pools may be
/// mixed. NaN and empty texts leave as null; an empty `status` is "ok". Times: microseconds UTC; kNoTime is null.
struct ResultRow {
  static constexpr std::int64_t kNoTime = INT64_MIN;
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Text model, model_version;
  Text segment_column;              ///< empty: the segment `all`
  Text segment_value;               ///< empty with a segment_column: the empty text, unless segment_missing
  bool segment_missing = false;     ///< segment_value is null though segment_column is set
  std::int32_t segment_order = 0;   ///< for sorting only
  const char* period = "analysis";  ///< reference | analysis
  std::int64_t chunk_index = -1;    ///< -1: null (belongs to no chunk)
  Text chunk_key;
  std::int64_t chunk_start = kNoTime, chunk_end = kNoTime;
  std::int64_t rows = 0;
  Text column;
  const char* family = "";  ///< of static storage, as family_name gives it
  Text metric;
  double value = kNone, standard_error = kNone;
  double ci_lower = kNone, ci_upper = kNone, pi_lower = kNone, pi_upper = kNone;
  Text interval_method;
  double p_value = kNone, q_value = kNone;
  double fleet_q_value = kNone;  ///< of alerts, over all tests of the run
  double threshold_lower = kNone, threshold_upper = kNone;
  double minimum_detectable = kNone, resolution = kNone;
  int outside = -1;  ///< 1, 0, or -1 for null (no threshold, or no value)
  int alert = -1;
  Text status;
  double labels_rate = kNone;
};

/// Sorts rows by (model, version, period: reference first, segment order, segment, chunk index with null last, column
/// with model metrics first, family, metric), ties by all that is left, and writes them as Parquet: zstd, dictionary
/// for texts, the columns of docs/output.md in their order, the zone as file metadata "longwatch.calendar_zone". Same
/// rows, same bytes, in whatever order they come. O(n log n); needs about 300 bytes a row besides the rows.
Result<std::string> encode_results(const std::vector<ResultRow>& rows, const std::string& calendar_zone);

/// The rows with alert == 1, in the same order, one alert each, with an alert_id (hash of its key columns).
Result<std::string> encode_alerts(const std::vector<ResultRow>& rows);

/// 16 hexadecimal digits: a hash of model, segment, period, chunk key, column, family and metric, the same in every run.
std::string alert_id(const ResultRow& row);

}  // namespace longwatch
