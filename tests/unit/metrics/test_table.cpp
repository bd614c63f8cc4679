// What holds for every metric of the table, whatever it is.
#include <fstream>
#include <set>
#include <sstream>

#include "engine/metrics/markdown.hpp"
#include "tests/support/random.hpp"
#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void expect_lawful(const Metric& entry, const MetricInput& input, const std::string& what) {
  const MetricValue answer = entry.compute(input);
  const std::string place = std::string(entry.name) + ", " + what;
  if (answer.status == "ok") {
    EXPECT_TRUE(std::isfinite(answer.value)) << place << ": " << answer.value;
    EXPECT_GE(answer.value, entry.least) << place;
    EXPECT_LE(answer.value, entry.greatest) << place;
  } else {
    EXPECT_TRUE(std::isnan(answer.value)) << place;
    EXPECT_TRUE(answer.status == "insufficient_data" || answer.status == "not_in_reference" ||
                answer.status.starts_with("undefined: "))
        << place << ": " << answer.status;
  }
  EXPECT_FALSE(answer.standard_error < 0) << place;
  EXPECT_FALSE(answer.resolution < 0) << place;
  EXPECT_FALSE(answer.p_value < 0 || answer.p_value > 1) << place;
  EXPECT_EQ(std::isnan(answer.ci_lower), std::isnan(answer.ci_upper)) << place;
  EXPECT_FALSE(answer.ci_lower > answer.ci_upper) << place;
  EXPECT_EQ(std::isnan(answer.ci_lower), std::string_view(answer.interval_method).empty()) << place;
  EXPECT_FALSE(answer.null.error < 0 || answer.null.variance < 0) << place;
  EXPECT_EQ(std::isnan(answer.null.mean), std::isnan(answer.null.variance)) << place;
}

void expect_all_lawful(const MetricInput& input, const std::string& what) {
  for (const Metric* entry : all_metrics()) expect_lawful(*entry, input, what);
}

std::vector<double> sample(std::uint64_t seed, std::size_t n) {
  Random random(seed);
  std::vector<double> out(n);
  for (double& x : out) x = std::exp(random.normal());
  return out;
}

std::map<std::string, std::vector<double>> chunks() {
  std::vector<double> inf = sample(7, 50);
  inf[3] = kInfinity;
  inf[4] = -kInfinity;
  return {
      {"empty", {}},
      {"all missing", {kNaN, kNaN, kNaN}},
      {"one row", {0.5}},
      {"one row and a missing one", {0.5, kNaN}},
      {"infinite values among others", inf},
      {"only infinite", {kInfinity, kInfinity}},
      {"minus infinity", {-kInfinity}},
      {"constant", std::vector<double>(9, 1.25)},
      {"zeros of both signs", {0.0, -0.0}},
      {"far below", {-1e300, -1e300, -5}},
      {"the largest doubles", {1.7e308, 1.7e308, -1.7e308}},
      {"denormal", {5e-324, -5e-324}},
      {"like the reference", sample(8, 500)},
  };
}

TEST(Table, NamesAreUniqueAndDescribed) {
  std::set<std::pair<Family, std::string_view>> names;
  for (const Metric* entry : all_metrics()) {
    EXPECT_TRUE(names.emplace(entry->family, entry->name).second) << entry->name;
    EXPECT_FALSE(entry->summary.empty()) << entry->name;
    EXPECT_FALSE(entry->source.empty()) << entry->name;
    EXPECT_LT(entry->least, entry->greatest) << entry->name;
    EXPECT_STRNE(family_name(entry->family), "") << entry->name;
    const bool compares = entry->family == Family::univariate_drift || entry->name == "domain_classifier_auroc";
    EXPECT_EQ(entry->needs_reference, compares) << entry->name;
  }
  EXPECT_GE(names.size(), 32u);
}

TEST(Table, NumbersStayLawful) {
  for (const std::size_t rows : {1u, 2u, 30u, 3'000u}) {
    for (const auto& [what, chunk] : chunks()) {
      const NumberCells cells(sample(rows, rows), chunk);
      expect_all_lawful(cells.input(), what + ", reference of " + std::to_string(rows));
      MetricInput alone = cells.input();
      alone.reference_numbers = nullptr;
      expect_all_lawful(alone, what + ", no reference");
    }
  }
}

TEST(Table, NumbersOfOddReferencesStayLawful) {
  const std::map<std::string, std::vector<double>> references = {
      {"constant", std::vector<double>(5, 2.0)},
      {"infinite", {1, 2, kInfinity, -kInfinity}},
      {"missing", {1, kNaN, 3, kNaN}},
      {"huge", {-1.7e308, 0, 1.7e308}},
      {"denormal", {0, 5e-324, 1e-310}},
      {"only infinite", {kInfinity}},
      {"none", {}},
  };
  for (const auto& [name, reference] : references) {
    for (const auto& [what, chunk] : chunks()) {
      const NumberCells cells(reference, chunk);
      expect_all_lawful(cells.input(), what + ", reference " + name);
    }
  }
}

TEST(Table, CategoriesStayLawful) {
  const std::map<std::string, CategoryRows> samples = {
      {"empty", {}},
      {"all missing", {{"", 4}}},
      {"one row", {{"a", 1}}},
      {"unseen only", {{"x", 3}, {"y", 2}}},
      {"mixed", {{"a", 3}, {"c", 1}, {"x", 1}, {"", 2}}},
  };
  const std::map<std::string, CategoryRows> references = {{"one", {{"a", 9}}},
                                                          {"two", {{"a", 9}, {"b", 1}}},
                                                          {"missing", {{"a", 9}, {"c", 9}, {"", 5}}},
                                                          {"none", {{"", 2}}}};
  for (const auto& [name, reference] : references) {
    for (const auto& [what, chunk] : samples) {
      const CategoryCells cells(reference, chunk);
      expect_all_lawful(cells.input(), what + ", reference " + name);
      MetricInput alone = cells.input();
      alone.reference_categories = nullptr;
      expect_all_lawful(alone, what + ", no reference");
    }
  }
}

TEST(Table, NothingGivenStaysLawful) { expect_all_lawful({}, "nothing"); }

TEST(Table, AnIdenticalChunkHasNoDrift) {
  const std::vector<double> rows = sample(5, 4'000);
  const NumberCells numbers(rows, rows);
  const CategoryCells categories({{"a", 7}, {"b", 5}, {"c", 1}}, {{"a", 7}, {"b", 5}, {"c", 1}});
  std::vector<double> twice = rows;
  twice.insert(twice.end(), rows.begin(), rows.end());
  const NumberCells doubled(rows, twice);
  for (const Metric* entry : all_metrics()) {
    if (entry->family != Family::univariate_drift) continue;
    if (entry->applies_to != AppliesTo::categorical) {
      EXPECT_NEAR(entry->compute(numbers.input()).value, 0, 1e-12) << entry->name;
      EXPECT_NEAR(entry->compute(doubled.input()).value, 0, 1e-12) << entry->name;
    }
    if (entry->applies_to != AppliesTo::continuous) {
      EXPECT_NEAR(entry->compute(categories.input()).value, 0, 1e-12) << entry->name;
    }
  }
  EXPECT_EQ(categories.value("chi_squared").p_value, 1);
}

TEST(Table, DocumentedAsItIs) {
  const auto root = std::filesystem::path(LONGWATCH_SOURCE_FOLDER);
  std::ifstream in(root / "docs" / "metrics.md");
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_NE(text.str().find(metrics_markdown()), std::string::npos) << "put this table into docs/metrics.md:\n"
                                                                    << metrics_markdown();
}

}  // namespace
}  // namespace longwatch::test
