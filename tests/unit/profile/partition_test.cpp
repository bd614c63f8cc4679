// The edges of a column: which ones there must be.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "engine/profile/fit_columns.hpp"

namespace longwatch {
namespace {

struct Fitted {
  std::vector<double> sorted;
  ColumnProfile profile;
};

Fitted fit(std::vector<double> values, std::int64_t quantiles = 1024, bool integer = false) {
  Fitted out{std::move(values), {}};
  out.profile.column.integer = integer;
  fit_numbers(out.sorted, 0, quantiles, out.profile);
  return out;
}

std::vector<double> draw(std::size_t n, double (*quantile)(double)) {
  std::mt19937_64 generator(11);
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(quantile((static_cast<double>(generator() >> 12) + 0.5) * 0x1p-52));
  return out;
}
double exponential(double u) { return -std::log(u); }
double pareto(double u) { return 1 / u; }
double half_zero(double u) { return u < 0.5 ? 0.0 : std::log(u); }

bool is_edge(const Partition& partition, double x) {
  return std::binary_search(partition.edges().begin(), partition.edges().end(), x);
}

void expect_rules(const Fitted& fitted) {
  const Partition& partition = fitted.profile.partition;
  const auto edges = partition.edges();
  for (std::size_t i = 1; i < edges.size(); ++i) ASSERT_LT(edges[i - 1], edges[i]);
  EXPECT_EQ(edges[partition.first_inside()], fitted.sorted.front());
  EXPECT_EQ(edges[partition.last_inside()], fitted.sorted.back());
  for (const double edge : fitted.profile.doane_edges) EXPECT_TRUE(is_edge(partition, edge)) << edge;
  for (const double edge : fitted.profile.quantile_edges) EXPECT_TRUE(is_edge(partition, edge)) << edge;
  EXPECT_LT(edges.front(), fitted.sorted.front());
  EXPECT_GT(edges.back(), fitted.sorted.back());
}

TEST(FitPartition, HoldsTheRulesForEveryFamily) {
  for (auto* family : {exponential, pareto, half_zero}) {
    for (const std::size_t n : {1U, 2U, 3U, 10U, 1024U, 1025U, 4095U, 4096U, 20'000U})
      expect_rules(fit(draw(n, family)));
  }
  expect_rules(fit({0.0, 0.0}));
  expect_rules(fit({-1e308, 1.5e308, 3.0}));
  expect_rules(fit({5e-324, 1e-323}));
}

TEST(FitPartition, FewDistinctValuesAreAllEdges) {
  std::vector<double> values;
  for (int i = 0; i < 30'000; ++i) values.push_back(std::sqrt(i % 1024));
  const Fitted fitted = fit(values);
  for (const double x : fitted.sorted) ASSERT_TRUE(is_edge(fitted.profile.partition, x)) << x;
}

TEST(FitPartition, OneDistinctValueMoreIsCutToQuantiles) {
  std::vector<double> values;
  for (int i = 0; i < 300'000; ++i) values.push_back(i);
  const Partition partition = fit(values).profile.partition;
  const std::size_t inside = partition.last_inside() - partition.first_inside() + 1;
  EXPECT_GT(inside, 1024U);
  EXPECT_LT(inside,
            1856U);  // 1,025 quantiles, 2 * 64 extremes, 2 * 98 geometric ranks, deciles, Doane and 256 gap edges
  for (int i = 0; i < 64; ++i) {
    EXPECT_TRUE(is_edge(partition, i)) << i;
    EXPECT_TRUE(is_edge(partition, 299'999 - i)) << i;
  }
  for (const int rank : {0, 293, 149'707, 150'000, 299'999}) EXPECT_TRUE(is_edge(partition, rank)) << rank;
  for (const int rank : {90, 128, 256, 1448, 4096}) {  // 64 * 2^(k/16): ranks that no quantile has
    EXPECT_TRUE(is_edge(partition, rank)) << rank;
    EXPECT_TRUE(is_edge(partition, 299'999 - rank)) << rank;
  }
  EXPECT_FALSE(is_edge(partition, 8192));  // beyond 1/64 of the values, and no quantile
}

TEST(FitPartition, EveryFrequentValueIsAnEdge) {
  std::mt19937_64 generator(5);
  std::vector<double> values;
  std::map<double, int> counts;
  for (int i = 0; i < 50'000; ++i) {
    const double u = static_cast<double>(generator() >> 11) * 0x1p-53;
    values.push_back(i % 2 == 0 ? std::floor(700 * u * u) : 700 * u);
    ++counts[values.back()];
  }
  const Fitted fitted = fit(values);
  int frequent = 0;
  for (const auto& [value, count] : counts) {
    if (count < 2 * 50'000 / 1024) continue;
    ++frequent;
    EXPECT_TRUE(is_edge(fitted.profile.partition, value)) << value;
  }
  EXPECT_GT(frequent, 20);
}

TEST(FitPartition, FewerQuantilesMakeFewerEdges) {
  const std::vector<double> values = draw(20'000, exponential);
  const std::size_t few = fit(values, 64).profile.partition.edges().size();
  EXPECT_LT(few, fit(values, 1024).profile.partition.edges().size());
  expect_rules(fit(values, 1));
  expect_rules(fit(values, 0));
}

TEST(FitPartition, NoValuesMakeNoEdges) { EXPECT_TRUE(fit_partition({}, {}, 1024).edges().empty()); }

TEST(DecileEdges, AreOrderStatisticsAtRoundedRanks) {
  std::vector<double> values;
  for (int i = 0; i < 22; ++i) values.push_back(21 - i);
  // i * 21 / 10: 2.1, 4.2, 6.3, 8.4, 10.5 (up to 11), 12.6, 14.7, 16.8, 18.9
  EXPECT_EQ(fit(values).profile.quantile_edges, (std::vector<double>{2, 4, 6, 8, 11, 13, 15, 17, 19}));
  EXPECT_EQ(fit({1, 1, 1, 1, 1, 1, 1, 1, 5}).profile.quantile_edges, (std::vector<double>{1}));
  EXPECT_EQ(fit({7}).profile.quantile_edges, (std::vector<double>{7}));
}

}  // namespace
}  // namespace longwatch
