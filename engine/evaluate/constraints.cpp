// Constraints are counts over cells: their limits are partition edges (see fit.cpp), so the counts are exact.
#include "engine/evaluate/constraints.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "engine/evaluate/evaluate.hpp"

namespace longwatch {
namespace {

MetricValue known(double value) {
  MetricValue out;
  out.value = value;
  return out;
}

MetricValue missing(const Constraint& constraint, const CountsState& counts) {
  if (constraint.kind == ConstraintKind::not_null) return known(static_cast<double>(counts.missing()));
  if (counts.rows == 0) return MetricValue::undefined("no rows");
  return known(static_cast<double>(counts.missing()) / static_cast<double>(counts.rows));
}

// Rows in cells that lie entirely outside [lower, upper].
std::int64_t beyond(const NumberView& view, double lower, double upper) {
  const auto edges = view.column->partition.edges();
  std::int64_t out = 0;
  for (std::size_t cell = 0; cell < view.counts.size(); ++cell) {
    if (view.counts[cell] == 0) continue;
    const bool atom = cell % 2 == 1;
    // The open cell below edges[i] is beyond the upper limit where the edge before it is at or above it.
    const bool above = atom ? edges[cell / 2] > upper : cell > 0 && edges[cell / 2 - 1] >= upper;
    const bool below = atom ? edges[cell / 2] < lower : cell / 2 < edges.size() && edges[cell / 2] <= lower;
    if (above || below) out += view.counts[cell];
  }
  return out;
}

}  // namespace

const char* constraint_name(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::not_null:
      return "not_null";
    case ConstraintKind::in_range:
      return "in_range";
    case ConstraintKind::in_set:
      return "in_set";
    case ConstraintKind::max_null_rate:
      return "max_null_rate";
    case ConstraintKind::unique:
      return "unique";
  }
  return "";
}

double constraint_limit(const Constraint& constraint) {
  return constraint.kind == ConstraintKind::max_null_rate ? constraint.upper : 0;
}

MetricValue check_numbers(const Constraint& constraint, const NumberView& view) {
  const CountsState& counts = view.state->counts;
  if (constraint.kind == ConstraintKind::not_null || constraint.kind == ConstraintKind::max_null_rate)
    return missing(constraint, counts);
  if (!view.column->usable.empty()) {
    MetricValue out;
    out.status = view.column->usable;
    return out;
  }
  if (constraint.kind == ConstraintKind::in_range) {
    return known(static_cast<double>(beyond(view, constraint.lower, constraint.upper) + counts.positive_inf +
                                     counts.negative_inf));
  }
  std::set<double> allowed;
  for (const std::string& text : constraint.values) allowed.insert(std::strtod(text.c_str(), nullptr));
  std::int64_t inside = 0;
  const auto edges = view.column->partition.edges();
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (allowed.count(edges[i]) != 0) inside += view.counts[2 * i + 1];
  }
  return known(static_cast<double>(view.finite + counts.positive_inf + counts.negative_inf - inside));
}

MetricValue check_categories(const Constraint& constraint, const CategoryView& view) {
  const CategoryState& state = *view.state;
  if (constraint.kind == ConstraintKind::not_null || constraint.kind == ConstraintKind::max_null_rate)
    return missing(constraint, state.counts);
  if (constraint.kind == ConstraintKind::in_range) return MetricValue::undefined("in_range needs a continuous column");
  const auto allowed = [&](const std::string& text) {
    return std::find(constraint.values.begin(), constraint.values.end(), text) != constraint.values.end();
  };
  std::int64_t inside = 0;
  for (std::size_t i = 0; i < view.counts.size(); ++i) {
    if (allowed(view.column->categories[i])) inside += view.counts[i];
  }
  std::int64_t listed = 0;
  for (const UnseenValue& value : state.unseen_values) {
    listed += value.count;
    if (allowed(value.text)) inside += value.count;
  }
  if (listed < state.unseen || state.other > 0)
    return MetricValue::undefined("too many values outside the reference's to list");
  return known(static_cast<double>(view.present - inside));
}

}  // namespace longwatch
