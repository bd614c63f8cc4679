#pragma once
// The rows of a slab into the states of its columns: an item at a time, or in batches that go on while others are made.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/accumulate/batches.hpp"
#include "engine/accumulate/routing.hpp"
#include "engine/accumulate/shared.hpp"

namespace longwatch::accumulating {

/// The column states of one row group's slabs. Distinct columns may be worked on by distinct threads. What was begun is
/// waited for at the end, if not before: views must live as long.
class ColumnStates {
 public:
  ColumnStates(Shared& shared, const SlabRouting& routing)
      : shared_(shared),
        routing_(routing),
        numbers_(shared.pass().columns->size() + 1),
        categories_(shared.pass().columns->size()) {}

  /// Adds `view` to the states of its cells. `key` is a column, or one more for the row errors. Where the backend works
  /// in batches the last one goes on until finish_numbers.
  Result<void> numbers(std::size_t key, const ColumnView& view, const NumberPlan& plan,
                       std::vector<NumberState>& states);
  Result<void> finish_numbers(std::size_t key, std::vector<NumberState>& states);

  /// The same of a column of categories; `map` has been told the view's dictionary.
  Result<void> categories(std::size_t column, const ColumnView& view, CategoryMap& map);
  Result<void> finish_categories(std::size_t column, CategoryMap& map);

  void add(std::size_t key, std::size_t cell, const NumberPartial& partial, std::vector<NumberState>& states);

 private:
  void add(std::size_t column, std::size_t cell, const CategoryPartial& partial, CategoryMap& map);

  /// work(cells) for the cells of the slab, `most` at a time.
  template <class Work>
  Result<void> batched(std::size_t most, const Work& work) {
    for (auto rest = routing_.items(); !rest.empty();) {
      const auto some = rest.first(std::min(most, rest.size()));
      LW_CHECK(work(some));
      rest = rest.subspan(some.size());
    }
    return {};
  }

  Shared& shared_;
  const SlabRouting& routing_;
  std::vector<std::optional<Batch<NumberPartial>>> numbers_;
  std::vector<std::optional<Batch<CategoryPartial>>> categories_;
};

}  // namespace longwatch::accumulating
