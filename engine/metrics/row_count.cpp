// Rows of a chunk.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) { return metrics::value_of(static_cast<double>(input.rows)); }

}  // namespace

LONGWATCH_METRIC(row_count)
const Metric metric_row_count = {
    .name = "row_count",
    .summary = "Number of rows of the chunk and segment; 0 for an empty one.",
    .source = "exact",
    .family = Family::summary,
    .applies_to = AppliesTo::model,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = compute,
    .grows_with_rows = true,
};

}  // namespace longwatch
