// The bootstrap of tables: its numbers, its agreement with the analytic intervals, its bits.
#include "engine/metrics/table_bootstrap.hpp"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/metrics/coarse_table.hpp"
#include "engine/metrics/functional.hpp"
#include "engine/metrics/normal.hpp"
#include "engine/metrics/performance_interval.hpp"
#include "engine/state/resample.hpp"

namespace longwatch::metrics {
namespace {

TEST(Resample, logarithm_and_normal_quantile) {
  for (double x = 1e-16; x < 1; x = x * 1.37 + 1e-17) EXPECT_NEAR(resample::log_of(x) / std::log(x), 1, 1e-13) << x;
  for (double p = 1e-16; p < 1; p = p * 1.21 + 1e-17) EXPECT_NEAR(resample::normal(p), normal_quantile(p), 2e-6) << p;
}

TEST(Resample, poisson_numbers_have_their_moments) {
  for (const double mean : {1.0, 3.0, 8.0, 9.0, 20.0, 300.0}) {
    const int n = 400'000;
    double sum = 0, square = 0, cube = 0;
    for (int i = 0; i < n; ++i) {
      const std::uint64_t bits = resample::bits_at(42, static_cast<std::uint64_t>(i));
      const double x = resample::poisson(mean, bits, resample::kPoisson) - mean;
      sum += x / n;
      square += x * x / n;
      cube += x * x * x / n;
    }
    EXPECT_NEAR(sum, 0, 5 * std::sqrt(mean / n)) << mean;
    EXPECT_NEAR(square / mean, 1, 5 * std::sqrt((2 + 1 / mean) / n)) << mean;
    EXPECT_NEAR(cube / std::pow(mean, 1.5), 1 / std::sqrt(mean), 0.03) << mean;
  }
  EXPECT_EQ(resample::poisson(0, ~0ULL, resample::kPoisson), 0);
}

TEST(Resample, poisson_numbers_have_their_frequencies) {
  for (const double mean : {2.0, 7.0, 12.0}) {
    const int n = 400'000;
    std::vector<double> share(60, 0);
    for (int i = 0; i < n; ++i) {
      share[static_cast<std::size_t>(
          resample::poisson(mean, resample::bits_at(7, static_cast<std::uint64_t>(i)), resample::kPoisson))] += 1.0 / n;
    }
    double p = std::exp(-mean);
    for (int k = 0; k < 40; ++k) {
      EXPECT_NEAR(share[static_cast<std::size_t>(k)], p, 5 * std::sqrt(p / n) + 1.5e-3 * (mean > 8 ? 1 : 0) + 1e-6)
          << mean << " " << k;
      p *= mean / (k + 1);
    }
  }
}

TEST(Resample, binomial_numbers_have_their_frequencies) {
  for (const double chance : {0.03, 0.4, 0.9}) {
    for (const double count : {1.0, 6.0, 40.0, 300.0}) {
      const int n = 200'000;
      std::vector<double> share(302, 0);
      for (int i = 0; i < n; ++i) {
        const std::uint64_t bits = resample::bits_at(5, static_cast<std::uint64_t>(i));
        share.at(static_cast<std::size_t>(resample::binomial(count, chance, bits))) += 1.0 / n;
      }
      double p = std::pow(1 - chance, count), gap = 0, sum = 0, drawn = 0;
      for (int k = 0; k <= static_cast<int>(count); ++k) {
        sum += p;
        drawn += share[static_cast<std::size_t>(k)];
        gap = std::max(gap, std::abs(sum - drawn));
        p *= (count - k) / (k + 1) * chance / (1 - chance);
      }
      EXPECT_LT(gap, 2 / std::sqrt(n) + 1e-3) << count << " " << chance;
      EXPECT_NEAR(drawn, 1, 1e-9);
    }
  }
  EXPECT_EQ(resample::binomial(7, 0, 123), 0);
  EXPECT_EQ(resample::binomial(7, 1, 123), 7);
}

struct Cell {
  PerformanceProfile profile;
  ScoreState state;
  ClassifierView view;
  explicit Cell(bool map) {
    std::mt19937 random(9);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int i = 0; i < 3000; ++i) {
      const double s = std::pow(uniform(random), 2);
      const auto label = uniform(random) < s ? LabelCode::positive : LabelCode::negative;
      state.entries.push_back(ScoreEntry::of(s, ScoreEntry::code_of(s >= 0.4, label), 1));
    }
    sort_scores(state.entries);
    state.rows = 3000;
    profile.classes = {"0", "1"};
    profile.calibrators.emplace_back();
    if (map) {
      Calibrator& to = profile.calibrators.front();
      for (int b = 0; b < 10; ++b) {
        to.scores.insert(to.scores.end(), {0.1 * b, 0.1 * b + 0.099});
        to.probabilities.insert(to.probabilities.end(), {0.1 * b + 0.05, 0.1 * b + 0.05});
        to.weights.insert(to.weights.end(), {150.0, 150.0});
      }
    }
    view.assign(state, profile);
  }
};

const Functional* const kAll[] = {&kAccuracy, &kPrecision, &kF1, &kMatthewsCorrelation, &kRocAuc,
                                  &kAveragePrecision, &kLogLoss, &kBrierScore};

void expect_near_widths(double lower, double upper, const MetricValue& analytic, double a, double b, const char* name) {
  const double width = b - a;
  EXPECT_NEAR((upper - lower) / width, 1, 0.12) << name;
  EXPECT_NEAR((lower + upper) / 2, (a + b) / 2, 0.08 * width) << name << analytic.value;
}

TEST(TableBootstrap, agrees_with_the_analytic_intervals) {
  for (const bool map : {false, true}) {
    const Cell cell(map);
    for (const Functional* metric : kAll) {
      const IntervalRecipe& recipe = metric->recipe();
      MetricValue analytic, drawn;
      analytic.value = drawn.value = metric->value(cell.view.realized);
      add_realized_interval(recipe, cell.view, nullptr, 0.95, analytic);
      bootstrap_realized(recipe, cell.view, {2000, 0.95, 17}, drawn);
      ASSERT_STREQ(drawn.interval_method, "table_bootstrap");
      EXPECT_NEAR(drawn.standard_error / analytic.standard_error, 1, 0.06) << metric->undefined;
      expect_near_widths(drawn.ci_lower, drawn.ci_upper, analytic, analytic.ci_lower, analytic.ci_upper,
                         metric->undefined);
      MetricValue estimate, resampled;
      estimate.value = resampled.value = metric->value(cell.view.estimated);
      add_estimated_interval(recipe, cell.view, nullptr, 0.95, estimate);
      bootstrap_estimated(recipe, cell.view, 0, {2000, 0.95, 17}, resampled);
      EXPECT_NEAR(resampled.standard_error / estimate.standard_error, 1, 0.06) << metric->undefined;
      expect_near_widths(resampled.ci_lower, resampled.ci_upper, estimate, estimate.ci_lower, estimate.ci_upper,
                         metric->undefined);
      expect_near_widths(resampled.pi_lower, resampled.pi_upper, estimate, estimate.pi_lower, estimate.pi_upper,
                         metric->undefined);
    }
  }
}

TEST(TableBootstrap, has_the_same_bits_for_any_number_of_threads) {
  const Cell cells[2] = {Cell(true), Cell(true)};  // a view keeps its replicates
  for (const Functional* metric : kAll) {
    MetricValue values[2];
    for (const int threads : {1, 8}) {
      const Cell& cell = cells[threads == 1 ? 0 : 1];
      const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
      MetricValue& value = values[threads == 1 ? 0 : 1];
      value.value = metric->value(cell.view.estimated);
      bootstrap_estimated(metric->recipe(), cell.view, 0, {500, 0.95, 3}, value);
    }
    EXPECT_EQ(values[0].ci_lower, values[1].ci_lower);
    EXPECT_EQ(values[0].ci_upper, values[1].ci_upper);
    EXPECT_EQ(values[0].pi_lower, values[1].pi_lower);
    EXPECT_EQ(values[0].standard_error, values[1].standard_error);
  }
}

TEST(TableBootstrap, does_not_depend_on_the_metrics_asked_before) {
  const Cell used(true);
  for (const Functional* metric : kAll) {
    const Cell fresh(true);
    for (const std::uint64_t key : {3, 4}) {
      MetricValue a, b;
      a.value = b.value = metric->value(used.view.realized);
      bootstrap_realized(metric->recipe(), used.view, {200, 0.95, key}, a);
      bootstrap_realized(metric->recipe(), fresh.view, {200, 0.95, key}, b);
      EXPECT_EQ(a.ci_lower, b.ci_lower) << metric->undefined;
      bootstrap_estimated(metric->recipe(), used.view, 0, {200, 0.95, key}, a);
      bootstrap_estimated(metric->recipe(), fresh.view, 0, {200, 0.95, key}, b);
      EXPECT_EQ(a.ci_upper, b.ci_upper) << metric->undefined;
      EXPECT_EQ(a.pi_upper, b.pi_upper) << metric->undefined;
    }
  }
}

TEST(TableBootstrap, other_keys_give_other_numbers) {
  const Cell cell(false);
  MetricValue a, b;
  a.value = b.value = kRocAuc.value(cell.view.realized);
  bootstrap_realized(kRocAuc.recipe(), cell.view, {500, 0.95, 3}, a);
  bootstrap_realized(kRocAuc.recipe(), cell.view, {500, 0.95, 4}, b);
  EXPECT_NE(a.ci_lower, b.ci_lower);
}

TEST(CoarseTable, keeps_every_row_and_its_order) {
  const Cell cell(false);
  const CoarseTable coarse = coarse_table(cell.view.realized, 100);
  EXPECT_EQ(coarse.table.score.size(), 100U);
  EXPECT_EQ(coarse.table.rows, cell.view.realized.rows);
  EXPECT_EQ(coarse.table.true_positive, cell.view.realized.true_positive);
  EXPECT_EQ(coarse.table.false_negative, cell.view.realized.false_negative);
  EXPECT_TRUE(std::is_sorted(coarse.cell_of.begin(), coarse.cell_of.end()));
  EXPECT_NEAR(kRocAuc.value(coarse.table), kRocAuc.value(cell.view.realized), 1e-3);
}

}  // namespace
}  // namespace longwatch::metrics
