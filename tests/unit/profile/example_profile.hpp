#pragma once
// A small profile with everything in it, and how two are compared.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/chunk/blocks.hpp"
#include "engine/profile/block_states.hpp"
#include "engine/profile/fit_columns.hpp"
#include "engine/profile/profile.hpp"
#include "engine/state/row.hpp"

namespace longwatch {

inline NumberState number_state(std::vector<double> values, const Partition& partition, const MomentsPlan& plan) {
  NumberState state;
  HistogramPartial partial;
  partial.resize(partition.cells());
  for (const double x : values) {
    ++state.counts.rows;
    ++state.moments.inside;
    state.moments.minimum = std::min(state.moments.minimum, x);
    state.moments.maximum = std::max(state.moments.maximum, x);
    double power = 1;
    for (int k = 0; k < 4; ++k) {
      power *= row::standard_score(x, plan.centre, plan.scale);
      state.moments.sums[k] += row::power_term(power, std::ldexp(1.0, row::kPowerBits[k]));
    }
    const std::size_t cell = partition.cell_of(x);
    ++partial.counts[cell];
    partial.touched[cell / 64] = 1;
    if (cell % 2 == 0)
      partial.sums[cell / 2] += row::offset_term(x, partition.left(cell / 2), partition.unit(cell / 2));
    state.distinct.add_hash(hash_number(x));
  }
  ++state.counts.rows;
  ++state.counts.nulls;
  state.histogram.add(partial);
  return state;
}

inline CategoryState category_state(std::int64_t a, std::int64_t b) {
  CategoryState state;
  state.counts.rows = a + b + 1;
  state.counts.nulls = 1;
  state.categories = {{0, a}, {1, b}};
  state.distinct.add_hash(hash_text("a"));
  state.distinct.add_hash(hash_text("b"));
  return state;
}

// Two columns, two segments, two chunks and the rows of none.
inline ReferenceProfile example() {
  ReferenceProfile profile;
  profile.model = "late_15_minutes";
  profile.configuration = "task: binary\n";
  profile.data_fingerprint = 0xfedcba9876543210ULL;
  profile.rows = 9;
  profile.rows_without_timestamp = 2;
  profile.rows_dropped = 1;
  profile.rows_filtered = 7;
  profile.last_time = 1367366400000000;
  profile.schema = {{"x", "double"}, {"c", "string"}, {"\xff", "list<int32>"}};
  ColumnProfile x;
  x.column = {"x", Role::feature, ColumnKind::continuous, "double", false};
  std::vector<double> values = {1, 2.5, 4, 8, 8};
  fit_numbers(values, 1, 1024, x);
  ColumnProfile c;
  c.column = {"c", Role::target, ColumnKind::categorical, "string", true};
  fit_categories({{"b", 3}, {"a", 2}}, 1, c);
  ColumnProfile nothing;
  nothing.column.name = "nothing";
  nothing.usable = "undefined: no finite value in the reference";
  profile.columns = {x, c, nothing};
  profile.gram = {4, {10, -20}, {static_cast<int128>(1) << 54, 500, static_cast<int128>(1) << 55}};
  profile.pca = fit_pca(profile.gram, {"x", "c"}, 0.65);
  profile.chunks = {{0, "2013-04", true, 1364774400000000, 1367366400000000, 4},
                    {1, "2013-05", true, 1367366400000000, 1370044800000000, 3}};
  profile.segments = {{{"carrier"}, {"carrier", "origin"}}, {{-1, "", "", false}, {0, "carrier", "UA", false}}};
  StateTable& states = profile.states;
  states.slots = 3;
  states.segments = 2;
  states.rows = {4, 3, 2, 1, 0, 0};
  states.numbers.resize(3);
  states.categories.resize(3);
  for (int cell = 0; cell < 6; ++cell) {
    states.numbers[0].push_back(number_state({1, 1.25, 2.0 + cell}, x.partition, x.moments));
    states.numbers[2].emplace_back();
    states.categories[1].push_back(category_state(1 + cell, 2));
    states.reconstruction.push_back(number_state({0.5, 1.5}, profile.pca.error_partition, profile.pca.error_moments));
  }
  profile.unique = {{"i", "", {{3, 1, 2, 0}, {4, 0, 1, 3}, {2, 0, 0, 2}}}, {"j", "undefined: so", {}}};
  return profile;
}

inline void expect_equal_columns(const ColumnProfile& a, const ColumnProfile& b) {
  EXPECT_EQ(a.column.name, b.column.name);
  EXPECT_EQ(a.column.role, b.column.role);
  EXPECT_EQ(a.column.kind, b.column.kind);
  EXPECT_EQ(a.column.file_type, b.column.file_type);
  EXPECT_EQ(a.column.integer, b.column.integer);
  EXPECT_EQ(a.usable, b.usable);
  EXPECT_EQ(a.partition, b.partition);
  EXPECT_EQ(a.moments, b.moments);
  EXPECT_EQ(a.doane_edges, b.doane_edges);
  EXPECT_EQ(a.quantile_edges, b.quantile_edges);
  EXPECT_EQ(a.categories, b.categories);
  EXPECT_EQ(a.cut, b.cut);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.deviation, b.deviation);
  EXPECT_EQ(a.imputed, b.imputed);
  EXPECT_EQ(a.shares, b.shares);
}

