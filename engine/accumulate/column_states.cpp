// Submissions of a column's cells, and their partials into its states.
#include "engine/accumulate/column_states.hpp"

#include <mutex>
#include <utility>

namespace longwatch::accumulating {

Result<void> ColumnStates::numbers(std::size_t key, const ColumnView& view, const NumberPlan& plan,
                                   std::vector<NumberState>& states) {
  Backend& backend = *shared_.pass().backend;
  if (backend.in_batches()) {
    return batched(batch_items(partial_bytes(plan)), [&](std::span<const CellRows> cells) -> Result<void> {
      LW_CHECK(finish_numbers(key, states));
      numbers_[key] = Batch<NumberPartial>::of(
          cells, NumberItem{view, {}, &plan, nullptr}, [&](NumberPartial& partial) { partial.reset(plan); },
          [&](auto items) { return backend.numbers(items); });
      return {};
    });
  }
  NumberPartial& partial = shared_.partials.local();
  for (const CellRows& item : routing_.items()) {
    partial.reset(plan);
    const NumberItem work{view, item.rows, &plan, &partial};
    LW_CHECK(backend.numbers({&work, 1})->wait());
    add(key, item.cell, partial, states);
  }
  return {};
}

Result<void> ColumnStates::finish_numbers(std::size_t key, std::vector<NumberState>& states) {
  if (!numbers_[key]) return {};
  Batch<NumberPartial> batch = std::move(*numbers_[key]);
  numbers_[key].reset();
  return batch.finish([&](std::size_t cell, const NumberPartial& partial) { add(key, cell, partial, states); });
}

void ColumnStates::add(std::size_t key, std::size_t cell, const NumberPartial& partial,
                       std::vector<NumberState>& states) {
  const std::lock_guard guard(shared_.lock_of(key, cell));
  NumberState& state = states[cell];
  state.counts.merge(partial.counts);
  state.moments.merge(partial.moments);
  state.histogram.add(partial.histogram);
  state.distinct.add(partial.registers.data());
}

Result<void> ColumnStates::categories(std::size_t column, const ColumnView& view, CategoryMap& map) {
  Backend& backend = *shared_.pass().backend;
  const std::size_t codes = view.dictionary->texts.size();
  if (backend.in_batches()) {
    return batched(batch_items(8 * codes + sizeof(CategoryPartial)), [&](auto cells) -> Result<void> {
      LW_CHECK(finish_categories(column, map));
      categories_[column] = Batch<CategoryPartial>::of(
          cells, CategoryItem{view, {}, nullptr}, [&](CategoryPartial& partial) { partial.by_code.assign(codes, 0); },
          [&](auto items) { return backend.categories(items); });
      return {};
    });
  }
  CategoryPartial partial;
  for (const CellRows& item : routing_.items()) {
    partial.counts = {};
    partial.by_code.assign(codes, 0);
    const CategoryItem work{view, item.rows, &partial};
    LW_CHECK(backend.categories({&work, 1})->wait());
    add(column, item.cell, partial, map);
  }
  return {};
}

Result<void> ColumnStates::finish_categories(std::size_t column, CategoryMap& map) {
  if (!categories_[column]) return {};
  Batch<CategoryPartial> batch = std::move(*categories_[column]);
  categories_[column].reset();
  return batch.finish([&](std::size_t cell, const CategoryPartial& partial) { add(column, cell, partial, map); });
}

void ColumnStates::add(std::size_t column, std::size_t cell, const CategoryPartial& partial, CategoryMap& map) {
  const std::lock_guard guard(shared_.lock_of(column, cell));
  map.add_to(partial, shared_.result.states.categories[column][cell]);
}

}  // namespace longwatch::accumulating
