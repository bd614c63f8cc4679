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

/// A numeric column of a slab. `key` is a column, or one more for the row errors.
struct NumberColumn {
  std::size_t key = 0;
  ColumnView view;
  const NumberPlan* plan = nullptr;
  std::vector<NumberState>* states = nullptr;  ///< by cell
};

/// A column of categories; `map` has been told the view's dictionary.
struct CategoryColumn {
  std::size_t column = 0;
  ColumnView view;
  CategoryMap* map = nullptr;
};

/// The column states of one row group's slabs. Distinct groups of columns may be worked on by distinct threads. What
/// was begun is waited for at the end, if not before: what views point to must live as long.
class ColumnStates {
 public:
  /// `groups`: how many there are.
  ColumnStates(Shared& shared, const SlabRouting& routing, std::size_t groups)
      : shared_(shared), routing_(routing), numbers_(groups), categories_(groups) {}

  /// Adds columns to the states of the slab's cells. Where the backend works in batches the group's last one goes on
  /// until `finish`.
  Result<void> numbers(std::size_t group, std::vector<NumberColumn> columns);
  Result<void> categories(std::size_t group, std::vector<CategoryColumn> columns);
  Result<void> finish(std::size_t group);

  void add(const NumberColumn& column, std::size_t cell, const NumberPartial& partial);

 private:
  /// Columns and what goes on for them.
  template <class Column, class Partial>
  struct Work {
    std::vector<Column> columns;
    std::optional<Batch<Partial>> batch;
  };
  Result<void> finish(Work<NumberColumn, NumberPartial>& work);
  Result<void> finish(Work<CategoryColumn, CategoryPartial>& work);
  Result<void> one_at_a_time(const NumberColumn& column);
  Result<void> one_at_a_time(const CategoryColumn& column);
  void add(const CategoryColumn& column, std::size_t cell, const CategoryPartial& partial);

  /// work(cells) for the cells of the slab, `most` at a time.
  template <class F>
  Result<void> batched(std::size_t most, const F& work) {
    for (auto rest = routing_.items(); !rest.empty();) {
      const auto some = rest.first(std::min(most, rest.size()));
      LW_CHECK(work(some));
      rest = rest.subspan(some.size());
    }
    return {};
  }

  Shared& shared_;
  const SlabRouting& routing_;
  std::vector<Work<NumberColumn, NumberPartial>> numbers_;         // by group
  std::vector<Work<CategoryColumn, CategoryPartial>> categories_;  // by group
};

}  // namespace longwatch::accumulating