inline void expect_equal_plans(const ReferenceProfile& a, const ReferenceProfile& b) {
  EXPECT_EQ(a.pca.skipped, b.pca.skipped);
  EXPECT_EQ(a.pca.features, b.pca.features);
  EXPECT_EQ(a.pca.rank, b.pca.rank);
  EXPECT_EQ(a.pca.basis, b.pca.basis);
  EXPECT_EQ(a.pca.eigenvalues, b.pca.eigenvalues);
  EXPECT_EQ(a.pca.error_partition, b.pca.error_partition);
  EXPECT_EQ(a.pca.error_moments, b.pca.error_moments);
  ASSERT_EQ(a.chunks.size(), b.chunks.size());
  for (std::size_t i = 0; i < a.chunks.size(); ++i) {
    EXPECT_EQ(a.chunks[i].index, b.chunks[i].index);
    EXPECT_EQ(a.chunks[i].key, b.chunks[i].key);
    EXPECT_EQ(a.chunks[i].timed, b.chunks[i].timed);
    EXPECT_EQ(a.chunks[i].start, b.chunks[i].start);
    EXPECT_EQ(a.chunks[i].end, b.chunks[i].end);
    EXPECT_EQ(a.chunks[i].rows, b.chunks[i].rows);
  }
  EXPECT_EQ(a.segments.definitions, b.segments.definitions);
  ASSERT_EQ(a.segments.segments.size(), b.segments.segments.size());
  for (std::size_t i = 0; i < a.segments.segments.size(); ++i) {
    EXPECT_EQ(a.segments.segments[i].definition, b.segments.segments[i].definition);
    EXPECT_EQ(a.segments.segments[i].columns, b.segments.segments[i].columns);
    EXPECT_EQ(a.segments.segments[i].value, b.segments.segments[i].value);
    EXPECT_EQ(a.segments.segments[i].missing, b.segments.segments[i].missing);
  }
}

// The example with its one segment fitted apart.
inline ReferenceProfile example_with_parts() {
  ReferenceProfile profile = example();
  ReferenceProfile& part = profile.parts.emplace_back();
  part.rows = 5;
  part.columns = profile.columns;
  part.columns[0].partition = {};
  std::vector<double> values = {-3, 5, 6};
  fit_numbers(values, 2, 16, part.columns[0]);
  part.pca.skipped = "fewer than two usable features";
  const auto keep = [](auto& states) { states.resize(std::min<std::size_t>(states.size(), 3)); };
  StateTable& all = profile.states;
  all.segments = 1;
  keep(all.rows);
  for (auto& states : all.numbers) keep(states);
  for (auto& states : all.categories) keep(states);
  keep(all.reconstruction);
  part.states = all;
  part.states.reconstruction.clear();
  for (NumberState& state : part.states.numbers[0])
    state = number_state({-3, 7}, part.columns[0].partition, part.columns[0].moments);
  return profile;
}

// The same state, its first value and its first category's rows apart from the rest.
inline std::pair<NumberState, NumberState> halves(std::vector<double> values, const Partition& partition,
                                                  const MomentsPlan& plan) {
  NumberState first = number_state({values[0]}, partition, plan);
  first.counts.rows -= 1;
  first.counts.nulls -= 1;
  values.erase(values.begin());
  return {first, number_state(values, partition, plan)};
}
inline std::pair<CategoryState, CategoryState> halves(std::int64_t a, std::int64_t b) {
  CategoryState first, second;
  first.counts.rows = a;
  first.categories = {{0, a}};
  first.distinct.add_hash(hash_text("a"));
  second.counts.rows = b + 1;
  second.counts.nulls = 1;
  second.categories = {{1, b}};
  second.distinct.add_hash(hash_text("b"));
  return {first, second};
}

// The example with the states of every chunk in groups 3 and 20; the last slot (rows of no chunk) has no groups.
inline ReferenceProfile example_with_blocks() {
  ReferenceProfile profile = example();
  const ColumnProfile& x = profile.columns[0];
  StateTable& blocks = profile.blocks;
  blocks.slots = 2 * kBlockGroups + 1;
  blocks.segments = 2;
  const auto cells = static_cast<std::size_t>(blocks.cells());
  blocks.rows.resize(cells);
  blocks.numbers = {std::vector<NumberState>(cells), {}, std::vector<NumberState>(cells)};
  blocks.categories = {{}, std::vector<CategoryState>(cells), {}};
  blocks.reconstruction.resize(cells);
  for (int cell = 0; cell < 6; ++cell) {
    const std::int64_t slot = cell % 3 == 2 ? 2 * kBlockGroups : cell % 3 * kBlockGroups + 3;
    const std::size_t one = blocks.cell(cell / 3, slot);
    const std::size_t two = cell % 3 == 2 ? one : one + 17;
    const auto put = [&](auto& states, const auto& both) {
      states[one].merge(both.first);
      states[two].merge(both.second);
    };
    const std::int64_t rows = profile.states.rows[static_cast<std::size_t>(cell)];
    blocks.rows[one] += rows / 2;
    blocks.rows[two] += rows - rows / 2;
    put(blocks.numbers[0], halves({1, 1.25, 2.0 + cell}, x.partition, x.moments));
    put(blocks.categories[1], halves(1 + cell, 2));
    put(blocks.reconstruction, halves({0.5, 1.5}, profile.pca.error_partition, profile.pca.error_moments));
  }
  return profile;
}

}  // namespace longwatch
