// Segment by segment: drift by column and chunk, the change in performance by chunk, then ranks.
#include "engine/explain/findings.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>
#include <tuple>

#include "engine/explain/correlation.hpp"

namespace longwatch {
namespace {

constexpr std::string_view kPreferred[] = {
    "jensen_shannon", "hellinger",  "total_variation",           "kolmogorov_smirnov", "wasserstein",
    "l_infinity",     "population_stability_index", "kullback_leibler", "chi_squared"};
constexpr std::size_t kNotPreferred = std::size(kPreferred);

bool is_performance(const Judged& judged) {
  return judged.metric != nullptr && judged.chunk >= 0 &&
         (judged.metric->family == Family::estimated_performance ||
          judged.metric->family == Family::realized_performance);
}

bool has_value(const Judged& judged) { return judged.value.status == "ok"; }

std::size_t preference(const Judged& judged) {
  if (judged.metric == nullptr || judged.metric->family != Family::univariate_drift) return kNotPreferred;
  return static_cast<std::size_t>(std::find(std::begin(kPreferred), std::end(kPreferred), judged.metric->name) -
                                  std::begin(kPreferred));
}

// What is known of one column in one segment. A slot is a chunk of the reference, then of the analysis.
struct ColumnDrift {
  std::size_t metric = kNotPreferred;     // index into kPreferred
  std::vector<double> values;             // by slot
  std::vector<std::size_t> judged;        // by slot
  std::vector<char> alerts;               // by slot
  std::int64_t alert_count = 0;
};

// A performance metric in one segment.
struct Performance {
  std::vector<double> values;  // by slot
  std::vector<std::size_t> alerts;
};

// One segment's values, laid out by slot.
class SegmentRanker {
 public:
  SegmentRanker(const std::vector<Judged>& judged, const std::vector<std::string>& names,
                const std::vector<std::size_t>& own)
      : judged_(judged), names_(names) {
    std::int32_t last[2] = {-1, -1};
    for (const std::size_t i : own) {
      std::int32_t& most = last[judged[i].reference ? 0 : 1];
      most = std::max(most, judged[i].chunk);
    }
    analysis_ = static_cast<std::size_t>(last[0] + 1);
    slots_ = analysis_ + static_cast<std::size_t>(last[1] + 1);
    columns_.resize(names.size());
    for (const std::size_t i : own) choose_metric(judged[i]);
    for (const std::size_t i : own) take(i);
  }

  void rank(std::vector<Finding>& out) const {
    for (const auto& [key, performance] : performances_) {
      if (!performance.alerts.empty()) rank(performance, out);
    }
  }

 private:
  [[nodiscard]] std::size_t slot(const Judged& judged) const {
    return (judged.reference ? 0 : analysis_) + static_cast<std::size_t>(judged.chunk);
  }

  // Entries beyond the profile's columns are ids, whose repeated values are counted.
  [[nodiscard]] bool of_column(const Judged& judged) const {
    return judged.column >= 0 && static_cast<std::size_t>(judged.column) < columns_.size() && judged.chunk >= 0;
  }

  void choose_metric(const Judged& judged) {
    if (!of_column(judged) || !has_value(judged)) return;
    std::size_t& chosen = columns_[static_cast<std::size_t>(judged.column)].metric;
    chosen = std::min(chosen, preference(judged));
  }

  void take(std::size_t i) {
    const Judged& judged = judged_[i];
    if (is_performance(judged)) {
      Performance& performance = performances_[{judged.metric->family, judged.metric->name, judged.variant}];
      performance.values.resize(slots_, kNaN);
      if (has_value(judged)) performance.values[slot(judged)] = judged.value.value;
      if (is_alert(judged)) performance.alerts.push_back(i);
      return;
    }
    if (!of_column(judged)) return;
    ColumnDrift& column = columns_[static_cast<std::size_t>(judged.column)];
    if (column.metric == kNotPreferred) return;
    if (column.values.empty()) {
      column.values.resize(slots_, kNaN);
      column.judged.resize(slots_, Finding::kNone);
      column.alerts.resize(slots_, 0);
    }
    const std::size_t at = slot(judged);
    if (preference(judged) == column.metric && has_value(judged)) {
      column.values[at] = judged.value.value;
      column.judged[at] = i;
    }
    if (is_alert(judged) && column.alerts[at] == 0) {
      column.alerts[at] = 1;
      ++column.alert_count;
    }
  }

