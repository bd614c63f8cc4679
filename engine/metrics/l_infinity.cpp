// Largest difference between a category's shares in reference and chunk.
#include "engine/metrics/binned.hpp"
#include "engine/metrics/largest_difference.hpp"
#include "engine/metrics/largest_null.hpp"

namespace longwatch {
namespace {

using Point = metrics::LargestDifference::Point;

/// The categories that may be the one with the largest difference: those where it plus three errors comes closest.
void add_uncertainty(MetricValue& out, const CategoryView& reference, const CategoryView& chunk) {
  const double rows = static_cast<double>(reference.present);
  const double n = static_cast<double>(chunk.present);
  const metrics::LargestNull null(metrics::null_terms(reference)->bins, n);
  out.null = null.spread();
  out.p_value = null.tail(out.value);
  struct Category {
    Point point;
    double share, reach;
  };
  std::vector<Category> categories;
  const auto add = [&](std::int64_t of_reference, std::int64_t of_chunk) {
    if (of_reference == 0 && of_chunk == 0) return;
    const double p = static_cast<double>(of_reference) / rows;
    const double q = static_cast<double>(of_chunk) / n;
    const double share = static_cast<double>(of_reference + of_chunk) / (n + rows);
    const Point point = {p - q, p * (1 - p) / rows + q * (1 - q) / n, share * (1 - share) * (1 / n + 1 / rows)};
    categories.push_back({point, share, std::abs(p - q) + 3 * std::sqrt(point.null_variance)});
  };
  for (std::size_t i = 0; i < reference.counts.size(); ++i) add(reference.counts[i], chunk.counts[i]);
  add(reference.state->other, chunk.state->other);
  for (const UnseenValue& value : chunk.state->unseen_values) add(0, value.count);
  const std::size_t kept = std::min(categories.size(), metrics::kPoints - 1);
  std::partial_sort(categories.begin(), categories.begin() + static_cast<std::ptrdiff_t>(kept), categories.end(),
                    [](const Category& a, const Category& b) { return a.reach > b.reach; });
  std::vector<Point> points;
  std::vector<double> shares;
  for (std::size_t i = 0; i < kept; ++i) {
    points.push_back(categories[i].point);
    shares.push_back(categories[i].share);
  }
  metrics::set_path_interval(out, metrics::LargestDifference::bins(points, shares, null.moments()), 1);
  // Which category differs most among the populations is unknown: it lies within its own interval, whichever it is.
  if (std::isnan(out.ci_upper)) return;
  for (const Point& point : points) {
    const double error = std::sqrt(std::max(point.variance, point.null_variance));
    out.ci_upper = std::max(out.ci_upper, std::min(1.0, std::abs(point.difference) + metrics::kNormal975 * error));
  }
}

/// Every kept unseen value is a category of its own. A value among the unseen ones that were not kept could have at
/// most the share of all of them together: that is the resolution.
MetricValue compute(const MetricInput& input) {
  return metrics::with_category_pair(input, [](const CategoryView& reference, const CategoryView& chunk) {
    const double reference_rows = static_cast<double>(reference.present);
    const double chunk_rows = static_cast<double>(chunk.present);
    const auto difference = [&](std::int64_t of_reference, std::int64_t of_chunk) {
      return std::abs(static_cast<double>(of_reference) / reference_rows - static_cast<double>(of_chunk) / chunk_rows);
    };
    double largest = difference(reference.state->other, chunk.state->other);
    for (std::size_t i = 0; i < reference.counts.size(); ++i) {
      largest = std::max(largest, difference(reference.counts[i], chunk.counts[i]));
    }
    std::int64_t rest = chunk.state->unseen;
    for (const UnseenValue& value : chunk.state->unseen_values) {
      largest = std::max(largest, difference(0, value.count));
      rest -= value.count;
    }
    MetricValue out = metrics::value_of(largest);
    out.resolution = std::max(0.0, difference(0, rest) - largest);
    add_uncertainty(out, reference, chunk);
    return out;
  });
}

}  // namespace

LONGWATCH_METRIC(l_infinity)
const Metric metric_l_infinity = {
    .name = "l_infinity",
    .summary =
        "Largest difference between a category's share in the chunk and in the reference; each unseen value is a "
        "category.",
    .source = "largest abs(p - q), as NannyML",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::categorical,
    .least = 0,
    .greatest = 1,
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
    .minimum_effect = 0.02,
};

}  // namespace longwatch
