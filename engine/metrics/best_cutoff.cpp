// The best cut-off, and how sure it is: Poisson bootstrap over the steps of the curve.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <utility>

#include "engine/metrics/cutoff_curve.hpp"

namespace longwatch {
namespace {

// Numbers that depend on a counter alone (the finaliser of SplitMix64).
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t replicate) : state_(mixed(seed ^ mixed(replicate + 1))) {}

  /// A Poisson number, for large means from a normal one with the skewness put in (Cornish and Fisher).
  double poisson(double mean) {
    if (!(mean > 0)) return 0;
    if (mean > 30) {
      const double z = normal();
      return std::max(0.0, std::round(mean + std::sqrt(mean) * z + (z * z - 1) / 6));
    }
    double left = uniform();
    double chance = std::exp(-mean);
    double number = 0;
    while (left > chance && number < 200) {
      left -= chance;
      number += 1;
      chance *= mean / number;
    }
    return number;
  }

 private:
  static std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
  }
  // In (0, 1).
  double uniform() { return (static_cast<double>(mixed(state_ + counter_++) >> 11U) + 0.5) * 0x1p-53; }
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  std::uint64_t state_;
  std::uint64_t counter_ = 0;
};

// The rows that one step of the curve adds to those predicted positive.
struct Step {
  double positive = 0;
  double negative = 0;
};

std::vector<Step> steps_of(std::span<const CutoffPoint> curve) {
  std::vector<Step> out;
  Step before;
  for (const CutoffPoint& point : curve) {
    out.push_back({std::max(0.0, point.true_positive - before.positive), std::max(0.0, point.false_positive - before.negative)});
    before = {point.true_positive, point.false_positive};
  }
  out.push_back({curve.back().false_negative, curve.back().true_negative});  // below every cut-off
  return out;
}

Step resampled(const Step& step, bool estimated, Draws& draws) {
  if (!estimated) return {draws.poisson(step.positive), draws.poisson(step.negative)};
  const double rows = step.positive + step.negative;
  if (!(rows > 0)) return {};
  const double factor = draws.poisson(rows) / rows;
  return {step.positive * factor, step.negative * factor};
}

// The value of every cut-off; the last step lies below all of them.
void values_of(const std::vector<Step>& steps, const OutcomeValues& values, std::vector<double>& out) {
  double value = 0;
  for (const Step& step : steps) value += values.false_negative * step.positive + values.true_negative * step.negative;
  out.clear();
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    value += (values.true_positive - values.false_negative) * steps[i].positive +
             (values.false_positive - values.true_negative) * steps[i].negative;
    out.push_back(value);
  }
}

std::size_t greatest(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

// The order statistics that hold 95 % between them; no interpolation, as a cut-off may be infinite.
std::pair<double, double> percentiles(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return {values[static_cast<std::size_t>(std::floor(0.025 * last))],
          values[static_cast<std::size_t>(std::ceil(0.975 * last))]};
}

}  // namespace

BestCutoff best_cutoff(std::span<const CutoffPoint> curve, const OutcomeValues& values, bool estimated, int resamples,
                       std::uint64_t seed) {
  BestCutoff out;
  const std::vector<Step> steps = steps_of(curve);
  std::vector<double> worth;
  values_of(steps, values, worth);
  out.at = greatest(worth);
  out.value = business_value(curve[out.at], values) / curve[out.at].rows();
  std::vector<double> cutoffs, means;
  std::vector<Step> drawn(steps.size());
  for (int replicate = 0; replicate < resamples; ++replicate) {
    Draws draws(seed, static_cast<std::uint64_t>(replicate));
    double rows = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      drawn[i] = resampled(steps[i], estimated, draws);
      rows += drawn[i].positive + drawn[i].negative;
    }
    if (!(rows > 0)) continue;
    values_of(drawn, values, worth);
    cutoffs.push_back(curve[greatest(worth)].cutoff);
    means.push_back(worth[out.at] / rows);
  }
  out.cutoff_lower = out.cutoff_upper = curve[out.at].cutoff;
  out.value_lower = out.value_upper = out.value;
  if (cutoffs.empty()) return out;
  std::tie(out.cutoff_lower, out.cutoff_upper) = percentiles(cutoffs);
  std::tie(out.value_lower, out.value_upper) = percentiles(means);
  return out;
}

}  // namespace longwatch
