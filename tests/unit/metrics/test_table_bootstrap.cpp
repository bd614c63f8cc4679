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
#include "engine/metrics/table_replicates.hpp"
#include "engine/state/replicate_row.hpp"
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

Backend& cpu() {
  static const std::unique_ptr<Backend> backend = make_cpu_backend().value();
  return *backend;
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

OutcomeTable random_table(std::size_t cells, bool whole, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  OutcomeTable out;
  for (std::size_t j = 0; j < cells; ++j) {
    out.score.push_back(1 - static_cast<double>(j + 1) / static_cast<double>(cells + 1));
    for (auto* masses : {out.positive, out.negative}) {
      for (int p = 0; p < 2; ++p) {
        const double mass = uniform(random) < 0.3 ? 0 : uniform(random) * 20;
        masses[p].push_back(whole ? std::floor(mass) : mass);
      }
    }
  }
  for (int p = 0; p < 2; ++p) out.unscored_positive[p] = out.unscored_negative[p] = 3 + p;
  sum_confusion(out);
  return out;
}

// The streamed formulas of a replicate, and the metrics of a table: the same bits.
TEST(ReplicateRow, adds_up_to_the_metrics_of_the_table) {
  ASSERT_EQ(scored_recipes().size(), static_cast<std::size_t>(row::kScores));
  for (const bool whole : {true, false}) {
    for (const std::size_t cells : {0, 1, 2, 7, 100, 512}) {
      const OutcomeTable table = random_table(cells, whole, static_cast<std::uint32_t>(cells + 1));
      const CoarseTable coarse = coarse_table(table, std::max<std::size_t>(cells, 1));
      row::ReplicateSums sums{{3, 3, 4, 4}};
      for (std::size_t j = 0; j < cells; ++j) {
        const double mass[] = {table.positive[0][j], table.negative[0][j], table.positive[1][j], table.negative[1][j]};
        double loss[row::kMeanLosses][2];
        for (int i = 0; i < row::kMeanLosses; ++i) {
          const IntervalRecipe& recipe = *scored_recipes()[static_cast<std::size_t>(row::kFirstMeanLoss + i)];
          const MeanLoss mean = MeanLoss::of(recipe, table, coarse);
          for (int y = 0; y < 2; ++y) loss[i][y] = mean.loss[y][j];
        }
        row::add_cell(sums, mass, loss);
      }
      EXPECT_EQ(sums.mass[row::kTruePositive], table.true_positive);
      EXPECT_EQ(sums.mass[row::kFalsePositive], table.false_positive);
      EXPECT_EQ(sums.mass[row::kFalseNegative], table.false_negative);
      EXPECT_EQ(sums.mass[row::kTrueNegative], table.true_negative);
      for (int i = 0; i < row::kScores; ++i) {
        const IntervalRecipe& recipe = *scored_recipes()[static_cast<std::size_t>(i)];
        ASSERT_EQ(static_cast<bool>(recipe.loss), i >= row::kFirstMeanLoss);
        const double want = recipe.loss ? MeanLoss::of(recipe, table, coarse).value(table) : recipe.value(table);
        const double got = row::score_of(sums, i);
        EXPECT_TRUE(got == want || (std::isnan(got) && std::isnan(want))) << i << ": " << got << " of " << cells;
      }
    }
  }
}

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
      ASSERT_TRUE(bootstrap_realized(recipe, cell.view, {2000, 0.95, 17, &cpu()}, drawn).ok());
      ASSERT_STREQ(drawn.interval_method, "table_bootstrap");
      EXPECT_NEAR(drawn.standard_error / analytic.standard_error, 1, 0.06) << metric->undefined;
      expect_near_widths(drawn.ci_lower, drawn.ci_upper, analytic, analytic.ci_lower, analytic.ci_upper,
                         metric->undefined);
      MetricValue estimate, resampled;
      estimate.value = resampled.value = metric->value(cell.view.estimated);
      add_estimated_interval(recipe, cell.view, nullptr, 0.95, estimate);
      ASSERT_TRUE(bootstrap_estimated(recipe, cell.view, 0, {2000, 0.95, 17, &cpu()}, resampled).ok());
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
      ASSERT_TRUE(bootstrap_estimated(metric->recipe(), cell.view, 0, {500, 0.95, 3, &cpu()}, value).ok());
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
      ASSERT_TRUE(bootstrap_realized(metric->recipe(), used.view, {200, 0.95, key, &cpu()}, a).ok());
      ASSERT_TRUE(bootstrap_realized(metric->recipe(), fresh.view, {200, 0.95, key, &cpu()}, b).ok());
      EXPECT_EQ(a.ci_lower, b.ci_lower) << metric->undefined;
      ASSERT_TRUE(bootstrap_estimated(metric->recipe(), used.view, 0, {200, 0.95, key, &cpu()}, a).ok());
      ASSERT_TRUE(bootstrap_estimated(metric->recipe(), fresh.view, 0, {200, 0.95, key, &cpu()}, b).ok());
      EXPECT_EQ(a.ci_upper, b.ci_upper) << metric->undefined;
      EXPECT_EQ(a.pi_upper, b.pi_upper) << metric->undefined;
    }
  }
}

