// Quantiles of a column from the counts of its partition.
#include "engine/metrics/quantile.hpp"

namespace longwatch {
namespace {

template <int percent>
MetricValue quantile(const MetricInput& input) {
  return metrics::with_numbers(input, 1, [&](const NumberView& view) {
    MetricValue out = metrics::quantile_of(view, percent / 100.0);
    return input.reference_numbers == nullptr
               ? out
               : metrics::against_quantile(std::move(out), *input.reference_numbers, view.finite, percent / 100.0);
  });
}

}  // namespace

LONGWATCH_METRIC(median)
const Metric metric_median = {
    .name = "median",
    .summary = "Median of the finite values.",
    .source = "numpy.quantile, linear; standard error Woodruff 1952",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = quantile<50>,
};

LONGWATCH_METRIC(quantile_05)
const Metric metric_quantile_05 = {
    .name = "quantile_05",
    .summary = "5 % quantile of the finite values.",
    .source = "numpy.quantile, linear; standard error Woodruff 1952",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = quantile<5>,
};

LONGWATCH_METRIC(quantile_25)
const Metric metric_quantile_25 = {
    .name = "quantile_25",
    .summary = "25 % quantile of the finite values.",
    .source = "numpy.quantile, linear; standard error Woodruff 1952",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = quantile<25>,
};

LONGWATCH_METRIC(quantile_75)
const Metric metric_quantile_75 = {
    .name = "quantile_75",
    .summary = "75 % quantile of the finite values.",
    .source = "numpy.quantile, linear; standard error Woodruff 1952",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = quantile<75>,
};

LONGWATCH_METRIC(quantile_95)
const Metric metric_quantile_95 = {
    .name = "quantile_95",
    .summary = "95 % quantile of the finite values.",
    .source = "numpy.quantile, linear; standard error Woodruff 1952",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = quantile<95>,
};

}  // namespace longwatch
