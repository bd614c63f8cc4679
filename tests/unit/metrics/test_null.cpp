// What chance alone does to a metric, against chunks drawn without drift.
#include <algorithm>
#include <functional>

#include "tests/support/random.hpp"
#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {
namespace {

struct Spread {
  double mean = 0;
  double variance = 0;
};

Spread spread_of(const std::vector<double>& values) {
  Spread out;
  for (const double value : values) out.mean += value / static_cast<double>(values.size());
  for (const double value : values)
    out.variance += (value - out.mean) * (value - out.mean) / static_cast<double>(values.size() - 1);
  return out;
}

using Draw = std::function<double(Random&)>;

std::vector<double> rows_of(const Draw& draw, Random& random, std::size_t n) {
  std::vector<double> out(n);
  for (double& x : out) x = draw(random);
  return out;
}

struct Columns {
  const char* name;
  Draw draw;
};

std::vector<Columns> columns() {
  return {
      {"normal", [](Random& random) { return random.normal(); }},
      {"lognormal", [](Random& random) { return std::exp(random.normal()); }},
      {"zero-inflated", [](Random& random) { return random.uniform() < 0.6 ? 0.0 : std::exp(0.5 * random.normal()); }},
      {"few values", [](Random& random) { return std::floor(4 * random.uniform() * random.uniform()); }}};
}

/// Reference and chunk are both drawn anew each time: the null includes the reference's own sampling.
TEST(Null, DistancesOfChunksWithoutDriftSpreadAsTheyAreExpectedTo) {
  const std::vector<std::string> names = {
      "jensen_shannon",     "hellinger",   "total_variation",           "kullback_leibler",
      "kolmogorov_smirnov", "wasserstein", "population_stability_index"};
  for (const Columns& column : columns()) {
    for (const auto& [reference_rows, rows] : {std::pair{4000, 500}, std::pair{1500, 1500}}) {
      Random random(7);
      std::map<std::string, std::vector<double>> squares, means, variances, tails;
      for (int repeat = 0; repeat < 300; ++repeat) {
        const NumberCells cells(rows_of(column.draw, random, static_cast<std::size_t>(reference_rows)),
                                rows_of(column.draw, random, static_cast<std::size_t>(rows)), 64);
        for (const std::string& name : names) {
          const MetricValue value = cells.value(name);
          squares[name].push_back(std::pow(value.value, value.null.power));
          means[name].push_back(value.null.mean);
          variances[name].push_back(value.null.variance);
          tails[name].push_back(value.p_value);
        }
      }
      for (const std::string& name : names) {
        const std::string what = name + ", " + column.name + ", " + std::to_string(rows);
        const Spread actual = spread_of(squares[name]);
        const double mean = spread_of(means[name]).mean;
        const double variance = spread_of(variances[name]).mean;
        const double error = std::sqrt(actual.variance / 300);
        const auto below = std::count_if(tails[name].begin(), tails[name].end(), [](double p) { return p < 0.05; });
        EXPECT_NEAR(actual.mean, mean, 4 * error + 0.02 * mean) << what;
        EXPECT_NEAR(std::log(actual.variance / variance), 0, 0.75) << what;
        EXPECT_LE(below, 32) << what;  // 15 expected
        EXPECT_GE(below, 4) << what;
      }
    }
  }
}

}  // namespace
}  // namespace longwatch::test
