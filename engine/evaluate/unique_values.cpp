// One column after the other: the reference's chunks, thresholds from them, the analysis's chunks, both periods.
#include "engine/evaluate/unique_values.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/evaluate/judge.hpp"
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

bool is_missing_metric(const Metric& metric) { return metric.name == "missing_rate" || metric.name == "missing_count"; }

class UniqueTask {
 public:
  UniqueTask(const ModelConfig& model, const ReferenceProfile& profile, const std::vector<const Metric*>& metrics,
             std::size_t at)
      : model_(model),
        name_(profile.unique[at].column),
        column_(static_cast<std::int32_t>(profile.columns.size() + at)) {
    for (const Metric* metric : metrics) {
      if (metric->applies_to == AppliesTo::unique || (name_ == model.id && is_missing_metric(*metric)))
        metrics_.push_back(metric);
    }
  }

  std::vector<Judged> run(const UniqueColumn& reference, const UniqueColumn* analysis) {
    period(reference, true);
    Judge judge(model_, name_, kNaN);
    judge.learn(out_);
    if (analysis != nullptr) period(*analysis, false);
    for (Judged& judged : out_) judge.judge(judged);
    return std::move(out_);
  }

 private:
  void period(const UniqueColumn& column, bool reference) {
    for (std::size_t k = 0; k + 1 < column.slots.size(); ++k)
      cell(column, column.slots[k], static_cast<std::int32_t>(k), reference);
    cell(column, column.total(), -1, reference);
  }

  void cell(const UniqueColumn& column, const UniqueCounts& counts, std::int32_t chunk, bool reference) {
    MetricInput input;
    input.rows = counts.rows;
    input.unique = &counts;
    Judged base;
    base.reference = reference;
    base.chunk = chunk;
    base.column = column_;
    base.rows = counts.rows;
    const auto add = [&](Judged judged, const MetricValue& value) {
      judged.value = value;
      if (!column.status.empty()) judged.value = metrics::without_value(column.status);
      out_.push_back(std::move(judged));
    };
    for (const Metric* metric : metrics_) {
      Judged judged = base;
      judged.metric = metric;
      add(std::move(judged), is_missing_metric(*metric) ? missing(*metric, counts) : metric->compute(input));
    }
    for (std::size_t i = 0; i < model_.constraints.size(); ++i) {
      const Constraint& constraint = model_.constraints[i];
      if (constraint.kind != ConstraintKind::unique || constraint.column != name_) continue;
      Judged judged = base;
      judged.constraint = static_cast<std::int32_t>(i);
      judged.upper = 0;
      add(std::move(judged), metrics::value_of(static_cast<double>(counts.repeated)));
    }
  }

  static MetricValue missing(const Metric& metric, const UniqueCounts& counts) {
    if (counts.rows == 0) return metrics::without_value("insufficient_data");
    MetricValue rate = metrics::rate_of(counts.missing, counts.rows);
    return metric.name == "missing_rate" ? rate : metrics::in_rows(std::move(rate), counts.rows);
  }

  const ModelConfig& model_;
  const std::string& name_;
  std::int32_t column_;
  std::vector<const Metric*> metrics_;
  std::vector<Judged> out_;
};

}  // namespace

bool wants_unique_id(const ModelConfig& model) {
  if (model.id.empty()) return false;
  for (const Metric* metric : all_metrics()) {
    if (metric->applies_to != AppliesTo::unique) continue;
    for (const std::string& pattern : model.metrics) {
      if (glob_match(pattern, metric->name)) return true;
    }
  }
  return false;
}

std::vector<std::string> unique_columns(const ModelConfig& model) {
  std::vector<std::string> out;
  if (wants_unique_id(model)) out.push_back(model.id);
  for (const Constraint& constraint : model.constraints) {
    if (constraint.kind == ConstraintKind::unique && std::find(out.begin(), out.end(), constraint.column) == out.end())
      out.push_back(constraint.column);
  }
  return out;
}

std::vector<Judged> judge_unique(const ModelConfig& model, const ReferenceProfile& profile,
                                 const std::vector<UniqueColumn>& analysis, const std::vector<const Metric*>& metrics) {
  std::vector<Judged> out;
  for (std::size_t at = 0; at < profile.unique.size(); ++at) {
    const UniqueColumn* later = at < analysis.size() ? &analysis[at] : nullptr;
    std::vector<Judged> part = UniqueTask(model, profile, metrics, at).run(profile.unique[at], later);
    std::move(part.begin(), part.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace longwatch
