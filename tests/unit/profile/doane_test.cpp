// Histogram edges against NumPy, bit for bit, and where NumPy has no answer.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/profile/fit_columns.hpp"
#include "tests/unit/profile/expected.hpp"

namespace longwatch {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();

std::vector<double> edges_of(std::vector<double> values, bool integer = false) {
  std::sort(values.begin(), values.end());
  return doane_edges(values, spread_of(values), integer);
}

void expect_usable(const std::vector<double>& edges, double minimum, double maximum) {
  ASSERT_GE(edges.size(), 2U);
  EXPECT_LE(edges.front(), minimum);
  EXPECT_GE(edges.back(), maximum);
  EXPECT_TRUE(std::isfinite(edges.front()) && std::isfinite(edges.back()));
  for (std::size_t i = 1; i < edges.size(); ++i) EXPECT_LT(edges[i - 1], edges[i]);
}

TEST(DoaneEdges, EqualNumPyBitForBit) {
  const auto cases = test::expected_values("doane.json");
  ASSERT_GE(cases.size(), 20U);
  for (const auto& one : cases) {
    const auto expected = one["edges"].get<std::vector<double>>();
    EXPECT_EQ(edges_of(one["values"].get<std::vector<double>>(), one["integer"].get<bool>()), expected) << one["name"];
  }
}

TEST(DoaneEdges, NoValuesHaveNoEdges) { EXPECT_TRUE(doane_edges({}, {}, false).empty()); }

TEST(DoaneEdges, SurviveARangeThatOverflows) {
  const std::vector<double> edges = edges_of({-kLargest, -1, 0, 1, 2, kLargest});
  expect_usable(edges, -kLargest, kLargest);
  EXPECT_EQ(edges.front(), -kLargest);
  EXPECT_EQ(edges.back(), kLargest);
}

TEST(DoaneEdges, SurviveSquaresThatOverflowOrUnderflow) {
  expect_usable(edges_of({1e300, 2e300, 3e300, 7e300}), 1e300, 7e300);
  expect_usable(edges_of({1e-310, 2e-310, 3e-310, 7e-310}), 1e-310, 7e-310);
  expect_usable(edges_of({0, 5e-324, 1e-323, 2e-323}), 0, 2e-323);
}

TEST(DoaneEdges, SurviveBinsNarrowerThanTheSpacingOfDoubles) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(i % 3 == 0 ? 1e16 + 4 : 1e16);
  expect_usable(edges_of(values), 1e16, 1e16 + 4);
}

TEST(DoaneEdges, EncloseAConstantOfAnySize) {
  for (const double c : {0.0, 1.0, -3.0, 1e17, -1e17, 1e300, kLargest, -kLargest, 5e-324}) {
    const std::vector<double> edges = edges_of({c, c, c});
    expect_usable(edges, c, c);
    EXPECT_EQ(edges.size(), 2U) << c;
  }
  EXPECT_EQ(edges_of({1.0, 1.0}), (std::vector<double>{0.5, 1.5}));
}

}  // namespace
}  // namespace longwatch
