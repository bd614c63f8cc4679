// Sentences from judged values.
#include "engine/evaluate/performance_warnings.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

namespace longwatch {
namespace {

constexpr double kChance = 0.01;
constexpr double kMissed = 0.05;  ///< what a 95 % interval may miss
constexpr double kAllLabels = 0.95;
constexpr std::size_t kNamedChunks = 5;
constexpr std::size_t kNamedMetrics = 3;

bool counts(const Judged& judged) {
  return !judged.reference && judged.segment == 0 && judged.column < 0 && judged.chunk >= 0 &&
         judged.metric != nullptr && judged.value.status == "ok";
}

/// "2013-09, 2013-10, ..."
std::string named(const std::set<std::int32_t>& which, const std::vector<Chunk>& chunks) {
  std::string out;
  std::size_t shown = 0;
  for (const std::int32_t chunk : which) {
    if (shown++ == kNamedChunks) return out + ", ...";
    out += (out.empty() ? "" : ", ") + chunks[static_cast<std::size_t>(chunk)].key;
  }
  return out;
}

std::string of_chunks(std::size_t some, std::size_t all) {
  return std::to_string(some) + " of " + std::to_string(all) + (all == 1 ? " chunk" : " chunks");
}

/// Chunks where a metric is at least `effect` from 0 with a small p-value, and how many there are.
struct Found {
  std::set<std::int32_t> chunks;
  std::size_t tested = 0;
};

Found beyond_chance(const std::vector<Judged>& judged, std::string_view metric, double effect) {
  std::vector<const Judged*> tested;
  for (const Judged& one : judged) {
    if (counts(one) && one.metric->name == metric && !std::isnan(one.value.p_value)) tested.push_back(&one);
  }
  Found out;
  out.tested = tested.size();
  for (const Judged* one : tested) {
    const bool found = one->value.p_value < kChance / static_cast<double>(tested.size());
    if (found && std::abs(one->value.value) >= effect) out.chunks.insert(one->chunk);
  }
  return out;
}

/// The probability of at least `hits` out of `tries` at `rate` each.
double binomial_tail(std::size_t hits, std::size_t tries, double rate) {
  const double n = static_cast<double>(tries);
  double log_mass = n * std::log1p(-rate);
  double below = 0;
  for (std::size_t i = 0; i < hits; ++i) {
    below += std::exp(log_mass);
    log_mass += std::log((n - static_cast<double>(i)) / static_cast<double>(i + 1)) + std::log(rate / (1 - rate));
  }
  return std::max(0.0, 1 - below);
}

struct Comparison {
  const MetricValue* estimated = nullptr;
  const MetricValue* realized = nullptr;
};

/// Estimates and realized values of the same chunk, by metric and chunk.
using Comparisons = std::map<std::string_view, std::map<std::int32_t, Comparison>>;

Comparisons comparisons_of(const std::vector<Judged>& judged) {
  Comparisons out;
  for (const Judged& one : judged) {
    if (!counts(one) || one.metric->variants != nullptr) continue;
    if (one.metric->family == Family::estimated_performance && !std::isnan(one.value.pi_lower))
      out[one.metric->name][one.chunk].estimated = &one.value;
    if (one.metric->family == Family::realized_performance && one.value.labels_rate >= kAllLabels)
      out[one.metric->name][one.chunk].realized = &one.value;
  }
  return out;
}

struct Missed {
  std::string_view metric;
  std::size_t chunks = 0;
  std::size_t compared = 0;
};

/// Those that miss most come first, by share of the chunks, then by name; the rest is counted.
std::string worst_of(std::vector<Missed> missed) {
  std::stable_sort(missed.begin(), missed.end(),
                   [](const Missed& a, const Missed& b) { return a.chunks * b.compared > b.chunks * a.compared; });
  std::string out;
  for (std::size_t i = 0; i < std::min(missed.size(), kNamedMetrics); ++i) {
    out += (out.empty() ? "" : ", ") + std::string(missed[i].metric) + " in " +
           of_chunks(missed[i].chunks, missed[i].compared);
  }
  if (missed.size() <= kNamedMetrics) return out;
  const std::size_t rest = missed.size() - kNamedMetrics;
  return out + " and " + std::to_string(rest) + (rest == 1 ? " more metric" : " more metrics");
}

std::string outside_intervals(const std::vector<Judged>& judged, const std::vector<Chunk>& chunks) {
  std::vector<Missed> metrics;
  std::set<std::int32_t> which;
  for (const auto& [name, by_chunk] : comparisons_of(judged)) {
    std::set<std::int32_t> missed;
    std::size_t compared = 0;
    for (const auto& [chunk, pair] : by_chunk) {
      if (pair.estimated == nullptr || pair.realized == nullptr) continue;
      ++compared;
      const double value = pair.realized->value;
      if (value < pair.estimated->pi_lower || value > pair.estimated->pi_upper) missed.insert(chunk);
    }
    if (missed.empty() || binomial_tail(missed.size(), compared, kMissed) >= kChance) continue;
    metrics.push_back({name, missed.size(), compared});
    which.insert(missed.begin(), missed.end());
  }
  if (metrics.empty()) return "";
  return "realized performance lies outside the estimates' prediction intervals: " + worst_of(std::move(metrics)) +
         " (" + named(which, chunks) + ")";
}

}  // namespace

std::vector<std::string> performance_warnings(const std::vector<Judged>& judged, const std::vector<Chunk>& chunks) {
  std::vector<std::string> out;
  const Found gap = beyond_chance(judged, "calibration_in_the_large", 0.01);
  if (!gap.chunks.empty()) {
    out.push_back("the labels do not fit the calibrated scores in " + of_chunks(gap.chunks.size(), gap.tested) +
                  " with labels (" + named(gap.chunks, chunks) +
                  "): estimated performance assumes that a score means what it meant in the reference, and is wrong "
                  "where it does not; see calibration_in_the_large");
  }
  if (std::string text = outside_intervals(judged, chunks); !text.empty()) out.push_back(std::move(text));
  const Found selection = beyond_chance(judged, "labels_selection", 0.05);
  if (!selection.chunks.empty()) {
    out.push_back("rows with labels have other scores than rows without in " +
                  of_chunks(selection.chunks.size(), selection.tested) + " (" + named(selection.chunks, chunks) +
                  "): realized performance is that of a selection; see labels_selection");
  }
  return out;
}

}  // namespace longwatch
