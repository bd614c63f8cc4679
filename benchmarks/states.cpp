// How fast the CPU backend updates each state kind, on one core and rows that lie in cache: `benchmark_states`.
// Items of 50,000 rows; bytes are those of the values, items are values (numbers, categories) or rows (gram,
// row_errors).

#include <benchmark/benchmark.h>

#include <algorithm>
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

/// Quantiles of a reference of normal values, with geometric edges beyond its range where `tails` is set.
Partition make_partition(std::size_t quantiles, bool tails) {
  std::vector<double> reference = normal_values(100'000, 1);
  std::sort(reference.begin(), reference.end());
  std::vector<double> edges;
  for (std::size_t i = 0; i < quantiles; ++i) edges.push_back(reference[i * (reference.size() - 1) / (quantiles - 1)]);
  if (tails) {
    const std::vector<double> beyond = edges_beyond(reference.front(), reference.back());
    edges.insert(edges.end(), beyond.begin(), beyond.end());
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  const auto place = [&](double x) {
    return static_cast<std::size_t>(std::find(edges.begin(), edges.end(), x) - edges.begin());
  };
  const std::size_t first = place(reference.front());
  const std::size_t last = place(reference.back());
  return Partition::make(std::move(edges), first, last).value();
}

template <class T>
void run_numbers(benchmark::State& state, const std::vector<T>& values, const Partition& partition,
                 const std::vector<std::uint8_t>* bits) {
  auto made = make_cpu_backend(static_cast<VectorLevel>(state.range(0)));
  if (!made.ok()) {
    state.SkipWithError(made.error().what.c_str());
    return;
  }
  Backend& backend = *made.value();
  state.SetLabel(backend.description());
  NumberPlan plan{&partition, {0, 1}, nullptr};
  backend.prepare(plan);
  NumberPartial partial;
  ColumnView view;
  view.type = sizeof(T) == 4 ? ValueType::float32 : ValueType::float64;
  view.values = values.data();
  view.length = kRows;
  if (bits != nullptr) {
    view.validity = bits->data();
    view.nulls = kRows / 10;
  }
  for (auto _ : state) {
    partial.reset(plan);
    const NumberItem item{view, {0, kRows, nullptr}, &plan, &partial};
    if (!backend.numbers({&item, 1})->wait().ok()) state.SkipWithError("failed");
    benchmark::DoNotOptimize(partial.moments.inside);
  }
  state.SetItemsProcessed(state.iterations() * kRows);
  state.SetBytesProcessed(state.iterations() * kRows * static_cast<std::int64_t>(sizeof(T)));
}

void numbers_float32(benchmark::State& state, std::size_t quantiles, bool tails) {
  const std::vector<double> doubles = normal_values(static_cast<std::size_t>(kRows), 2);
  run_numbers(state, std::vector<float>(doubles.begin(), doubles.end()), make_partition(quantiles, tails), nullptr);
}

void numbers_float64(benchmark::State& state) {
  run_numbers(state, normal_values(static_cast<std::size_t>(kRows), 2), make_partition(1024, true), nullptr);
}

void numbers_constant(benchmark::State& state) {
  run_numbers(state, std::vector<float>(static_cast<std::size_t>(kRows), 0.5F), make_partition(1024, true), nullptr);
}

void numbers_nulls(benchmark::State& state) {
  const std::vector<double> doubles = normal_values(static_cast<std::size_t>(kRows), 2);
  std::mt19937 engine(3);
  std::vector<std::uint8_t> bits(static_cast<std::size_t>(kRows) / 8 + 1, 0);
  for (std::size_t i = 0; i < static_cast<std::size_t>(kRows); ++i) {
    if (engine() % 10 != 0) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1U << (i % 8)));
  }
  run_numbers(state, std::vector<float>(doubles.begin(), doubles.end()), make_partition(1024, true), &bits);
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

void levels(benchmark::internal::Benchmark* bench) {
  for (const VectorLevel level : {VectorLevel::portable, VectorLevel::avx2, VectorLevel::avx512})
    bench->Arg(static_cast<int>(level));
}

BENCHMARK_CAPTURE(numbers_float32, 1024_quantiles_and_tails, 1024, true)->Apply(levels);
BENCHMARK_CAPTURE(numbers_float32, 64_quantiles, 64, false)->Apply(levels);
BENCHMARK(numbers_float64)->Apply(levels);
BENCHMARK(numbers_constant)->Apply(levels);
BENCHMARK(numbers_nulls)->Apply(levels);
BENCHMARK(categories)->Arg(5)->Arg(5000);
BENCHMARK(gram)->Arg(50)->Arg(500);
BENCHMARK(row_errors)->Args({50, 20});

}  // namespace
}  // namespace longwatch
