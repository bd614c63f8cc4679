// Every metric against values worked out by NumPy and SciPy (tests/data/metrics/make.py).
#include <gmock/gmock.h>

#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {
namespace {

std::vector<double> numbers_of(const nlohmann::json& values) {
  std::vector<double> out;
  for (const auto& value : values) out.push_back(number(value));
  return out;
}

/// Within rounding, or within what the metric states: quantiles and Wasserstein are known to their resolution where the
/// chunk has rows between the edges, distinct values to their standard error.
void expect_close(const std::string& metric_name, const std::string& what, const MetricValue& actual, double expected) {
  EXPECT_EQ(actual.status, "ok") << what;
  double tolerance = 1e-10 * std::max(1.0, std::abs(expected));
  if (metric_name == "distinct_count") tolerance = std::round(3 * actual.standard_error);
  if (actual.resolution > 0) tolerance += actual.resolution;
  EXPECT_NEAR(actual.value, expected, tolerance) << what;
}

TEST(ExpectedValues, NumbersAsNumpyAndScipy) {
  const nlohmann::json cases = expected_values("numbers.json");
  ASSERT_GE(cases.size(), 10u);
  for (const auto& [name, entry] : cases.items()) {
    const NumberCells cells(numbers_of(entry["reference"]), numbers_of(entry["chunk"]));
    for (const auto& [metric_name, expected] : entry["expected"].items()) {
      expect_close(metric_name, name + " " + metric_name, cells.value(metric_name), number(expected));
    }
    EXPECT_EQ(cells.value("kolmogorov_smirnov").resolution, 0) << name;
    for (const auto& [metric_name, expected] : entry["standard_errors"].items()) {
      const double actual = cells.value(metric_name).standard_error;
      EXPECT_NEAR(actual, number(expected), 1e-6 * number(expected)) << name << " " << metric_name;
    }
  }
}

TEST(ExpectedValues, CategoriesAsScipy) {
  const nlohmann::json cases = expected_values("categories.json");
  ASSERT_GE(cases.size(), 10u);
  for (const auto& [name, entry] : cases.items()) {
    const CategoryCells cells(entry["reference"].get<CategoryRows>(), entry["chunk"].get<CategoryRows>());
    for (const auto& [metric_name, expected] : entry["expected"].items()) {
      expect_close(metric_name, name + " " + metric_name, cells.value(metric_name), number(expected));
    }
    EXPECT_EQ(cells.value("l_infinity").resolution, 0) << name;
    const double p_value = cells.value("chi_squared").p_value;
    EXPECT_NEAR(p_value, number(entry["p_value"]), 1e-11 * number(entry["p_value"])) << name;
  }
}

}  // namespace
}  // namespace longwatch::test
