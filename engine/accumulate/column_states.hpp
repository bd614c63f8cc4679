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

  using Partial = NumberPartial;
  [[nodiscard]] NumberItem item() const { return {view, {}, plan, nullptr}; }
  [[nodiscard]] std::size_t bytes() const { return partial_bytes(*plan); }
  void prepare(NumberPartial& partial) const { partial.reset(*plan); }
};

/// A column of categories; `map` has been told the view's dictionary.
struct CategoryColumn {
  std::size_t column = 0;
  ColumnView view;
  CategoryMap* map = nullptr;

  using Partial = CategoryPartial;
  [[nodiscard]] CategoryItem item() const { return {view, {}, nullptr}; }
  [[nodiscard]] std::size_t bytes() const { return 8 * view.dictionary->texts.size() + sizeof(CategoryPartial); }
  void prepare(CategoryPartial& partial) const {
    partial.counts = {};
    partial.by_code.assign(view.dictionary->texts.size(), 0);
  }
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
  /// Columns of one kind, and what goes on for them.
  template <class Column>
  struct Work {
    std::vector<Column> columns;
    std::optional<Batch<typename Column::Partial>> batch;
  };
  /// `scratch`: a partial to use where the backend takes one item at a time.
  template <class Column>
  Result<void> begin(Work<Column>& work, std::vector<Column> columns, typename Column::Partial& scratch);
  template <class Column>
  Result<void> finish(Work<Column>& work);
  void add(const CategoryColumn& column, std::size_t cell, const CategoryPartial& partial);
  std::unique_ptr<Ticket> submit(std::span<const NumberItem> items) { return shared_.pass().backend->numbers(items); }
  std::unique_ptr<Ticket> submit(std::span<const CategoryItem> items) {
    return shared_.pass().backend->categories(items);
  }

  Shared& shared_;
  const SlabRouting& routing_;
  std::vector<Work<NumberColumn>> numbers_;       // by group
  std::vector<Work<CategoryColumn>> categories_;  // by group
};

}  // namespace longwatch::accumulating
