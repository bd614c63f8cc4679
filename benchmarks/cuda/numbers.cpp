// Fused statistics of columns: counts, moments, extremes, histogram with its sums, and distinct values.

#include <algorithm>
#include <numeric>

#include "benchmarks/cuda/bench.hpp"
#include "benchmarks/cuda/columns.hpp"
#include "engine/profile/fit_columns.hpp"

namespace longwatch {
namespace {

/// What is learned from 100,000 values, as float32 has them.
std::vector<double> reference(Shape shape) {
  std::uint64_t state = 1;
  std::vector<double> out(100'000);
  for (double& value : out) value = static_cast<double>(static_cast<float>(draw(shape, state)));
  return out;
}

/// `bins` quantile bins of the bell: bins - 1 inner edges, and the extremes.
ColumnProfile quantile_bins(std::size_t bins) {
  std::vector<double> values = reference(Shape::bell);
  std::sort(values.begin(), values.end());
  std::vector<double> edges;
  for (std::size_t i = 0; i <= bins; ++i) edges.push_back(values[i * (values.size() - 1) / bins]);
  ColumnProfile out;
  out.partition = Partition::make(std::move(edges), 0, bins).value();
  out.moments = {0, 0.5};
  return out;
}

/// What the product learns by default.
ColumnProfile learned(Shape shape) {
  std::vector<double> values = reference(shape);
  ColumnProfile out;
  fit_numbers(values, 0, 1024, out);
  return out;
}

template <class T>
class Case {
 public:
  Case(Shape shape, std::int64_t columns, std::int64_t chunks, std::int64_t rows)
      : chunks_(chunks),
        rows_(rows),
        values_(draw_columns<T>(shape, static_cast<std::size_t>(columns), static_cast<std::size_t>(chunks * rows))) {}

  void run(Bench& bench, const std::string& name, const ColumnProfile& profile) const {
    const auto count = static_cast<std::int64_t>(values_.size()) * chunks_;
    const double bytes = static_cast<double>(count * rows_) * sizeof(T);
    // Beside the columns: totals, distinct values and cells of each item.
    const double beside =
        static_cast<double>(count) * static_cast<double>(16'384 + 8'192 + 24 * (profile.partition.edges().size() + 1));
    if (!bench.wanted(name, (bytes + beside) * 1.02)) return;
    NumberPlan plan{&profile.partition, profile.moments, nullptr};
    bench.backend().prepare(plan);
    std::vector<NumberPartial> partials(static_cast<std::size_t>(count));
    std::vector<NumberItem> items;
    for (const std::vector<T>& values : values_) {
      ColumnView view;
      view.type = sizeof(T) == 4 ? ValueType::float32 : ValueType::float64;
      view.values = values.data();
      view.length = static_cast<std::int64_t>(values.size());
      for (std::int64_t chunk = 0; chunk < chunks_; ++chunk) {
        NumberPartial& partial = partials[items.size()];
        partial.reset(plan);
        items.push_back({view, {chunk * rows_, rows_, nullptr}, &plan, &partial});
      }
    }
    const Result<void> done = bench.backend().numbers(items)->wait();
    if (!done.ok()) return bench.fail(name, done.error().text());
    const std::int64_t launches = bench.sizes().repeats + 1;
    for (const NumberPartial& partial : partials) {
      const auto& counts = partial.histogram.counts;
      if (std::accumulate(counts.begin(), counts.end(), std::int64_t{0}) != launches * rows_)
        return bench.fail(name, "it did not run on the device, or a repeated launch did not do its work again");
    }
    bench.report(name,
                 std::to_string(count) + " items x " + std::to_string(rows_) + " rows, " +
                     std::to_string(values_.size()) + " columns, " + std::to_string(profile.partition.edges().size()) +
                     " edges",
                 bytes);
  }

 private:
  std::int64_t chunks_;
  std::int64_t rows_;
  std::vector<std::vector<T>> values_;
};

template <class T>
void all_partitions(Bench& bench, const std::string& type) {
  const BenchSizes& sizes = bench.sizes();
  const Case<T> bell(Shape::bell, sizes.columns, sizes.chunks, sizes.rows);
  for (const std::size_t bins : {64, 256, 1024})
    bell.run(bench, "numbers " + type + ", " + std::to_string(bins) + " bins", quantile_bins(bins));
  bell.run(bench, "numbers " + type + ", default partition", learned(Shape::bell));
}

}  // namespace

void number_cases(Bench& bench) {
  const BenchSizes& sizes = bench.sizes();
  all_partitions<float>(bench, "float32");
  all_partitions<double>(bench, "float64");
  struct Skew {
    Shape shape;
    const char* name;
  };
  for (const Skew& skew :
       {Skew{Shape::constant, "constant"}, {Shape::mostly_zero, "90 % zeros"}, {Shape::five_values, "five values"}}) {
    const Case<float> of(skew.shape, sizes.columns, sizes.chunks, sizes.rows);
    of.run(bench, std::string("numbers float32, ") + skew.name + ", 64 bins", quantile_bins(64));
    of.run(bench, std::string("numbers float32, ") + skew.name + ", default partition", learned(skew.shape));
  }
  const Case<float> small(Shape::bell, 1, sizes.small_items, sizes.small_rows);
  small.run(bench, "numbers float32, small items, 64 bins", quantile_bins(64));
  small.run(bench, "numbers float32, small items, default partition", learned(Shape::bell));
}

}  // namespace longwatch