  // The value less the mean of the reference's chunks, by slot.
  [[nodiscard]] std::vector<double> changes(const Performance& performance) const {
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < analysis_; ++i) {
      if (std::isnan(performance.values[i])) continue;
      sum += performance.values[i];
      count += 1;
    }
    std::vector<double> out = performance.values;
    for (double& value : out) value -= sum / count;  // without a reference: all NaN
    return out;
  }

  void rank(const Performance& performance, std::vector<Finding>& out) const {
    const std::vector<double> change = changes(performance);
    std::vector<double> size = change;
    for (double& value : size) value = std::abs(value);
    std::vector<Finding> all;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (columns_[c].metric == kNotPreferred) continue;
      const Correlation correlation = pearson(columns_[c].values, size);
      Finding finding;
      finding.column = static_cast<std::int32_t>(c);
      finding.column_alerts = columns_[c].alert_count;
      finding.correlation = correlation.r;
      finding.p_value = correlation.p_value;
      all.push_back(finding);
    }
    set_ranks(all, &Finding::rank_by_alerts, [&](const Finding& a, const Finding& b) {
      return a.column_alerts != b.column_alerts ? a.column_alerts > b.column_alerts : by_name(a, b);
    });
    set_ranks(all, &Finding::rank_by_correlation, [&](const Finding& a, const Finding& b) {
      const int order = by_correlation(a, b);
      return order != 0 ? order < 0 : by_name(a, b);
    });
    for (const std::size_t alert : performance.alerts) add(alert, change[slot(judged_[alert])], all, out);
  }

  void add(std::size_t alert, double change, std::vector<Finding> all, std::vector<Finding>& out) const {
    const std::size_t at = slot(judged_[alert]);
    for (Finding& finding : all) {
      const ColumnDrift& column = columns_[static_cast<std::size_t>(finding.column)];
      finding.alert = alert;
      finding.change = change;
      finding.drift = column.judged[at];
      finding.column_alert = column.alerts[at] != 0;
    }
    set_ranks(all, &Finding::rank, [&](const Finding& a, const Finding& b) {
      if (a.column_alert != b.column_alert) return a.column_alert;
      if (const int order = by_correlation(a, b); order != 0) return order < 0;
      return a.column_alerts != b.column_alerts ? a.column_alerts > b.column_alerts : by_name(a, b);
    });
    for (const Finding& finding : all) {
      if (finding.rank <= kMostFindings) out.push_back(finding);
    }
  }

  // Sorts, and numbers from 1.
  template <class Before>
  static void set_ranks(std::vector<Finding>& findings, std::int64_t Finding::*rank, Before before) {
    std::sort(findings.begin(), findings.end(), before);
    for (std::size_t i = 0; i < findings.size(); ++i) findings[i].*rank = static_cast<std::int64_t>(i) + 1;
  }

  [[nodiscard]] bool by_name(const Finding& a, const Finding& b) const {
    const std::string& left = names_[static_cast<std::size_t>(a.column)];
    const std::string& right = names_[static_cast<std::size_t>(b.column)];
    return left != right ? left < right : a.column < b.column;
  }

  // Negative where `a` follows performance more closely; no correlation is last.
  static int by_correlation(const Finding& a, const Finding& b) {
    if (std::isnan(a.correlation) || std::isnan(b.correlation))
      return static_cast<int>(std::isnan(a.correlation)) - static_cast<int>(std::isnan(b.correlation));
    return a.correlation > b.correlation ? -1 : static_cast<int>(a.correlation < b.correlation);
  }

  const std::vector<Judged>& judged_;
  const std::vector<std::string>& names_;
  std::size_t analysis_ = 0;  // the analysis's first slot
  std::size_t slots_ = 0;
  std::vector<ColumnDrift> columns_;
  std::map<std::tuple<Family, std::string_view, std::int32_t>, Performance> performances_;  // by metric and variant
};

}  // namespace

bool is_alert(const Judged& judged) { return !judged.reference && judged.alert == 1; }

std::vector<Finding> find_explanations(const std::vector<Judged>& judged, const std::vector<std::string>& columns) {
  std::map<std::int32_t, std::vector<std::size_t>> segments;  // those with a performance alert
  for (const Judged& value : judged) {
    if (is_performance(value) && is_alert(value)) segments[value.segment];
  }
  std::vector<Finding> out;
  if (segments.empty()) return out;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (const auto found = segments.find(judged[i].segment); found != segments.end()) found->second.push_back(i);
  }
  for (const auto& [segment, own] : segments) SegmentRanker(judged, columns, own).rank(out);
  std::sort(out.begin(), out.end(), [](const Finding& a, const Finding& b) {
    return a.alert != b.alert ? a.alert < b.alert : a.rank < b.rank;
  });
  return out;
}

}  // namespace longwatch
