// Reconstruction errors: near a long double oracle, and the same bits from every backend and for every split.

#include <algorithm>
#include <cmath>
#include <span>

#include "engine/state/row.hpp"
#include "tests/conformance/features.hpp"

namespace longwatch::test {
namespace {

/// Orthonormal columns by Gram-Schmidt, rounded to 2^-24.
std::vector<double> make_basis(std::size_t features, std::size_t rank, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> basis(features * rank);
  for (std::size_t j = 0; j < rank; ++j) {
    double* column = basis.data() + j * features;
    for (std::size_t i = 0; i < features; ++i) column[i] = random.normal();
    for (std::size_t before = 0; before < j; ++before) {
      const double* other = basis.data() + before * features;
      double dot = 0;
      for (std::size_t i = 0; i < features; ++i) dot += column[i] * other[i];
      for (std::size_t i = 0; i < features; ++i) column[i] -= dot * other[i];
    }
    double norm = 0;
    for (std::size_t i = 0; i < features; ++i) norm += column[i] * column[i];
    for (std::size_t i = 0; i < features; ++i) column[i] /= std::sqrt(norm);
  }
  for (double& entry : basis) entry = std::round(entry * 0x1p24) * 0x1p-24;
  return basis;
}

/// |z|^2 - |V' z|^2 in long double, of the row scaled as documented where it is wide.
double oracle_error(std::vector<double> z, const std::vector<double>& basis, std::size_t rank) {
  double largest = 0;
  for (const double value : z) largest = std::max(largest, std::abs(value));
  double back = 1;
  while (largest >= 16) {
    largest /= 2;
    back *= 2;
  }
  long double left = 0;
  for (double& value : z) {
    value = std::nearbyint(value / back * row::kErrorUnit) / row::kErrorUnit;
    left += static_cast<long double>(value) * value;
  }
  for (std::size_t j = 0; j < rank; ++j) {
    long double y = 0;
    for (std::size_t i = 0; i < z.size(); ++i) y += static_cast<long double>(z[i]) * basis[j * z.size() + i];
    left -= y * y;
  }
  return static_cast<double>(std::sqrt(std::max(0.0L, left))) * back;
}

std::vector<double> errors_of(Backend& backend, const FeatureRows& rows, const PcaBasis& pca, std::int64_t begin,
                              std::int64_t count) {
  std::vector<double> errors(static_cast<std::size_t>(count), -1);
  const Result<void> done = backend.row_errors(rows.encoded(begin, count), pca, errors.data())->wait();
  EXPECT_TRUE(done.ok()) << done.error().text();
  return errors;
}

constexpr std::int64_t kCounts[] = {0, 1, 31, 32, 33, 255, 256, 257, 1400};

void compare_all(std::size_t features, std::size_t rank, bool wide, std::span<const std::int64_t> counts = kCounts) {
  const FeatureRows rows(features, static_cast<std::size_t>(counts.back()) + 100, wide, 31 + features);
  const std::vector<double> basis = make_basis(features, rank, 7);
  const PcaBasis pca{static_cast<std::int64_t>(features), static_cast<std::int64_t>(rank), basis.data()};
  for (const std::int64_t count : counts) {
    std::vector<double> first;
    for (const auto& backend : usable_backends()) {
      const std::vector<double> errors = errors_of(*backend, rows, pca, 3, count);
      if (first.empty()) first = errors;
      EXPECT_EQ(errors, first) << backend->description();
    }
    for (std::int64_t i = 0; i < count; ++i) {
      const double want = oracle_error(rows.z(3 + i), basis, rank);
      ASSERT_NEAR(first[static_cast<std::size_t>(i)], want, 1e-6 * want) << "row " << i << " of " << count;
    }
  }
}

TEST(RowErrors, AreNearTheOracle) {
  for (const bool wide : {false, true}) {
    compare_all(2, 1, wide);
    compare_all(7, 3, wide);
    compare_all(50, 20, wide);
  }
}

/// Around the parts of 32 features, and with more than a block of a device can hold.
TEST(RowErrors, AreNearTheOracleForAnyFeatures) {
  constexpr std::int64_t kFew[] = {33, 67};
  for (const bool wide : {false, true}) {
    compare_all(1, 1, wide, kFew);
    compare_all(31, 4, wide, kFew);
    compare_all(32, 5, wide, kFew);
    compare_all(33, 31, wide, kFew);
    compare_all(65, 2, wide, kFew);
    compare_all(500, 21, wide, kFew);
  }
}

TEST(RowErrors, WithoutComponentsAreTheNormOfTheRow) {
  const FeatureRows rows(5, 100, false, 9);
  for (const auto& backend : usable_backends()) {
    const auto errors = errors_of(*backend, rows, {5, 0, nullptr}, 0, 100);
    for (std::int64_t i = 0; i < 100; ++i) {
      double sum = 0;
      for (const double z : rows.z(i)) sum += row::error_z(z) * row::error_z(z);
      EXPECT_EQ(errors[static_cast<std::size_t>(i)], std::sqrt(sum));
    }
  }
}

TEST(RowErrors, OfAFullBasisAreNearZeroAndNeverNaN) {
  const FeatureRows rows(6, 300, true, 19);
  const std::vector<double> basis = make_basis(6, 6, 3);
  for (const auto& backend : usable_backends()) {
    const auto errors = errors_of(*backend, rows, {6, 6, basis.data()}, 0, 300);
    for (std::int64_t i = 0; i < 300; ++i) {
      double norm = 0;
      for (const double z : rows.z(i)) norm += z * z;
      EXPECT_LE(errors[static_cast<std::size_t>(i)], 1e-3 * std::sqrt(norm) + 1e-12) << i;
    }
  }
}

TEST(RowErrors, AnySplitGivesTheSameBits) {
  const FeatureRows rows(20, 1300, true, 23);
  const std::vector<double> basis = make_basis(20, 8, 5);
  const PcaBasis pca{20, 8, basis.data()};
  for (const auto& backend : usable_backends()) {
    const auto whole = errors_of(*backend, rows, pca, 0, 1300);
    for (std::int64_t at = 0; at < 1300; at += 77) {
      const std::int64_t count = std::min<std::int64_t>(77, 1300 - at);
      EXPECT_EQ(errors_of(*backend, rows, pca, at, count),
                std::vector<double>(whole.begin() + at, whole.begin() + at + count));
    }
  }
}

/// Row i of an item is the i-th row of the submission.
TEST(ErrorNumbers, AreTheNumbersOfTheErrors) {
  const Partition partition = Partition::make({0.5, 1, 2, 4, 4.5}, 0, 4).value();
  const NumberPlan plan{&partition, {2, 0.25}, nullptr};
  std::vector<std::int32_t> listed;
  for (std::int32_t i = 0; i < 900; i += 7) listed.push_back(i);
  for (const std::size_t features : {1U, 7U, 50U}) {
    const FeatureRows rows(features, 1000, true, 3 + features);
    const std::vector<double> basis = make_basis(features, (features + 1) / 2, 5);
    const PcaBasis pca{static_cast<std::int64_t>(features), static_cast<std::int64_t>(features + 1) / 2, basis.data()};
    for (const auto& backend : usable_backends()) {
      const auto errors = errors_of(*usable_backends().front(), rows, pca, 5, 900);
      const RowSelection selections[] = {{0, 900, nullptr},
                                         {0, static_cast<std::int64_t>(listed.size()), listed.data()},
                                         {17, 0, nullptr},
                                         {31, 1, nullptr}};
      NumberPartial together[4];
      std::vector<NumberItem> items;
      for (std::size_t i = 0; i < 4; ++i) {
        together[i].reset(plan);
        items.push_back({{}, selections[i], &plan, &together[i]});
      }
      ASSERT_TRUE(backend->error_numbers(rows.encoded(5, 900), pca, items)->wait().ok());
      for (std::size_t i = 0; i < 4; ++i) {
        NumberPartial alone;
        alone.reset(plan);
        const NumberItem item{error_column(errors), selections[i], &plan, &alone};
        ASSERT_TRUE(usable_backends().front()->numbers({&item, 1})->wait().ok());
        EXPECT_TRUE(equal(together[i], alone)) << "item " << i << ", " << backend->description();
        EXPECT_EQ(together[i].counts.rows, selections[i].count);
      }
      EXPECT_TRUE(backend->error_numbers(rows.encoded(5, 900), pca, {})->wait().ok());
    }
  }
}

TEST(RowErrors, ABasisOfAnotherSizeIsAnError) {
  const FeatureRows rows(4, 10, false, 5);
  std::vector<double> errors(10);
  const Partition partition;
  const NumberPlan plan{&partition, {0, 1}, nullptr};
  NumberPartial partial;
  partial.reset(plan);
  const NumberItem item{{}, {0, 10, nullptr}, &plan, &partial};
  for (const auto& backend : usable_backends()) {
    EXPECT_FALSE(backend->row_errors(rows.encoded(0, 10), {3, 0, nullptr}, errors.data())->wait().ok());
    EXPECT_FALSE(backend->error_numbers(rows.encoded(0, 10), {3, 0, nullptr}, {&item, 1})->wait().ok());
  }
}

}  // namespace
}  // namespace longwatch::test
