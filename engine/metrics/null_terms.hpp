#pragma once
// Private to the metrics: what is worked out once of a reference's column for the nulls of its distances.

#include <memory>

#include "engine/metrics/null_cells.hpp"

namespace longwatch::metrics {

struct NullTerms {
  NullCells bins;  ///< the doane bins, or the categories
  static NullTerms of(const NumberView& reference);
  static NullTerms of(const CategoryView& reference);
};

/// The terms of a reference's view: its own, or worked out now where it was made by `assign`.
template <class View>
std::shared_ptr<const NullTerms> null_terms(const View& reference) {
  return reference.null_terms ? reference.null_terms : std::make_shared<const NullTerms>(NullTerms::of(reference));
}

}  // namespace longwatch::metrics
