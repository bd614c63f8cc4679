// Submissions of columns' cells, and their partials into states.
#include "engine/accumulate/column_states.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace longwatch::accumulating {

Result<void> ColumnStates::numbers(std::size_t group, std::vector<NumberColumn> columns) {
  return begin(numbers_[group], std::move(columns), shared_.partials.local());
}

Result<void> ColumnStates::categories(std::size_t group, std::vector<CategoryColumn> columns) {
  CategoryPartial scratch;
  return begin(categories_[group], std::move(columns), scratch);
}

Result<void> ColumnStates::finish(std::size_t group) {
  LW_CHECK(finish(numbers_[group]));
  return finish(categories_[group]);
}

template <class Column>
Result<void> ColumnStates::begin(Work<Column>& work, std::vector<Column> columns, typename Column::Partial& scratch) {
  work.columns = std::move(columns);
  std::vector<decltype(work.columns.front().item())> items;
  std::size_t bytes = 1;
  for (const Column& column : work.columns) {
    items.push_back(column.item());
    bytes += column.bytes();
  }
  if (!shared_.pass().backend->in_batches()) {
    for (std::size_t c = 0; c < items.size(); ++c) {
      items[c].out = &scratch;
      for (const CellRows& cell : routing_.items()) {
        work.columns[c].prepare(scratch);
        items[c].rows = cell.rows;
        LW_CHECK(submit({&items[c], 1})->wait());
        add(work.columns[c], cell.cell, scratch);
      }
    }
    return {};
  }
  for (auto rest = routing_.items(); !rest.empty();) {
    LW_CHECK(finish(work));
    const auto cells = rest.first(std::min(batch_cells(bytes), rest.size()));
    work.batch = Batch<typename Column::Partial>::of(
        cells, std::span(std::as_const(items)),
        [&](std::size_t c, typename Column::Partial& partial) { work.columns[c].prepare(partial); },
        [&](auto all) { return submit(all); });
    rest = rest.subspan(cells.size());
  }
  return {};
}

template <class Column>
Result<void> ColumnStates::finish(Work<Column>& work) {
  if (!work.batch) return {};
  auto batch = std::move(*work.batch);
  work.batch.reset();
  return batch.finish([&](std::size_t c, std::size_t cell, const typename Column::Partial& partial) {
    add(work.columns[c], cell, partial);
  });
}

void ColumnStates::add(const NumberColumn& column, std::size_t cell, const NumberPartial& partial) {
  const std::lock_guard guard(shared_.lock_of(column.key, cell));
  NumberState& state = (*column.states)[cell];
  state.counts.merge(partial.counts);
  state.moments.merge(partial.moments);
  state.histogram.add(partial.histogram);
  state.distinct.add(partial.registers.data());
}

void ColumnStates::add(const CategoryColumn& column, std::size_t cell, const CategoryPartial& partial) {
  const std::lock_guard guard(shared_.lock_of(column.column, cell));
  column.map->add_to(partial, shared_.result.states.categories[column.column][cell]);
}

}  // namespace longwatch::accumulating
