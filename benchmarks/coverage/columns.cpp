// Columns of known distribution, and cells drawn from them.
#include "benchmarks/coverage/columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/profile/fit_columns.hpp"
#include "engine/state/row.hpp"

namespace longwatch::coverage {
namespace {

constexpr double kPopulation = 1e9;  // rows that stand for a population

double normal(Random& random) {
  const double u = (static_cast<double>(random.bits() >> 11) + 0.5) * 0x1p-53;
  const double v = static_cast<double>(random.bits() >> 11) * 0x1p-53;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}
double uniform(Random& random) { return static_cast<double>(random.bits() >> 11) * 0x1p-53; }
double below(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

/// A distribution on the line: draws, and the share below or at x (atoms included where `closed`).
struct Law {
  std::function<double(Random&, double drift)> draw;
  std::function<double(double x, bool closed, double drift)> share;
  double mean, deviation;  // without drift; NaN where not compared
};

NumberState state_of(const std::vector<double>& rows, const ColumnProfile& column) {
  NumberState state;
  HistogramPartial partial;
  const Partition& partition = column.partition;
  partial.resize(partition.cells());
  const MomentsPlan& plan = column.moments;
  for (const double x : rows) {
    state.counts.rows += 1;
    const double y = row::standard_score(x, plan.centre, plan.scale);
    MomentsState& moments = state.moments;
    moments.minimum = std::min(moments.minimum, x + 0.0);
    moments.maximum = std::max(moments.maximum, x + 0.0);
    const double powers[4] = {y, y * y, y * y * y, y * y * (y * y)};
    if (row::in_gate(y)) {
      ++moments.inside;
      for (int k = 0; k < 4; ++k) moments.sums[k] += row::power_term(powers[k], std::ldexp(1.0, row::kPowerBits[k]));
    } else {
      ++moments.outside;
      for (int k = 0; k < 4; ++k) moments.tails[k].add(powers[k]);
    }
    const std::size_t cell = partition.cell_of(x);
    partial.counts[cell] += 1;
    partial.touched[cell / 64] = 1;
    if (cell == 0) {
      partial.below.add(x);
    } else if (cell + 1 == partition.cells()) {
      partial.above.add(x);
    } else if (cell % 2 == 0) {
      partial.sums[cell / 2] += row::offset_term(x, partition.left(cell / 2), partition.unit(cell / 2));
    }
  }
  state.histogram.add(partial);
  return state;
}

class NumberCells : public Cells {
 public:
  NumberCells(const Law& law, Random& random, std::int64_t rows, std::int64_t n, double drift)
      : law_(law), drift_(drift) {
    std::vector<double> of_reference(static_cast<std::size_t>(rows)), of_chunk(static_cast<std::size_t>(n));
    for (double& x : of_reference) x = law.draw(random, 0);
    for (double& x : of_chunk) x = law.draw(random, drift);
    std::vector<double> sorted = of_reference;
    fit_numbers(sorted, 0, 1024, column_);
    reference_ = state_of(of_reference, column_);
    chunk_ = state_of(of_chunk, column_);
    reference_view_ = NumberView::of(reference_, column_);
    chunk_view_.assign(chunk_, column_);
  }

  [[nodiscard]] MetricInput input() const override {
    MetricInput out;
    out.numbers = &chunk_view_;
    out.reference_numbers = &reference_view_;
    out.rows = chunk_.counts.rows;
    return out;
  }
  [[nodiscard]] bool wanted(const Metric& metric) const override {
    return (metric.family == Family::univariate_drift && metric.applies_to != AppliesTo::categorical) ||
           metric.name == "mean" || metric.name == "standard_deviation" || metric.name == "median" ||
           metric.name == "quantile_95";
  }
  [[nodiscard]] double truth(const Metric& metric) override {
    if (metric.family != Family::univariate_drift) return location(metric.name);
    if (metric.name == "wasserstein") return area();
    if (!populations_) {
      populations_ = true;
      population(0, population_reference_);
      population(drift_, population_chunk_);
      population_view_.assign(population_reference_, column_);
      drifted_view_.assign(population_chunk_, column_);
    }
    MetricInput input;
    input.numbers = &drifted_view_;
    input.reference_numbers = &population_view_;
    return metric.compute(input).value;
  }

 private:
  void population(double drift, NumberState& state) const {
    const std::span<const double> edges = column_.partition.edges();
    HistogramPartial partial;
    partial.resize(column_.partition.cells());
    std::int64_t before = 0;
    for (std::size_t cell = 0; cell < partial.counts.size(); ++cell) {
      const double share = cell + 1 == partial.counts.size() ? 1 : law_.share(edges[cell / 2], cell % 2 != 0, drift);
      const std::int64_t until = std::max(before, static_cast<std::int64_t>(std::llround(share * kPopulation)));
      partial.counts[cell] = until - before;
      partial.touched[cell / 64] = 1;
      before = until;
    }
    state.counts.rows = before;
    state.histogram.add(partial);
    state.moments.minimum = -1;
    state.moments.maximum = 1;
  }
  /// The area between the populations, by the midpoint rule.
  [[nodiscard]] double area() const {
    if (drift_ == 0) return 0;
    double sum = 0;
    const double low = -12, high = 60;
    const int steps = 20'000;
    const double width = (high - low) / steps;
    for (int i = 0; i < steps; ++i) {
      const double x = low + (i + 0.5) * width;
      sum += std::abs(law_.share(x, true, 0) - law_.share(x, true, drift_)) * width;
    }
    return sum;
  }
  [[nodiscard]] double location(std::string_view name) const {
    if (drift_ != 0) return kNaN;
    if (name == "mean") return law_.mean;
    if (name == "standard_deviation") return law_.deviation;
    const double level = name == "median" ? 0.5 : 0.95;
    double low = -1e3, high = 1e3;
    for (int i = 0; i < 80; ++i) {
      const double middle = (low + high) / 2;
      (law_.share(middle, true, 0) < level ? low : high) = middle;
    }
    return std::abs(high) < 1e-9 ? 0 : high;
  }

  const Law& law_;
  double drift_;
  ColumnProfile column_;
  NumberState reference_, chunk_, population_reference_, population_chunk_;
  NumberView reference_view_, chunk_view_, population_view_, drifted_view_;
  bool populations_ = false;
};

/// Shares of K categories; drift tilts them.
std::vector<double> shares_of(std::size_t categories, double drift) {
  std::vector<double> out(categories);
  double total = 0;
  for (std::size_t i = 0; i < categories; ++i) {
    out[i] = std::pow(static_cast<double>(i + 1), -1.0) * std::exp(drift * (i % 2 == 0 ? 1 : -1));
    total += out[i];
  }
  for (double& share : out) share /= total;
  return out;
}

class CategoryCells : public Cells {
 public:
  CategoryCells(std::size_t categories, Random& random, std::int64_t rows, std::int64_t n, double drift)
      : expected_(shares_of(categories, 0)), drifted_(shares_of(categories, drift)) {
    const std::vector<std::int64_t> of_reference = draw(random, rows, expected_);
    const std::vector<std::int64_t> of_chunk = draw(random, n, drifted_);
    std::vector<CategoryCount> counts;
    for (std::size_t i = 0; i < categories; ++i) {
      if (of_reference[i] > 0) counts.push_back({name(i), of_reference[i]});
    }
    column_.column.kind = ColumnKind::categorical;
    fit_categories(counts, 0, column_);
    fill(reference_, of_reference);
    fill(chunk_, of_chunk);
    reference_view_ = CategoryView::of(reference_, column_);
    chunk_view_.assign(chunk_, column_);
  }
  [[nodiscard]] MetricInput input() const override {
    MetricInput out;
    out.categories = &chunk_view_;
    out.reference_categories = &reference_view_;
    out.rows = chunk_.counts.rows;
    return out;
  }
  [[nodiscard]] bool wanted(const Metric& metric) const override {
    return metric.family == Family::univariate_drift && metric.applies_to != AppliesTo::continuous;
  }
  [[nodiscard]] double truth(const Metric& metric) override {
    if (metric.name == "chi_squared") {
      // The part that grows with the rows: the statistic of the populations at these sizes.
      const double n = static_cast<double>(chunk_.counts.rows), rows = static_cast<double>(reference_.counts.rows);
      double sum = 0;
      for (std::size_t i = 0; i < expected_.size(); ++i) {
        const double difference = drifted_[i] - expected_[i];
        sum += n * rows * difference * difference / (n * drifted_[i] + rows * expected_[i]);
      }
      return sum;
    }
    CategoryState of_reference, of_chunk;
    fill(of_reference, population(expected_));
    fill(of_chunk, population(drifted_));
    CategoryView a, b;
    a.assign(of_reference, column_);
    b.assign(of_chunk, column_);
    MetricInput input;
    input.categories = &b;
    input.reference_categories = &a;
    return metric.compute(input).value;
  }

 private:
  static std::string name(std::size_t i) { return "c" + std::to_string(1000 + i); }
  static std::vector<std::int64_t> draw(Random& random, std::int64_t rows, const std::vector<double>& shares) {
    std::vector<double> until(shares.size());
    double sum = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) until[i] = sum += shares[i];
    std::vector<std::int64_t> out(shares.size());
    for (std::int64_t r = 0; r < rows; ++r) {
      const auto found = std::upper_bound(until.begin(), until.end() - 1, uniform(random));
      ++out[static_cast<std::size_t>(found - until.begin())];
    }
    return out;
  }
  static std::vector<std::int64_t> population(const std::vector<double>& shares) {
    std::vector<std::int64_t> out;
    for (const double share : shares) out.push_back(std::llround(share * kPopulation));
    return out;
  }
  void fill(CategoryState& state, const std::vector<std::int64_t>& counts) const {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      state.counts.rows += counts[i];
      const auto found = std::lower_bound(column_.categories.begin(), column_.categories.end(), name(i));
      if (found != column_.categories.end() && *found == name(i)) {
        state.categories.push_back({static_cast<std::uint32_t>(found - column_.categories.begin()), counts[i]});
      } else {
        state.unseen += counts[i];
        state.unseen_values.push_back({static_cast<std::uint64_t>(i), name(i), counts[i]});
      }
    }
  }

