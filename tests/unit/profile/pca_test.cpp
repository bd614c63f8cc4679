// The PCA against NumPy's singular values of the same rows.
#include <cmath>

#include "engine/profile/fit_columns.hpp"
#include "tests/unit/profile/expected.hpp"

namespace longwatch {
namespace {

using Rows = std::vector<std::vector<std::int64_t>>;  // z in units of 2^-12

GramState gram_of(const Rows& rows) {
  GramState gram;
  gram.rows = static_cast<std::int64_t>(rows.size());
  const std::size_t features = rows.at(0).size();
  gram.sums.assign(features, 0);
  gram.products.assign(features * (features + 1) / 2, 0);
  for (const auto& row : rows) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < features; ++i) {
      gram.sums[i] += static_cast<int128>(row[i]) << 24;
      for (std::size_t j = 0; j <= i; ++j)
        gram.products[at++] += static_cast<int128>(row[i]) * row[j] * (std::int64_t{1} << 30);  // 2^-24 to 2^-54
    }
  }
  return gram;
}

std::vector<std::string> names(std::size_t features) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < features; ++i) out.push_back("x" + std::to_string(i));
  return out;
}

PcaProfile fit(const Rows& rows, double variance = 0.65) {
  return fit_pca(gram_of(rows), names(rows.at(0).size()), variance);
}

double projector(const PcaProfile& pca, std::size_t i, std::size_t j) {
  const std::size_t features = pca.features.size();
  double out = 0;
  for (std::size_t k = 0; k < static_cast<std::size_t>(pca.rank); ++k)
    out += pca.basis[k * features + i] * pca.basis[k * features + j];
  return out;
}

void expect_component_rules(const PcaProfile& pca) {
  const std::size_t features = pca.features.size();
  ASSERT_EQ(pca.basis.size(), features * static_cast<std::size_t>(pca.rank));
  for (std::size_t k = 0; k < static_cast<std::size_t>(pca.rank); ++k) {
    double largest = 0;
    double length = 0;
    for (std::size_t i = 0; i < features; ++i) {
      const double entry = pca.basis[k * features + i];
      EXPECT_EQ(entry * 0x1p24, std::floor(entry * 0x1p24));
      if (std::abs(entry) > std::abs(largest)) largest = entry;
      length += entry * entry;
    }
    EXPECT_GT(largest, 0);
    EXPECT_NEAR(length, 1, 1e-6);
  }
}

TEST(FitPca, EqualsTheSingularValuesOfTheRows) {
  for (const auto& one : test::expected_values("pca.json")) {
    const auto z = one["z"].get<Rows>();
    const auto expected = one["eigenvalues"].get<std::vector<double>>();
    for (std::size_t v = 0; v < one["variances"].size(); ++v) {
      const PcaProfile pca = fit(z, one["variances"][v].get<double>());
      EXPECT_EQ(pca.skipped, "");
      EXPECT_EQ(pca.rank, one["ranks"][v].get<std::int64_t>()) << one["name"] << " " << one["variances"][v];
      expect_component_rules(pca);
    }
    const PcaProfile pca = fit(z);
    ASSERT_EQ(pca.eigenvalues.size(), pca.features.size());
    for (std::size_t k = 0; k < pca.eigenvalues.size(); ++k) {
      EXPECT_NEAR(pca.eigenvalues[k], k < expected.size() ? expected[k] : 0, 1e-12 * expected[0]) << one["name"] << k;
      EXPECT_GE(pca.eigenvalues[k], 0);
    }
    for (std::size_t i = 0; i < pca.features.size(); ++i) {
      for (std::size_t j = 0; j < pca.features.size(); ++j)
        EXPECT_NEAR(projector(pca, i, j), one["projector"][i][j].get<double>(), 1e-6);
    }
  }
}

TEST(FitPca, LaysTheErrorsEdgesAroundTheirTypicalSize) {
  const auto one = test::expected_values("pca.json")[0];
  const PcaProfile pca = fit(one["z"].get<Rows>());
  double dropped = 0;
  for (std::size_t k = static_cast<std::size_t>(pca.rank); k < pca.eigenvalues.size(); ++k)
    dropped += pca.eigenvalues[k];
  const double typical = std::sqrt(dropped);
  const auto edges = pca.error_partition.edges();
  EXPECT_EQ(edges.front(), 0);
  EXPECT_EQ(edges.size(), 642U);
  EXPECT_NEAR(edges[1], typical / 1024, 1e-12 * typical);
  EXPECT_NEAR(edges.back(), typical * 1024, 1e-9 * typical);
  EXPECT_EQ(pca.error_partition.first_inside(), 0U);
  EXPECT_EQ(pca.error_partition.last_inside(), edges.size() - 1);
  EXPECT_NEAR(pca.error_moments.centre, typical, 1e-12);
  EXPECT_GE(typical * pca.error_moments.scale, 0.5);
  EXPECT_LT(typical * pca.error_moments.scale, 1);
}

TEST(FitPca, DuplicatedFeaturesLeaveNoError) {
  const PcaProfile pca = fit({{4096, 4096}, {-4096, -4096}, {2048, 2048}, {-2048, -2048}});
  EXPECT_EQ(pca.rank, 1);
  EXPECT_NEAR(pca.basis[0], std::sqrt(0.5), 1e-7);
  EXPECT_NEAR(pca.basis[1], std::sqrt(0.5), 1e-7);
  EXPECT_EQ(pca.error_moments.centre, 1);
}

TEST(FitPca, OppositeFeaturesPointToTheFirst) {
  const PcaProfile pca = fit({{4096, -4096}, {-4096, 4096}, {2048, -2048}, {-2048, 2048}});
  EXPECT_GT(pca.basis[0], 0);
  EXPECT_LT(pca.basis[1], 0);
}

TEST(FitPca, SurvivesSumsBeyond128Bits) {
  GramState gram;
  gram.rows = std::int64_t{1} << 31;
  gram.sums = {static_cast<int128>(1) << 90, 0};
  gram.products = {static_cast<int128>(1) << 125, 0, static_cast<int128>(1) << 125};
  const PcaProfile pca = fit_pca(gram, names(2), 0.65);
  ASSERT_EQ(pca.skipped, "");
  // (2^31 2^125 2^18 - 2^180) 2^-72 / (2^31 (2^31 - 1)) is negative; 2^174 2^-134 is not.
  EXPECT_EQ(pca.eigenvalues[1], 0);
  EXPECT_NEAR(pca.eigenvalues[0] / 0x1p40, 1, 1e-8);
}

TEST(FitPca, SaysWhyThereIsNone) {
  EXPECT_EQ(fit({{4096}, {0}}).skipped, "fewer than two usable features");
  EXPECT_EQ(fit({{4096, 1}}).skipped, "the reference has fewer than two rows");
  const PcaProfile constant = fit({{0, 4096}, {0, 4096}, {0, 4096}});
  EXPECT_EQ(constant.skipped, "no feature varies in the reference");
  EXPECT_EQ(constant.rank, 0);
  EXPECT_TRUE(constant.basis.empty());
  EXPECT_EQ(constant.features.size(), 2U);
  EXPECT_NE(fit_pca(gram_of({{1, 2}, {3, 4}}), names(3), 0.65).skipped, "");
}

}  // namespace
}  // namespace longwatch
