// Kolmogorov-Smirnov and Wasserstein from partitions against their definitions on the sorted rows.
#include <cmath>
#include <functional>

#include "tests/support/random.hpp"
#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {
namespace {

/// Both distances, from the definition: F_a - F_b on every interval between neighbouring values.
struct TwoSamples {
  double kolmogorov_smirnov = 0;
  double wasserstein = 0;

  TwoSamples(std::vector<double> a, std::vector<double> b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    std::vector<double> all = a;
    all.insert(all.end(), b.begin(), b.end());
    std::sort(all.begin(), all.end());
    std::size_t i = 0;
    std::size_t j = 0;
    long double area = 0;
    for (std::size_t k = 0; k < all.size(); ++k) {
      while (i < a.size() && a[i] <= all[k]) ++i;
      while (j < b.size() && b[j] <= all[k]) ++j;
      const double difference = std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                         static_cast<double>(j) / static_cast<double>(b.size()));
      kolmogorov_smirnov = std::max(kolmogorov_smirnov, difference);
      if (k + 1 < all.size()) area += static_cast<long double>(difference) * (all[k + 1] - all[k]);
    }
    wasserstein = static_cast<double>(area);
  }
};

struct Family {
  const char* name;
  std::function<double(Random&)> draw;
};

std::vector<Family> families() {
  return {
      {"normal", [](Random& random) { return random.normal(); }},
      {"lognormal_3", [](Random& random) { return std::exp(3 * random.normal()); }},
      {"pareto_1", [](Random& random) { return 1 / (1 - random.uniform()); }},
      {"negative_pareto_1", [](Random& random) { return -1 / (1 - random.uniform()); }},
      {"zero_inflated",
       [](Random& random) { return random.uniform() < 0.7 ? 0 : -2 * std::log(1 - random.uniform()); }},
      {"integers", [](Random& random) { return std::floor(30 + 6 * random.normal()); }},
      {"gap", [](Random& random) { return random.uniform() + (random.uniform() < 0.5 ? 0 : 100); }},
      {"far_from_zero", [](Random& random) { return 1e6 + random.normal(); }},
  };
}

std::vector<double> draw(const Family& family, Random& random, std::size_t n, double shift = 0) {
  std::vector<double> out(n);
  for (double& x : out) x = family.draw(random) + shift;
  return out;
}

double interquartile_range(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x[x.size() * 3 / 4] - x[x.size() / 4];
}

void expect_agreement(const std::string& what, const std::vector<double>& reference, const std::vector<double>& chunk) {
  const NumberCells cells(reference, chunk);
  const TwoSamples exact(reference, chunk);
  const MetricValue ks = cells.value("kolmogorov_smirnov");
  const MetricValue distance = cells.value("wasserstein");
  EXPECT_NEAR(ks.value, exact.kolmogorov_smirnov, ks.resolution + 1e-14) << what;
  EXPECT_LE(ks.resolution, 2e-3) << what;
  const double rounding = 1e-12 * (std::abs(cells.column.moments.centre) + exact.wasserstein);
  EXPECT_NEAR(distance.value, exact.wasserstein, distance.resolution + rounding) << what;
  EXPECT_NEAR(distance.value, exact.wasserstein, 0.01 * exact.wasserstein + rounding) << what;
}

TEST(TwoSamples, SmallReferencesAreExact) {
  Random random(1);
  for (const Family& family : families()) {
    for (int repeat = 0; repeat < 40; ++repeat) {
      const std::vector<double> reference = draw(family, random, 1 + random.below(60));
      const std::vector<double> chunk = draw(family, random, 1 + random.below(40), random.below(2) ? 0.3 : 0);
      const NumberCells cells(reference, chunk);
      const TwoSamples exact(reference, chunk);
      const MetricValue ks = cells.value("kolmogorov_smirnov");
      EXPECT_NEAR(ks.value, exact.kolmogorov_smirnov, 1e-15) << family.name;
      EXPECT_EQ(ks.resolution, 0) << family.name;
    }
  }
}

TEST(TwoSamples, LargeReferencesAreCloseAndKnowHowClose) {
  Random random(2);
  for (const Family& family : families()) {
    const std::vector<double> reference = draw(family, random, 40'000);
    const double spread = std::max(interquartile_range(reference), 0.1);
    for (const double shift : {0.0, 0.1, 0.5}) {
      const std::vector<double> chunk = draw(family, random, 5'000, shift * spread);
      expect_agreement(std::string(family.name) + ", shift " + std::to_string(shift), reference, chunk);
    }
  }
}

TEST(TwoSamples, OneRowBelowTheReferenceMinimumMovesTheDistanceByItsOwnShare) {
  Random random(3);
  const Family family = families()[1];  // lognormal with a long tail
  const std::vector<double> reference = draw(family, random, 40'000);
  std::vector<double> chunk = draw(family, random, 5'000);
  const double before = NumberCells(reference, chunk).value("wasserstein").value;
  chunk[0] = *std::min_element(reference.begin(), reference.end()) - 1;
  expect_agreement("one row below", reference, chunk);
  EXPECT_NEAR(NumberCells(reference, chunk).value("wasserstein").value, before, 0.01 * before);
}

TEST(TwoSamples, RowsBeyondAllEdgesCountByTheirExactSum) {
  Random random(4);
  const std::vector<double> reference = draw(families()[0], random, 5'000);
  std::vector<double> chunk = draw(families()[0], random, 300);
  chunk[0] = 1e12;
  chunk[1] = 3e15;
  chunk[2] = -7e13;
  expect_agreement("far outside", reference, chunk);
}

TEST(TwoSamples, HalfTheRangeOfDoublesApart) {
  const NumberCells cells({-8e307, 8e307}, {0, 1});
  const MetricValue distance = cells.value("wasserstein");
  EXPECT_TRUE(distance.status != "ok" || std::abs(distance.value - 8e307) < 1e294) << distance.status << distance.value;
  EXPECT_EQ(cells.value("kolmogorov_smirnov").value, 0.5);
}

TEST(TwoSamples, OneCellHoldsBoth) {
  // Two quantiles only: the open cell (0, 1) holds nearly all, and what happens inside it is not known.
  std::vector<double> reference = {0, 1};
  std::vector<double> chunk;
  for (int i = 1; i < 100; ++i) reference.push_back(0.2 + 0.001 * i);
  for (int i = 1; i < 100; ++i) chunk.push_back(0.7 + 0.001 * i);
  const NumberCells cells(reference, chunk, 1);
  const TwoSamples exact(reference, chunk);
  const MetricValue ks = cells.value("kolmogorov_smirnov");
  EXPECT_NEAR(ks.value, exact.kolmogorov_smirnov, ks.resolution);
  const MetricValue distance = cells.value("wasserstein");
  EXPECT_NEAR(distance.value, exact.wasserstein, distance.resolution);
  EXPECT_NEAR(distance.value, exact.wasserstein, 0.01);
}

}  // namespace
}  // namespace longwatch::test
