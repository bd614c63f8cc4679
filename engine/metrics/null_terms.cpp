// What is worked out once of a reference's column for the nulls of its distances.
#include "engine/metrics/null_terms.hpp"

#include <algorithm>

namespace longwatch::metrics {

namespace {

/// How many rows of a sample as large as the reference lie beyond its extremes: one for each that occurs once.
double beyond_extremes(const NumberView& reference) {
  const Partition& partition = reference.column->partition;
  if (reference.finite < 2) return 1;
  const MomentsState& moments = reference.state->moments;
  double out = 0;
  for (const double extreme : {moments.minimum, moments.maximum})
    out += reference.counts[partition.cell_of(extreme)] == 1 ? 1 : 0;
  return out;
}

/// Categories that occur once stand for those that did not occur; where categories of the model are among these, they
/// get that share (NullCells::of).
double unseen_expected(const CategoryView& reference) {
  const std::vector<std::int64_t>& counts = reference.counts;
  if (std::find(counts.begin(), counts.end(), 0) != counts.end()) return 0;
  return static_cast<double>(std::count(counts.begin(), counts.end(), 1));
}

}  // namespace

NullTerms NullTerms::of(const NumberView& reference) {
  const std::span<const std::int64_t> bins = reference.bins;
  return {NullCells::of(bins.first(bins.size() - 1), bins.back(), beyond_extremes(reference))};
}

NullTerms NullTerms::of(const CategoryView& reference) {
  return {NullCells::of(reference.counts, reference.state->other + reference.state->unseen,
                        unseen_expected(reference))};
}

}  // namespace longwatch::metrics
