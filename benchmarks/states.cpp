// How fast the CPU backend updates the state kinds but numbers (numbers.cpp), on one core and rows that lie in cache:
// `benchmark_states`. Items of 50,000 rows; bytes are those of the values, items are values (categories), rows (gram,
// row_errors) or cells drawn (replicates: tables x cells x replicates).

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "engine/backend/backend.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kRows = 50'000;

std::vector<double> normal_values(std::size_t count, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (double& value : values) value = normal(engine);
  return values;
}

void categories(benchmark::State& state) {
  std::mt19937 engine(3);
  std::vector<std::int32_t> codes(static_cast<std::size_t>(kRows));
  for (auto& code : codes) code = static_cast<std::int32_t>(engine() % static_cast<std::uint32_t>(state.range(0)));
  const auto backend = make_cpu_backend().value();
  ColumnView view;
  view.type = ValueType::code32;
  view.values = codes.data();
  view.length = kRows;
  CategoryPartial partial;
  partial.by_code.assign(static_cast<std::size_t>(state.range(0)), 0);
  for (auto _ : state) {
    const CategoryItem item{view, {0, kRows, nullptr}, &partial};
    if (!backend->categories({&item, 1})->wait().ok()) state.SkipWithError("failed");
  }
  state.SetItemsProcessed(state.iterations() * kRows);
  state.SetBytesProcessed(state.iterations() * kRows * 4);
}

/// F columns of float32.
struct Features {
  explicit Features(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<double> doubles = normal_values(static_cast<std::size_t>(kRows), static_cast<std::uint32_t>(i));
      values.emplace_back(doubles.begin(), doubles.end());
      ColumnView view;
      view.type = ValueType::float32;
      view.values = values.back().data();
      view.length = kRows;
      views.push_back(view);
    }
    encoders.resize(count);
  }
  std::vector<std::vector<float>> values;
  std::vector<ColumnView> views;
  std::vector<FeatureEncoder> encoders;
};

void gram(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Features features(size);
  const auto backend = make_cpu_backend().value();
  GramState out;
  out.sums.assign(size, 0);
  out.products.assign(size * (size + 1) / 2, 0);
  for (auto _ : state) {
    if (!backend->gram({features.views, features.encoders, 0, kRows}, &out)->wait().ok()) state.SkipWithError("failed");
  }
  state.SetItemsProcessed(state.iterations() * kRows);
  state.SetBytesProcessed(state.iterations() * kRows * 4 * state.range(0));
}

void row_errors(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const auto rank = static_cast<std::size_t>(state.range(1));
  const Features features(size);
  std::vector<double> basis = normal_values(size * rank, 7);
  for (double& entry : basis) entry = std::round(entry / 8 * 0x1p24) * 0x1p-24;
  const auto backend = make_cpu_backend().value();
  std::vector<double> errors(static_cast<std::size_t>(kRows));
  const PcaBasis pca{state.range(0), state.range(1), basis.data()};
  for (auto _ : state) {
    if (!backend->row_errors({features.views, features.encoders, 0, kRows}, pca, errors.data())->wait().ok())
      state.SkipWithError("failed");
    benchmark::DoNotOptimize(errors.data());
  }
  state.SetItemsProcessed(state.iterations() * kRows);
  state.SetBytesProcessed(state.iterations() * kRows * 4 * state.range(0));
}

/// Tables whose cells hold rows of one prediction, as scores with a cut-off have them.
void replicates(benchmark::State& state) {
  const auto draw = static_cast<row::Draw>(state.range(0));
  const auto tables = static_cast<std::size_t>(state.range(1));
  const auto cells = static_cast<std::size_t>(state.range(2));
  std::mt19937 engine(11);
  std::vector<row::RealizedCell> realized(tables * cells);
  std::vector<row::EstimatedCell> estimated(tables * cells);
  for (std::size_t j = 0; j < realized.size(); ++j) {
    const std::size_t predicted = j % cells < cells / 2 ? 1 : 0;
    for (std::size_t i : {2 * predicted, 2 * predicted + 1}) realized[j].count[i] = static_cast<double>(engine() % 40);
    estimated[j].count[predicted] = static_cast<double>(20 + engine() % 40);
    estimated[j].probability = 1 - (static_cast<double>(j % cells) + 0.5) / static_cast<double>(cells);
  }
  std::vector<double> areas(tables * static_cast<std::size_t>(state.range(3)));
  std::vector<ReplicateItem> items(tables);
  for (std::size_t i = 0; i < tables; ++i) {
    items[i].draw = draw;
    items[i].key = i;
    items[i].count = state.range(3);
    items[i].cells = state.range(2);
    items[i].realized = realized.data() + i * cells;
    items[i].estimated = estimated.data() + i * cells;
    items[i].scores[row::kRocArea] = areas.data() + i * static_cast<std::size_t>(state.range(3));
  }
  const auto backend = make_cpu_backend().value();
  for (auto _ : state) {
    if (!backend->replicates(items)->wait().ok()) state.SkipWithError("failed");
    benchmark::DoNotOptimize(areas.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(1) * state.range(2) * state.range(3));
}

BENCHMARK(categories)->Arg(5)->Arg(5000);
BENCHMARK(gram)->Arg(50)->Arg(500);
BENCHMARK(row_errors)->Args({50, 20});
BENCHMARK(replicates)
    ->ArgNames({"draw", "tables", "cells", "replicates"})
    ->ArgsProduct({{0, 1, 2}, {100}, {20}, {1000}})
    ->ArgsProduct({{0, 1, 2}, {1}, {1024}, {1000}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace longwatch
