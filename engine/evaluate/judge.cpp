// Learning groups the values by metric; judging looks its metric up.
#include "engine/evaluate/judge.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "engine/alert/minimum_effect.hpp"
#include "engine/alert/multiple_tests.hpp"
#include "engine/base/side_by_side.hpp"

namespace longwatch {
namespace {

constexpr double kMostFalse = 0.05;  // of alerts, by q-value

}  // namespace

void Judge::learn(std::span<const Judged> values) {
  std::map<Key, std::vector<const Judged*>> groups;
  for (const Judged& judged : values) {
    if (judged.metric == nullptr || judged.chunk < 0 || !judged.reference) continue;
    groups[{judged.metric, judged.variant}].push_back(&judged);
  }
  for (const auto& [key, group] : groups) {
    double rows = 0;
    for (const Judged* judged : group) rows += static_cast<double>(judged->rows);
    reference_rows_ = std::max(reference_rows_, rows);
  }
  std::vector<std::pair<const Key*, Fitted>> fits;
  for (auto& [key, group] : groups) fits.emplace_back(&key, Fitted{});
  side_by_side(fits.size(), [&](std::size_t i) {
    const Key& key = *fits[i].first;
    fits[i].second = fit(*key.first, key.second, groups.at(key));
  });
  for (auto& [key, fitted] : fits) fitted_[*key] = std::move(fitted);
}

Judge::Fitted Judge::fit(const Metric& metric, std::int32_t variant, const std::vector<const Judged*>& values) const {
  const auto rule = rule_for(model_, metric, column_, static_cast<std::size_t>(variant));
  if (!rule) return {};
  if (rule->kind != ThresholdKind::null) {
    std::vector<double> known;
    for (const Judged* judged : values) {
      if (judged->value.status == "ok") known.push_back(judged->value.value);
    }
    return Fixed{fit_threshold(*rule, metric, known)};
  }
  Null out;
  out.rule = *rule;
  std::vector<NullChunk> chunks;
  double rows = 0;
  double sum = 0;
  for (const Judged* judged : values) {
    if (judged->value.status != "ok" || !enough(*judged)) continue;
    chunks.push_back(chunk_of(*judged));
    rows += static_cast<double>(judged->rows);
    sum += static_cast<double>(judged->rows) * judged->value.value;
  }
  out.centre = sum / rows;
  out.threshold = NullThreshold(chunks, rule->rate, sides_of(metric));
  return out;
}

NullChunk Judge::chunk_of(const Judged& judged) const {
  const double rows = static_cast<double>(judged.rows);
  NullChunk out{judged.value.value, judged.value.null, 0, 1};
  if (judged.reference && reference_rows_ > 0) out.share = rows / reference_rows_;
  if (judged.metric->grows_with_rows && rows > 0) out.unit = rows;
  return out;
}

bool Judge::enough(const Judged& judged) const {
  // NaN events do not matter.
  return judged.rows >= model_.minimum_rows && !(judged.value.events < static_cast<double>(model_.minimum_events));
}

void Judge::judge(Judged& judged) const {
  if (judged.constraint >= 0) {
    if (judged.value.status == "ok") judged.outside = judged.value.value > judged.upper ? 1 : 0;
    return;
  }
  if (judged.chunk < 0) return;
  const auto found = fitted_.find({judged.metric, judged.variant});
  Fitted without_reference;
  if (found == fitted_.end()) without_reference = fit(*judged.metric, judged.variant, {});
  const Fitted& fitted = found == fitted_.end() ? without_reference : found->second;
  if (const Null* null = std::get_if<Null>(&fitted)) return judge_null(*null, judged);
  const Fixed* fixed = std::get_if<Fixed>(&fitted);
  if (fixed == nullptr || fixed->threshold.status != "ok") return;
  if (std::isnan(fixed->threshold.lower) && std::isnan(fixed->threshold.upper)) return;  // a rule of `none`
  judged.lower = fixed->threshold.lower;
  judged.upper = fixed->threshold.upper;
  if (judged.value.status == "ok") judged.outside = outside(judged.value.value, fixed->threshold) ? 1 : 0;
}

void Judge::judge_null(const Null& null, Judged& judged) const {
  MetricValue& value = judged.value;
  value.p_value = kNaN;  // a metric's own does not know how days differ
  if (value.status != "ok") return;
  if (!enough(judged)) {
    value.status = "insufficient_data";
    return;
  }
  const Metric& metric = *judged.metric;
  const NullVerdict verdict = null.threshold.judge(chunk_of(judged));
  if (std::isnan(verdict.p_value)) return;
  FittedThreshold limits{verdict.lower, verdict.upper, "ok"};
  if (limits.lower < metric.least) limits.lower = metric.least;
  if (limits.upper > metric.greatest) limits.upper = metric.greatest;
  judged.tested = true;
  judged.lower = limits.lower;
  judged.upper = limits.upper;
  judged.minimum_detectable = verdict.minimum_detectable;
  value.p_value = verdict.p_value;
  judged.outside = outside(value.value, limits) ? 1 : 0;
  const double least = null.rule.minimum_effect.value_or(
      default_minimum_effect(metric, value, static_cast<double>(judged.rows), reference_rows_, deviation_));
  judged.worthwhile = effect_of(value, null.centre) >= least;
  if (null.threshold.too_short()) value.status = "reference_too_short";
}

void decide_alerts(std::vector<Judged>& judged) {
  std::vector<std::size_t> tests;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    judged[i].alert = judged[i].outside;
    if (judged[i].tested) tests.push_back(i);
  }
  const auto family = [&](std::size_t i) {
    return std::make_tuple(judged[i].segment, judged[i].reference, judged[i].chunk);
  };
  std::stable_sort(tests.begin(), tests.end(), [&](std::size_t a, std::size_t b) { return family(a) < family(b); });
  std::vector<double> p_values;
  for (std::size_t first = 0; first < tests.size();) {
    std::size_t last = first;
    p_values.clear();
    for (; last < tests.size() && family(tests[last]) == family(tests[first]); ++last)
      p_values.push_back(judged[tests[last]].value.p_value);
    const std::vector<double> q = q_values(p_values);
    for (std::size_t i = first; i < last; ++i) {
      Judged& at = judged[tests[i]];
      at.q_value = q[i - first];
      at.alert = at.outside == 1 && at.worthwhile && at.q_value <= kMostFalse ? 1 : 0;
    }
    first = last;
  }
}

}  // namespace longwatch
