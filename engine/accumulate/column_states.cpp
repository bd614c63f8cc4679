// Submissions of columns' cells, and their partials into states.
#include "engine/accumulate/column_states.hpp"

#include <mutex>
#include <utility>

namespace longwatch::accumulating {

Result<void> ColumnStates::numbers(std::size_t group, std::vector<NumberColumn> columns) {
  Backend& backend = *shared_.pass().backend;
  if (!backend.in_batches()) {
    for (const NumberColumn& column : columns) LW_CHECK(one_at_a_time(column));
    return {};
  }
  auto& work = numbers_[group];
  work.columns = std::move(columns);
  std::vector<NumberItem> items;
  std::size_t bytes = 1;
  for (const NumberColumn& column : work.columns) {
    items.push_back({column.view, {}, column.plan, nullptr});
    bytes += partial_bytes(*column.plan);
  }
  return batched(batch_cells(bytes), [&](std::span<const CellRows> cells) -> Result<void> {
    LW_CHECK(finish(work));
    work.batch = Batch<NumberPartial>::of(
        cells, std::span<const NumberItem>(items),
        [&](std::size_t c, NumberPartial& partial) { partial.reset(*work.columns[c].plan); },
        [&](auto all) { return backend.numbers(all); });
    return {};
  });
}

Result<void> ColumnStates::one_at_a_time(const NumberColumn& column) {
  NumberPartial& partial = shared_.partials.local();
  for (const CellRows& item : routing_.items()) {
    partial.reset(*column.plan);
    const NumberItem work{column.view, item.rows, column.plan, &partial};
    LW_CHECK(shared_.pass().backend->numbers({&work, 1})->wait());
    add(column, item.cell, partial);
  }
  return {};
}

void ColumnStates::add(const NumberColumn& column, std::size_t cell, const NumberPartial& partial) {
  const std::lock_guard guard(shared_.lock_of(column.key, cell));
  NumberState& state = (*column.states)[cell];
  state.counts.merge(partial.counts);
  state.moments.merge(partial.moments);
  state.histogram.add(partial.histogram);
  state.distinct.add(partial.registers.data());
}

Result<void> ColumnStates::categories(std::size_t group, std::vector<CategoryColumn> columns) {
  Backend& backend = *shared_.pass().backend;
  if (!backend.in_batches()) {
    for (const CategoryColumn& column : columns) LW_CHECK(one_at_a_time(column));
    return {};
  }
  auto& work = categories_[group];
  work.columns = std::move(columns);
  std::vector<CategoryItem> items;
  std::size_t bytes = 1;
  for (const CategoryColumn& column : work.columns) {
    items.push_back({column.view, {}, nullptr});
    bytes += 8 * column.view.dictionary->texts.size() + sizeof(CategoryPartial);
  }
  return batched(batch_cells(bytes), [&](std::span<const CellRows> cells) -> Result<void> {
    LW_CHECK(finish(work));
    work.batch = Batch<CategoryPartial>::of(
        cells, std::span<const CategoryItem>(items),
        [&](std::size_t c, CategoryPartial& partial) {
          partial.by_code.assign(items[c].column.dictionary->texts.size(), 0);
        },
        [&](auto all) { return backend.categories(all); });
    return {};
  });
}

Result<void> ColumnStates::one_at_a_time(const CategoryColumn& column) {
  CategoryPartial partial;
  for (const CellRows& item : routing_.items()) {
    partial.counts = {};
    partial.by_code.assign(column.view.dictionary->texts.size(), 0);
    const CategoryItem work{column.view, item.rows, &partial};
    LW_CHECK(shared_.pass().backend->categories({&work, 1})->wait());
    add(column, item.cell, partial);
  }
  return {};
}

void ColumnStates::add(const CategoryColumn& column, std::size_t cell, const CategoryPartial& partial) {
  const std::lock_guard guard(shared_.lock_of(column.column, cell));
  column.map->add_to(partial, shared_.result.states.categories[column.column][cell]);
}

Result<void> ColumnStates::finish(std::size_t group) {
  LW_CHECK(finish(numbers_[group]));
  return finish(categories_[group]);
}

Result<void> ColumnStates::finish(Work<NumberColumn, NumberPartial>& work) {
  if (!work.batch) return {};
  Batch<NumberPartial> batch = std::move(*work.batch);
  work.batch.reset();
  return batch.finish(
      [&](std::size_t c, std::size_t cell, const NumberPartial& partial) { add(work.columns[c], cell, partial); });
}

Result<void> ColumnStates::finish(Work<CategoryColumn, CategoryPartial>& work) {
  if (!work.batch) return {};
  Batch<CategoryPartial> batch = std::move(*work.batch);
  work.batch.reset();
  return batch.finish(
      [&](std::size_t c, std::size_t cell, const CategoryPartial& partial) { add(work.columns[c], cell, partial); });
}

}  // namespace longwatch::accumulating
