#pragma once
// What may explain an alert on performance: the columns of the model, ranked by their own alerts and by how closely
// their drift follows the change in performance. Pure functions of judged values.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/evaluate/evaluate.hpp"

namespace longwatch {

/// The most columns that one alert is linked to.
inline constexpr std::int64_t kMostFindings = 20;

/// One column beside one performance alert. `alert` and `drift` are indices into the judged values.
struct Finding {
  static constexpr std::size_t kNone = SIZE_MAX;
  std::size_t alert = 0;
  double change = kNaN;  ///< the metric's value less its mean over the reference's chunks
  std::int64_t rank = 1;
  std::int32_t column = 0;
  std::size_t drift = kNone;        ///< the column's drift in the alert's chunk; kNone where there is no value
  bool column_alert = false;        ///< the column alerts in the alert's chunk
  std::int64_t column_alerts = 0;   ///< analysis chunks in which it alerts
  std::int64_t rank_by_alerts = 1;
  std::int64_t rank_by_correlation = 1;
  double correlation = kNaN;        ///< of its drift with |change|, over the chunks of reference and analysis
  double p_value = kNaN;
};

/// The columns with a drift metric, ranked for every performance alert of the analysis (estimated or realized), within
/// its segment. A column's drift is one metric: the first of jensen_shannon, hellinger, total_variation,
/// kolmogorov_smirnov, wasserstein, l_infinity, population_stability_index, kullback_leibler and chi_squared that has
/// values. It alerts in a chunk where any of its drift or data quality metrics (or constraints) does.
/// `rank`: columns that alert in the alert's chunk first, then by falling correlation, by falling number of alerts, by
/// name; at most kMostFindings an alert. `rank_by_alerts` and `rank_by_correlation` order all columns by one alone, ties
/// by name, no correlation last. Correlation as NannyML's CorrelationRanker: Pearson's r of the drift and
/// |value - mean of the reference's chunks|. Order: by alert, then rank. O(values + alerts x columns log columns +
/// alerting metrics x columns x chunks).
std::vector<Finding> find_explanations(const std::vector<Judged>& judged, const std::vector<std::string>& columns);

/// Whether a value of the analysis is an alert.
bool is_alert(const Judged& judged);

}  // namespace longwatch
