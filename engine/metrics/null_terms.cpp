// What is worked out once of a reference's column for the nulls of its distances.
#include "engine/metrics/null_terms.hpp"

#include <algorithm>

#include "engine/metrics/guards.hpp"

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

/// The cells at which the bins end: after each inner decile of the reference, and before it too where that one value
/// holds a tenth of the reference or more (zeros, caps), so that such a value has a bin of its own.
std::vector<std::size_t> ends_of_deciles(const NumberView& reference) {
  const Partition& partition = reference.column->partition;
  const std::span<const double> edges = partition.edges();
  std::vector<std::size_t> ends;
  std::int64_t before = reference.counts.front();
  std::size_t cell = 1;
  for (const double decile : reference.column->quantile_edges) {
    const std::size_t edge =
        static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), decile) - edges.begin());
    const std::size_t atom = 2 * edge + 1;
    if (atom >= reference.counts.size()) break;
    for (; cell < atom; ++cell) before += reference.counts[cell];
    const bool heavy = reference.counts[atom] * 10 >= reference.present();
    if (heavy && before > 0 && (ends.empty() || ends.back() < atom)) ends.push_back(atom);
    const bool inner = edge > partition.first_inside() && edge < partition.last_inside();
    if (inner || (heavy && edge < partition.last_inside())) ends.push_back(atom + 1);
  }
  ends.push_back(reference.counts.size());
  return ends;
}

/// Categories that occur once stand for those that did not occur; where categories of the model are among these, they
/// get that share (NullCells::of).
double unseen_expected(const CategoryView& reference) {
  const std::vector<std::int64_t>& counts = reference.counts;
  if (std::find(counts.begin(), counts.end(), 0) != counts.end()) return 0;
  return static_cast<double>(std::count(counts.begin(), counts.end(), 1));
}

}  // namespace

std::vector<std::int64_t> counts_between(const NumberView& view, std::span<const std::size_t> ends) {
  std::vector<std::int64_t> out;
  std::size_t cell = 0;
  for (const std::size_t end : ends) {
    std::int64_t sum = 0;
    for (; cell < end; ++cell) sum += view.counts[cell];
    out.push_back(sum);
  }
  out.front() += view.state->counts.negative_inf;
  out.back() += view.state->counts.positive_inf;
  return out;
}

NullTerms NullTerms::of(const NumberView& reference) {
  const std::span<const std::int64_t> bins = reference.bins;
  NullTerms out;
  out.bins = NullCells::of(bins.first(bins.size() - 1), bins.back(), beyond_extremes(reference));
  if (reference.present() == 0 || !unusable(reference).empty()) return out;
  out.decile_ends = ends_of_deciles(reference);
  out.decile_counts = counts_between(reference, out.decile_ends);
  out.deciles = NullCells::of(out.decile_counts, 0, 0);
  out.supremum = SupremumNull::of(reference);
  if (reference.present() == reference.finite) out.area = AreaNull::of(reference);
  return out;
}

NullTerms NullTerms::of(const CategoryView& reference) {
  NullTerms out;
  out.bins =
      NullCells::of(reference.counts, reference.state->other + reference.state->unseen, unseen_expected(reference));
  return out;
}

}  // namespace longwatch::metrics
