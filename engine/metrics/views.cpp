// Dense views of states, and the small parts every metric shares.
#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/metrics/metric.hpp"
#include "engine/metrics/null_terms.hpp"

namespace longwatch {

namespace {

/// Sums the cells of every doane bin: [left, right), the last one closed, as np.histogram; the rest goes to the last
/// entry.
void fill_bins(NumberView& view) {
  const std::span<const double> edges = view.column->partition.edges();
  const std::vector<double>& doane = view.column->doane_edges;
  const std::size_t bins = doane.size() < 2 ? 0 : doane.size() - 1;
  view.bins.assign(bins + 1, 0);
  std::int64_t inside = 0;
  auto edge = edges.begin();
  std::size_t cell = 0;
  for (std::size_t i = 0; i <= bins && bins > 0; ++i) {
    edge = std::lower_bound(edge, edges.end(), doane[i]);
    std::size_t stop = 2 * static_cast<std::size_t>(edge - edges.begin()) + 1;  // the atom of doane[i]
    if (i == bins) ++stop;
    stop = std::min(stop, view.counts.size());
    std::int64_t sum = 0;
    for (; cell < stop; ++cell) sum += view.counts[cell];
    if (i == 0) continue;
    view.bins[i - 1] = sum;
    inside += sum;
  }
  view.bins[bins] = view.present() - inside;
}

}  // namespace

const char* family_name(Family family) {
  switch (family) {
    case Family::estimated_performance:
      return "estimated_performance";
    case Family::realized_performance:
      return "realized_performance";
    case Family::univariate_drift:
      return "univariate_drift";
    case Family::multivariate_drift:
      return "multivariate_drift";
    case Family::concept_drift:
      return "concept_drift";
    case Family::data_quality:
      return "data_quality";
    case Family::summary:
      return "summary";
    case Family::business:
      return "business";
    case Family::fairness:
      return "fairness";
  }
  return "";
}

MetricValue MetricValue::undefined(std::string why) {
  MetricValue out;
  out.status = "undefined: " + std::move(why);
  return out;
}

NumberView NumberView::of(const NumberState& state, const ColumnProfile& column) {
  NumberView view;
  view.assign(state, column);
  view.null_terms = std::make_shared<const metrics::NullTerms>(metrics::NullTerms::of(view));
  return view;
}

void NumberView::assign(const NumberState& new_state, const ColumnProfile& new_column) {
  state = &new_state;
  column = &new_column;
  null_terms.reset();
  const Partition& partition = new_column.partition;
  const std::size_t cells = partition.cells();
  counts.assign(cells, 0);
  sums.assign(cells / 2 + 1, 0.0);
  finite = 0;
  new_state.histogram.for_each([&](std::uint32_t cell, std::int64_t count, std::int64_t sum) {
    counts[cell] = count;
    finite += count;
    if (cell % 2 != 0 || cell == 0 || cell + 1 == cells) return;
    const std::size_t open = cell / 2;
    sums[open] = partition.left(open) * static_cast<double>(count) + static_cast<double>(sum) / partition.unit(open);
  });
  up_to.resize(cells);
  std::partial_sum(counts.begin(), counts.end(), up_to.begin());
  sums.front() = new_state.histogram.below().value();
  if (cells > 1) sums.back() = new_state.histogram.above().value();
  fill_bins(*this);
}

std::int64_t NumberView::present() const { return finite + state->counts.positive_inf + state->counts.negative_inf; }

CategoryView CategoryView::of(const CategoryState& state, const ColumnProfile& column) {
  CategoryView view;
  view.assign(state, column);
  view.null_terms = std::make_shared<const metrics::NullTerms>(metrics::NullTerms::of(view));
  return view;
}

void CategoryView::assign(const CategoryState& new_state, const ColumnProfile& new_column) {
  state = &new_state;
  column = &new_column;
  null_terms.reset();
  counts.assign(new_column.categories.size(), 0);
  present = new_state.other + new_state.unseen;
  for (const CategoryState::Entry& entry : new_state.categories) {
    counts[entry.code] = entry.count;
    present += entry.count;
  }
}

}  // namespace longwatch
