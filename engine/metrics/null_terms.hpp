#pragma once
// Private to the metrics: what is worked out once of a reference's column for the nulls of its distances.

#include <memory>
#include <span>
#include <vector>

#include "engine/metrics/null_cells.hpp"
#include "engine/metrics/order_null.hpp"

namespace longwatch::metrics {

struct NullTerms {
  NullCells bins;  ///< the doane bins, or the categories

  // Of numbers: the bins of the population stability index.
  std::vector<std::size_t> decile_ends;     ///< the cell at which each ends
  std::vector<std::int64_t> decile_counts;  ///< of the reference
  NullCells deciles;

  SupremumNull supremum;  ///< of numbers
  AreaNull area;

  static NullTerms of(const NumberView& reference);
  static NullTerms of(const CategoryView& reference);
};

/// Rows of `view` up to each end, a cell, from the one before; infinite values are in the outermost bins.
std::vector<std::int64_t> counts_between(const NumberView& view, std::span<const std::size_t> ends);

/// The terms of a reference's view: its own, or worked out now where it was made by `assign`.
template <class View>
std::shared_ptr<const NullTerms> null_terms(const View& reference) {
  return reference.null_terms ? reference.null_terms : std::make_shared<const NullTerms>(NullTerms::of(reference));
}

}  // namespace longwatch::metrics
