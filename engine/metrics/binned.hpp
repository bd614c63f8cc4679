#pragma once
// Private to the metrics: reference and chunk counted over the same bins or categories.

#include <cstdint>
#include <span>

#include "engine/metrics/guards.hpp"
#include "engine/metrics/null_terms.hpp"

namespace longwatch::metrics {

/// Counts of the reference and of the chunk by bin; `extra` is one more bin, for what the reference's bins do not hold.
struct BinnedPair {
  std::span<const std::int64_t> reference;
  std::span<const std::int64_t> chunk;
  std::int64_t reference_extra = 0;
  std::int64_t chunk_extra = 0;
  std::int64_t reference_rows = 0;  ///< present rows: the sum over all bins
  std::int64_t chunk_rows = 0;
  std::shared_ptr<const NullTerms> null_terms;
  DistanceScratch* scratch = nullptr;  ///< as MetricInput::scratch

  /// Calls f(p, q), the shares of reference and chunk, for every bin.
  template <class F>
  void for_each_share(F&& f) const {
    const double reference_total = static_cast<double>(reference_rows);
    const double chunk_total = static_cast<double>(chunk_rows);
    for (std::size_t i = 0; i < reference.size(); ++i) {
      f(static_cast<double>(reference[i]) / reference_total, static_cast<double>(chunk[i]) / chunk_total);
    }
    f(static_cast<double>(reference_extra) / reference_total, static_cast<double>(chunk_extra) / chunk_total);
  }
};

/// Categories; `other` and all unseen values are pooled in the extra bin.
inline BinnedPair categories_of(const CategoryView& reference, const CategoryView& chunk) {
  return {reference.counts,
          chunk.counts,
          reference.state->other + reference.state->unseen,
          chunk.state->other + chunk.state->unseen,
          reference.present,
          chunk.present,
          null_terms(reference)};
}

/// The doane bins of a numeric column; values outside them and infinite ones are the extra bin.
inline BinnedPair bins_of(const NumberView& reference, const NumberView& chunk) {
  const std::span<const std::int64_t> of_reference = reference.bins;
  const std::span<const std::int64_t> of_chunk = chunk.bins;
  return {of_reference.first(of_reference.size() - 1),
          of_chunk.first(of_chunk.size() - 1),
          of_reference.back(),
          of_chunk.back(),
          reference.present(),
          chunk.present(),
          null_terms(reference)};
}

/// compute(pair) over the doane bins of a continuous column, or over the categories of a categorical one.
template <class Compute>
MetricValue with_bins(const MetricInput& input, Compute compute) {
  const auto with_scratch = [&](BinnedPair pair) {
    pair.scratch = input.scratch;
    return compute(pair);
  };
  if (input.categories != nullptr) {
    return with_category_pair(input, [&](const CategoryView& reference, const CategoryView& chunk) {
      return with_scratch(categories_of(reference, chunk));
    });
  }
  return with_number_pair(input, [&](const NumberView& reference, const NumberView& chunk) {
    return with_scratch(bins_of(reference, chunk));
  });
}

/// The share that an empty bin counts as where a logarithm needs one (Evidently's and others' convention).
inline constexpr double kShareFloor = 1e-4;
inline double floored(double share) { return share > 0 ? share : kShareFloor; }

}  // namespace longwatch::metrics
