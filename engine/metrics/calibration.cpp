// How far a model's scores are from the rates that were observed, by bin of score.
#include <array>
#include <cmath>

#include "engine/metrics/performance_value.hpp"

namespace longwatch {
namespace {

/// compute(bins) of a cell with a labelled, scored row.
template <class Compute>
MetricValue with_bins(const MetricInput& input, Compute compute) {
  return metrics::with_outcomes(
      input, Family::realized_performance, [&](const ClassifierView& view, const OutcomeTable& table) {
        return table.score.empty() ? metrics::without_value("insufficient_data") : compute(view.bins);
      });
}

MetricValue expected_error(const MetricInput& input) {
  return with_bins(input, [](const std::vector<ScoreBin>& bins) {
    double gap = 0;
    double rows = 0;
    for (const ScoreBin& bin : bins) {
      gap += std::abs(bin.score - bin.positive);
      rows += bin.labelled;
    }
    return metrics::value_of(std::min(gap / rows, 1.0));
  });
}

std::size_t bins_of(const ReferenceProfile& profile) { return score_bin_edges(profile.performance).size() + 1; }

std::vector<std::string> names(const ModelConfig&, const ReferenceProfile& profile) {
  std::vector<std::string> out;
  for (std::size_t bin = 1; bin <= bins_of(profile); ++bin) {
    const std::string name = std::string("calibration_bin_") + (bin < 10 ? "0" : "") + std::to_string(bin);
    out.push_back(name + "_mean_score");
    out.push_back(name + "_observed_rate");
  }
  return out;
}

MetricValue curve(const MetricInput& input) {
  return with_bins(input, [&](const std::vector<ScoreBin>& bins) {
    if (input.variant / 2 >= bins.size()) return MetricValue::undefined("the reference has fewer bins of scores");
    const ScoreBin& bin = bins[input.variant / 2];
    if (bin.labelled == 0) return metrics::without_value("insufficient_data");
    if (input.variant % 2 == 0) return metrics::value_of(std::min(bin.score / bin.labelled, 1.0));
    const double rate = bin.positive / bin.labelled;
    return metrics::value_of(rate, std::sqrt(rate * (1 - rate) / bin.labelled));
  });
}

}  // namespace

LONGWATCH_METRIC(expected_calibration_error)
const Metric metric_expected_calibration_error = {
    .name = "expected_calibration_error",
    .summary =
        "Mean distance between mean score and observed rate over bins by the reference's deciles of score, "
        "weighted by their rows.",
    .source = "Naeini et al. 2015, on bins of equal count in the reference",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = expected_error,
};

LONGWATCH_METRIC(calibration_curve)
const Metric metric_calibration_curve = {
    .name = "calibration_curve",
    .summary = "Mean score and observed rate of positives by bin of score; see below for the names.",
    .source = "sklearn.calibration.calibration_curve, on the reference's deciles",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = curve,
    .variants = names,
};

}  // namespace longwatch