/// A backend that wants everything at once, and counts how often it was asked.
class Batches final : public Backend {
 public:
  int asked = 0;
  [[nodiscard]] std::string description() const override { return "batches"; }
  [[nodiscard]] bool in_batches() const override { return true; }
  [[nodiscard]] std::unique_ptr<Ticket> replicates(std::span<const ReplicateItem> items) override {
    ++asked;
    return fails ? done_ticket(Error{ErrorCode::memory, "no memory", {}, ""}) : cpu().replicates(items);
  }
  bool fails = false;
  [[nodiscard]] std::unique_ptr<Ticket> numbers(std::span<const NumberItem> i) override { return cpu().numbers(i); }
  [[nodiscard]] std::unique_ptr<Ticket> categories(std::span<const CategoryItem> i) override {
    return cpu().categories(i);
  }
  [[nodiscard]] std::unique_ptr<Ticket> scores(std::span<const ScoreItem> i) override { return cpu().scores(i); }
  [[nodiscard]] std::unique_ptr<Ticket> residuals(std::span<const ResidualItem> i) override {
    return cpu().residuals(i);
  }
  [[nodiscard]] std::unique_ptr<Ticket> classes(std::span<const ClassItem> i) override { return cpu().classes(i); }
  [[nodiscard]] std::unique_ptr<Ticket> error_numbers(const EncodedRows& rows, const PcaBasis& pca,
                                                      std::span<const NumberItem> i) override {
    return cpu().error_numbers(rows, pca, i);
  }
  [[nodiscard]] std::unique_ptr<Ticket> gram(const EncodedRows& rows, GramState* out) override {
    return cpu().gram(rows, out);
  }
  [[nodiscard]] std::unique_ptr<Ticket> row_errors(const EncodedRows& rows, const PcaBasis& pca, double* to) override {
    return cpu().row_errors(rows, pca, to);
  }
};

TEST(TableBootstrap, planned_ahead_is_drawn_once_with_the_same_bits) {
  const Cell cell(true), fresh(true);
  Batches batches;
  const Resampling how{200, 0.95, 5, &batches};
  std::vector<ReplicateItem> items;
  plan_replicates(cell.view, how, true, true, items);
  EXPECT_EQ(items.size(), 4U);  // four numbers, realized, population, labels
  ASSERT_TRUE(batches.replicates(items)->wait().ok());
  for (const Functional* metric : kAll) {
    MetricValue a, b;
    a.value = b.value = metric->value(cell.view.realized);
    ASSERT_TRUE(bootstrap_realized(metric->recipe(), cell.view, how, a).ok());
    ASSERT_TRUE(bootstrap_realized(metric->recipe(), fresh.view, {200, 0.95, 5, &cpu()}, b).ok());
    EXPECT_EQ(a.ci_lower, b.ci_lower);
    ASSERT_TRUE(bootstrap_estimated(metric->recipe(), cell.view, 0, how, a).ok());
    ASSERT_TRUE(bootstrap_estimated(metric->recipe(), fresh.view, 0, {200, 0.95, 5, &cpu()}, b).ok());
    EXPECT_EQ(a.ci_upper, b.ci_upper);
    EXPECT_EQ(a.pi_lower, b.pi_lower);
  }
  EXPECT_EQ(batches.asked, 1);
}

TEST(TableBootstrap, a_backend_that_fails_is_an_error_each_time) {
  const Cell cell(true);
  Batches batches;
  batches.fails = true;
  MetricValue value;
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(bootstrap_realized(kRocAuc.recipe(), cell.view, {200, 0.95, 5, &batches}, value).ok());
    EXPECT_FALSE(bootstrap_estimated(kRocAuc.recipe(), cell.view, 0, {200, 0.95, 5, &batches}, value).ok());
  }
  EXPECT_EQ(batches.asked, 4);
}

TEST(TableBootstrap, other_keys_give_other_numbers) {
  const Cell cell(false);
  MetricValue a, b;
  a.value = b.value = kRocAuc.value(cell.view.realized);
  ASSERT_TRUE(bootstrap_realized(kRocAuc.recipe(), cell.view, {500, 0.95, 3, &cpu()}, a).ok());
  ASSERT_TRUE(bootstrap_realized(kRocAuc.recipe(), cell.view, {500, 0.95, 4, &cpu()}, b).ok());
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
