// Whether the labels that are known agree with the calibrated scores on average: what every estimate assumes.
#include <cmath>

#include "engine/metrics/location.hpp"
#include "engine/metrics/performance_value.hpp"
#include "engine/profile/calibrator.hpp"
#include "engine/state/compensated.hpp"

namespace longwatch {
namespace {

struct Sums {
  double rows = 0;
  CompensatedSum gap;       ///< positives less calibrated scores
  CompensatedSum noise;     ///< variance of the labels, given the calibrated scores
  std::vector<double> use;  ///< by knot: rows that lean on it
};

Sums sums_of(const OutcomeTable& realized, const Calibrator& calibrator) {
  Sums out;
  out.use.assign(calibrator.scores.size(), 0);
  CalibratorWalk walk(calibrator);
  for (std::size_t i = 0; i < realized.score.size(); ++i) {
    const double positive = realized.positive_at(i);
    const double rows = positive + realized.negative_at(i);
    const double c = walk.at(realized.score[i]);
    out.rows += rows;
    out.gap.add(positive);
    out.gap.add(-rows * c);
    out.noise.add(rows * c * (1 - c));
    if (out.use.empty()) continue;
    out.use[walk.place().lower] += rows * (1 - walk.place().share);
    out.use[walk.place().upper] += rows * walk.place().share;
  }
  return out;
}

// What the calibrator's own labels leave uncertain: each block is a share of `weights` rows. A block of only one class
// counts as one with half a row of each more (Jeffreys).
double calibrator_variance(const Sums& sums, const Calibrator& calibrator) {
  double out = 0;
  for (std::size_t knot = 0; knot < sums.use.size(); ++knot) {
    double use = sums.use[knot];
    const double p = calibrator.probabilities[knot];
    if (knot + 1 < sums.use.size() && calibrator.probabilities[knot + 1] == p) use += sums.use[++knot];
    const double weight = calibrator.weights[knot];
    const double smoothed = (p * weight + 0.5) / (weight + 1);
    out += use * use * smoothed * (1 - smoothed) / weight;
  }
  return out;
}

MetricValue compute(const MetricInput& input) {
  return metrics::with_outcomes(
      input, Family::realized_performance, [](const ClassifierView& view, const OutcomeTable& realized) {
        if (!view.performance->not_estimated.empty()) return metrics::without_value(view.performance->not_estimated);
        if (view.performance->calibrators.empty() || realized.score.empty())
          return metrics::without_value("insufficient_data");
        const Calibrator& calibrator = view.performance->calibrators.front();
        const Sums sums = sums_of(realized, calibrator);
        const double error = std::sqrt(sums.noise.value() + calibrator_variance(sums, calibrator)) / sums.rows;
        MetricValue out = metrics::value_of(sums.gap.value() / sums.rows, error);
        out.null.error = error;
        out.null.expected = 0;
        if (!(error > 0)) return out;
        out.p_value = std::erfc(std::abs(out.value) / error / std::sqrt(2.0));
        out.ci_lower = out.value - metrics::kNormal975 * error;
        out.ci_upper = out.value + metrics::kNormal975 * error;
        out.interval_method = "delta";
        return out;
      });
}

}  // namespace

LONGWATCH_METRIC(calibration_in_the_large)
const Metric metric_calibration_in_the_large = {
    .name = "calibration_in_the_large",
    .summary =
        "Share of positive labels less the mean calibrated score of the labelled rows; a small p-value says that "
        "the chance of a label at a given score has changed, and that estimates are wrong by about as much.",
    .source = "Cox 1958; z-test with the noise of the labels and of the reference's calibration",
    .family = Family::concept_drift,
    .applies_to = AppliesTo::binary,
    .least = -1,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = compute,
};

}  // namespace longwatch
