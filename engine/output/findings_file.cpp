// Findings in the order of their alerts.
#include "engine/output/findings_file.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "engine/output/plain_table.hpp"
#include "engine/output/row_order.hpp"

namespace longwatch {
namespace {

void add(FixedColumn<double>& column, double value) { column.add(value, !std::isnan(value)); }

// The place of every alert in alerts.parquet.
std::vector<std::uint32_t> places_of(const std::vector<ResultRow>& alerts) {
  std::vector<std::uint32_t> all(alerts.size());
  std::iota(all.begin(), all.end(), 0U);
  const std::vector<std::uint32_t> order = sorted_rows(alerts, all);
  std::vector<std::uint32_t> places(alerts.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) places[order[i]] = i;
  return places;
}

}  // namespace

Result<std::string> encode_findings(const std::vector<ResultRow>& alerts, std::vector<FindingRow> findings) {
  const std::vector<std::uint32_t> places = places_of(alerts);
  std::sort(findings.begin(), findings.end(), [&](const FindingRow& a, const FindingRow& b) {
    return a.alert != b.alert ? places[a.alert] < places[b.alert] : a.rank < b.rank;
  });
  PlainTable table;
  TextColumn& id = table.text("alert_id");
  KeyColumns key(table);
  TextColumn& family = table.text("family");
  TextColumn& metric = table.text("metric");
  auto& change = table.number("change");
  auto& rank = table.integer("rank");
  TextColumn& column = table.text("column");
  TextColumn& drift_metric = table.text("drift_metric");
  auto& drift_value = table.number("drift_value");
  auto& lower = table.number("drift_threshold_lower");
  auto& upper = table.number("drift_threshold_upper");
  FlagColumn& column_alert = table.flag("column_alert");
  auto& column_alerts = table.integer("column_alerts");
  auto& correlation = table.number("correlation");
  auto& p_value = table.number("correlation_p_value");
  auto& by_alerts = table.integer("rank_by_alerts");
  auto& by_correlation = table.integer("rank_by_correlation");
  std::deque<std::string> ids;  // texts must keep their address
  std::size_t last = SIZE_MAX;
  return table.encode(findings.size(), "findings.parquet", [&](std::size_t i) {
    const FindingRow& row = findings[i];
    if (row.alert != last) ids.push_back(alert_id(alerts[row.alert]));
    last = row.alert;
    id.add(ids.back());
    key.add(alerts[row.alert]);
    family.add(alerts[row.alert].family);
    metric.add(alerts[row.alert].metric.view());
    add(change, row.change);
    rank.add(row.rank, true);
    column.add(row.column.view());
    drift_metric.add(row.drift_metric.view());
    add(drift_value, row.drift_value);
    add(lower, row.drift_lower);
    add(upper, row.drift_upper);
    column_alert.add(row.column_alert ? 1 : 0);
    column_alerts.add(row.column_alerts, true);
    add(correlation, row.correlation);
    add(p_value, row.correlation_p_value);
    by_alerts.add(row.rank_by_alerts, true);
    by_correlation.add(row.rank_by_correlation, true);
  });
}

}  // namespace longwatch