  std::vector<double> expected_, drifted_;
  ColumnProfile column_;
  CategoryState reference_, chunk_;
  CategoryView reference_view_, chunk_view_;
};

Law normal_law() {
  return {[](Random& random, double drift) { return normal(random) + drift; },
          [](double x, bool, double drift) { return below(x - drift); }, 0, 1};
}

/// exp of a normal: mean exp(1/2), deviation mean sqrt(e - 1).
Law lognormal_law() {
  return {[](Random& random, double drift) { return std::exp(normal(random) + drift); },
          [](double x, bool, double drift) { return x <= 0 ? 0 : below(std::log(x) - drift); }, std::exp(0.5),
          std::sqrt((std::numbers::e - 1) * std::numbers::e)};
}

/// 60 % zeros, else exp of half a normal; drift raises both parts.
Law zeros_law() {
  const auto zeros = [](double drift) { return 0.6 * std::exp(-drift / 2); };
  const double mean = 0.4 * std::exp(0.125), square = 0.4 * std::exp(0.5);
  return {[zeros](Random& random, double drift) {
            return uniform(random) < zeros(drift) ? 0.0 : std::exp(0.5 * (normal(random) + drift));
          },
          [zeros](double x, bool closed, double drift) {
            if (x < 0 || (x == 0 && !closed)) return 0.0;
            const double above = x <= 0 ? 0 : below(2 * std::log(x) - drift);
            return zeros(drift) + (1 - zeros(drift)) * above;
          },
          mean, std::sqrt(square - mean * mean)};
}

Column number_column(std::string name, const Law& law) {
  return {std::move(name), [law](Random& random, std::int64_t rows, std::int64_t n, double drift) {
            return std::make_unique<NumberCells>(law, random, rows, n, drift);
          }};
}

Column category_column(std::string name, std::size_t categories) {
  return {std::move(name), [categories](Random& random, std::int64_t rows, std::int64_t n, double drift) {
            return std::make_unique<CategoryCells>(categories, random, rows, n, drift);
          }};
}

}  // namespace

std::vector<Column> columns() {
  return {number_column("normal", normal_law()), number_column("lognormal", lognormal_law()),
          number_column("60 % zeros", zeros_law()), category_column("5 categories", 5),
          category_column("50 categories", 50)};
}

}  // namespace longwatch::coverage
