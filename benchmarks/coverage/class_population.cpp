#include "benchmarks/coverage/class_population.hpp"

#include <algorithm>
#include <cmath>

#include "engine/metrics/normal.hpp"
#include "engine/profile/fit_calibrator.hpp"
#include "engine/state/class_row.hpp"

namespace longwatch::coverage {
namespace {

constexpr double kApart = 1.5;

double normal(Random& random) {
  return metrics::normal_quantile((static_cast<double>(random.bits() >> 12) + 0.5) * 0x1p-52);
}

ScoreState one_vs_rest(const ClassState& state, std::size_t c) {
  ScoreState out;
  for (const ClassEntry& entry : state.entries[c]) out.entries.push_back(entry.key);
  out.rows = out.scored();
  return out;
}

// The calibrated scores of a row.
std::vector<double> calibrated(const double* scores, const PerformanceProfile& profile) {
  std::vector<double> out;
  double sum = 0;
  for (std::size_t c = 0; c < profile.calibrators.size(); ++c) {
    out.push_back(profile.calibrators[c].probability(scores[c]));
    sum += out.back();
  }
  for (double& p : out) p = row::renormalised(p, sum, static_cast<int>(out.size()));
  return out;
}

}  // namespace

ClassPopulation::ClassPopulation(std::size_t classes) : classes_(classes) {
  Random random(classes);
  std::vector<double> prior;
  const double all = static_cast<double>(classes * (classes + 1)) / 2;
  for (std::size_t c = 0; c < classes; ++c) prior.push_back(static_cast<double>(c + 1) / all);
  for (std::size_t k = 0; k < kCells; ++k) {
    double left = (static_cast<double>(k) + 0.5) / kCells;  // classes in their shares
    std::size_t label = 0;
    while (label + 1 < classes && left > prior[label]) left -= prior[label++];
    std::vector<double> weights;
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      const double x = normal(random) + (c == label ? kApart : 0);
      sum += weights.emplace_back(prior[c] * std::exp(kApart * x));
    }
    for (const double weight : weights) scores_.push_back(weight / sum);
    predicted_.push_back(static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) - weights.begin()));
  }
}

ClassState ClassPopulation::state_of(const std::vector<std::int32_t>& counts, bool labelled,
                                     const PerformanceProfile& profile) const {
  ClassPartial out;
  out.reset(classes_);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const std::size_t cell = i / classes_;
    const std::size_t label = labelled ? i % classes_ : classes_;
    const double* scores = scores_.data() + cell * classes_;
    const std::size_t predicted = predicted_[cell];
    const std::vector<double> p = calibrated(scores, profile);
    out.counts.rows += counts[i];
    out.labels[predicted * (classes_ + 1) + label] += counts[i];
    out.scored[predicted] += counts[i];
    for (std::size_t c = 0; c < p.size(); ++c) {
      const std::int64_t term = counts[i] * row::probability_term(p[c]);
      out.sums[predicted * classes_ + c] += term;
      for (std::size_t d = 0; d <= c; ++d)
        out.products[predicted * product_sums(classes_) + product_at(classes_, c, d)] +=
            counts[i] * row::probability_term(p[c] * p[d]);
    }
    for (std::size_t c = 0; c < classes_; ++c) {
      const LabelCode code = !labelled ? LabelCode::unknown : label == c ? LabelCode::positive : LabelCode::negative;
      const int128 sum = p.empty() ? int128{0} : int128{counts[i]} * row::probability_term(p[c]);
      out.entries[c].push_back({ScoreEntry::of(scores[c], ScoreEntry::code_of(predicted == c, code), counts[i]), sum});
    }
  }
  return out.take();
}

PerformanceProfile ClassPopulation::without_maps() const {
  PerformanceProfile out;
  for (std::size_t c = 0; c < classes_; ++c) out.classes.push_back(std::to_string(c));
  out.calibrators.resize(classes_);
  return out;
}

ClassState ClassPopulation::whole() const {
  std::vector<std::int32_t> counts(kCells * classes_, 0);
  for (std::size_t cell = 0; cell < kCells; ++cell) counts[cell * classes_] = 1;
  return state_of(counts, false, without_maps());
}

ClassState ClassPopulation::sample(Random& random, std::int64_t rows, const PerformanceProfile& profile) const {
  std::vector<std::int32_t> counts(kCells * classes_, 0);
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::uint64_t bits = random.bits();
    const std::size_t cell = bits >> 52;
    double left = static_cast<double>(bits & ((std::uint64_t{1} << 52) - 1)) * 0x1p-52;
    std::size_t label = 0;
    while (label + 1 < classes_ && left >= scores_[cell * classes_ + label]) left -= scores_[cell * classes_ + label++];
    counts[cell * classes_ + label] += 1;
  }
  return state_of(counts, true, profile);
}

PerformanceProfile ClassPopulation::learned(Random& random, std::int64_t rows) const {
  PerformanceProfile out = without_maps();
  PerformanceProfile none = out;
  none.calibrators.clear();
  const ClassState labelled = sample(random, rows, none);
  for (std::size_t c = 0; c < classes_; ++c) out.calibrators[c] = fit_calibrator(one_vs_rest(labelled, c));
  return out;
}

}  // namespace longwatch::coverage
