// Quality and summary metrics, their places for odd values, and when there is no answer.
#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const std::vector<double> kReference = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

TEST(Quality, NullsAndNanAreToldApart) {
  NumberCells cells(kReference, {1, kNaN, 3, kNaN, kNaN, 5, kInfinity, 8});
  cells.chunk.counts.nans -= 1;
  cells.chunk.counts.nulls += 1;
  EXPECT_EQ(cells.value("missing_rate").value, 3.0 / 8);
  EXPECT_EQ(cells.value("missing_count").value, 3);
  EXPECT_EQ(cells.value("null_rate").value, 1.0 / 8);
  EXPECT_EQ(cells.value("null_count").value, 1);
  EXPECT_EQ(cells.value("nan_count").value, 2);
  EXPECT_EQ(cells.value("inf_count").value, 1);
  EXPECT_DOUBLE_EQ(cells.value("missing_count").standard_error, std::sqrt(8 * 3.0 / 8 * 5.0 / 8));
}

TEST(Quality, CountsNeedNoUsableColumn) {
  NumberCells cells({kNaN, kNaN}, {kNaN, 1});
  EXPECT_EQ(cells.value("missing_rate").value, 0.5);
  EXPECT_EQ(cells.value("mean").status, cells.column.usable);
  EXPECT_EQ(cells.value("jensen_shannon").status, cells.column.usable);
  EXPECT_FALSE(cells.column.usable.empty());
}

TEST(Quality, OutOfRangeIsStrictAndIncludesInfinity) {
  const NumberCells cells(kReference, {1, 10, 0.999, 10.001, kInfinity, -kInfinity, kNaN, 5.5});
  EXPECT_EQ(cells.value("out_of_range_count").value, 4);
  EXPECT_EQ(cells.value("out_of_range_rate").value, 0.5);
  EXPECT_EQ(NumberCells(kReference, {kInfinity}).value("out_of_range_rate").value, 1);
}

TEST(Quality, MissingIsNotUnseen) {
  const CategoryCells cells({{"a", 5}, {"b", 5}}, {{"a", 2}, {"", 5}, {"x", 3}});
  EXPECT_EQ(cells.value("unseen_count").value, 3);
  EXPECT_EQ(cells.value("unseen_rate").value, 0.3);
  EXPECT_EQ(CategoryCells({{"a", 5}}, {{"", 5}}).value("unseen_rate").status, "insufficient_data");
}

TEST(Quality, Constant) {
  EXPECT_EQ(NumberCells(kReference, {3, 3, kNaN}).value("constant").value, 1);
  EXPECT_EQ(NumberCells(kReference, {3, 4}).value("constant").value, 0);
  EXPECT_EQ(NumberCells(kReference, {3, kInfinity}).value("constant").value, 0);
  EXPECT_EQ(NumberCells(kReference, {kInfinity, kInfinity}).value("constant").value, 1);
  EXPECT_EQ(NumberCells(kReference, {kInfinity, -kInfinity}).value("constant").value, 0);
  EXPECT_EQ(NumberCells(kReference, {3}).value("constant").status, "insufficient_data");
  EXPECT_EQ(CategoryCells({{"a", 5}}, {{"a", 2}}).value("constant").value, 1);
  EXPECT_EQ(CategoryCells({{"a", 5}}, {{"x", 2}}).value("constant").value, 1);
  EXPECT_EQ(CategoryCells({{"a", 5}}, {{"a", 1}, {"x", 1}}).value("constant").value, 0);
  EXPECT_EQ(CategoryCells({{"a", 5}}, {{"a", 1}, {"", 1}}).value("constant").status, "insufficient_data");
}

TEST(Quality, DistinctCountIsCloseForMany) {
  std::vector<double> rows;
  for (int i = 0; i < 20'000; ++i) rows.push_back(i % 8'000);
  const MetricValue distinct = NumberCells(kReference, rows).value("distinct_count");
  EXPECT_NEAR(distinct.value, 8'000, 4 * distinct.standard_error);
  EXPECT_NEAR(distinct.standard_error, 0.016 * 8'000, 10);
}

TEST(Summary, OverFiniteValues) {
  const NumberCells cells(kReference, {2, 4, 6, kInfinity, -kInfinity, kNaN});
  EXPECT_EQ(cells.value("mean").value, 4);
  EXPECT_EQ(cells.value("sum").value, 12);
  EXPECT_EQ(cells.value("standard_deviation").value, 2);
  EXPECT_EQ(cells.value("median").value, 4);
  EXPECT_EQ(cells.value("minimum").value, 2);
  EXPECT_EQ(cells.value("maximum").value, 6);
  EXPECT_EQ(NumberCells(kReference, {kInfinity}).value("mean").status, "insufficient_data");
}

TEST(Summary, OneRowHasNoSpread) {
  const NumberCells cells(kReference, {3.5});
  EXPECT_EQ(cells.value("mean").value, 3.5);
  EXPECT_TRUE(std::isnan(cells.value("mean").standard_error));
  EXPECT_EQ(cells.value("standard_deviation").status, "insufficient_data");
  EXPECT_EQ(cells.value("quantile_05").value, 3.5);
}

TEST(Summary, QuantilesWithinTheirResolution) {
  // Reference values 0 and 1,000 only: open cells that halve the gap hold the whole chunk, skewed to the left.
  const NumberCells cells({0, 1000, 0, 1000}, [] {
    std::vector<double> rows;
    for (int i = 1; i <= 999; ++i) rows.push_back(1000 * std::pow(i / 1000.0, 3));
    return rows;
  }());
  EXPECT_NEAR(cells.value("median").value, 125, 5);  // the cell's mean tells how skewed it is
  EXPECT_GT(cells.value("quantile_95").resolution, 0);
  EXPECT_NEAR(cells.value("quantile_95").value, 857, 15);
}

TEST(Summary, QuantileErrorIsThatOfTheRank) {
  std::vector<double> rows;
  for (int i = 0; i <= 1000; ++i) rows.push_back(i);
  const MetricValue median = NumberCells(rows, rows).value("median");
  EXPECT_EQ(median.value, 500);
  EXPECT_NEAR(median.standard_error, 1000 * std::sqrt(0.25 / 1001), 1e-9);
}

TEST(Summary, RowCountOfAnEmptyChunkIsZero) {
  MetricInput input;
  EXPECT_EQ(metric("row_count").compute(input).value, 0);
  input.rows = 12;
  EXPECT_EQ(metric("row_count").compute(input).value, 12);
}

TEST(Drift, InfiniteValuesLieBeyondTheEnds) {
  const NumberCells cells(kReference, {kInfinity, kInfinity, -kInfinity, 5});
  EXPECT_EQ(cells.value("kolmogorov_smirnov").value, 0.5);
  EXPECT_EQ(cells.value("wasserstein").status, "undefined: infinite values in the chunk");
  // All but a quarter of the chunk lies in the extra bin.
  EXPECT_GT(cells.value("total_variation").value, 0.75 - 1e-15);
}

TEST(Drift, WithoutReference) {
  NumberCells cells(kReference, {1, 2});
  MetricInput input = cells.input();
  input.reference_numbers = nullptr;
  EXPECT_EQ(metric("jensen_shannon").compute(input).status, "not_in_reference");
  EXPECT_EQ(metric("mean").compute(input).value, 1.5);
}

TEST(Drift, SmallDistancesKeepTheirDigits) {
  // One row in 2^40 differs: the distance is about 2e-13 times sqrt(2 / (8 ln 2)).
  const std::int64_t n = std::int64_t{1} << 40;
  CategoryCells cells({{"a", 1}, {"b", 1}}, {{"a", 1}, {"b", 1}});
  cells.reference.categories = {{0, n}, {1, n}};
  cells.chunk.categories = {{0, n + 1}, {1, n - 1}};
  cells.refresh();
  const double e = 1.0 / static_cast<double>(n);  // relative change of each share, each share is 1/2
  EXPECT_NEAR(cells.value("jensen_shannon").value / (e / std::sqrt(8 * std::log(2.0))), 1, 1e-6);
}

TEST(Drift, PooledOtherAndUnkeptUnseen) {
  CategoryCells cells({{"a", 8}, {"b", 2}}, {{"a", 4}});
  cells.reference.other = 10;
  cells.chunk.other = 4;
  cells.chunk.unseen = 8;
  cells.chunk.unseen_values = {{1, "x", 1}};
  cells.refresh();
  // Shares of reference: .4 .1 .5; of chunk: .25 0, other .25, unseen .5 of which x .0625.
  EXPECT_DOUBLE_EQ(cells.value("total_variation").value, 0.25);
  const MetricValue largest = cells.value("l_infinity");
  EXPECT_DOUBLE_EQ(largest.value, 0.25);
  EXPECT_DOUBLE_EQ(largest.resolution, 7.0 / 16 - 0.25);
}

TEST(Reconstruction, MeanAndSpreadOfTheRowError) {
  ReferenceProfile profile;
  MetricInput input;
  EXPECT_TRUE(metric("reconstruction_error").compute(input).status.starts_with("undefined: "));
  input.profile = &profile;
  profile.pca.skipped = "fewer than two features";
  EXPECT_EQ(metric("reconstruction_error").compute(input).status, "undefined: fewer than two features");
  profile.pca.skipped.clear();
  NumberState errors;
  input.reconstruction = &errors;
  EXPECT_EQ(metric("reconstruction_error").compute(input).status, "insufficient_data");
  for (const double error : {1.0, 2.0, 4.0, 5.0}) update_moments(errors.moments, profile.pca.error_moments, error);
  const MetricValue mean = metric("reconstruction_error").compute(input);
  EXPECT_EQ(mean.value, 3);
  EXPECT_DOUBLE_EQ(mean.standard_error, std::sqrt(10.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(metric("reconstruction_error_std").compute(input).value, std::sqrt(10.0 / 3));
}

TEST(Views, AssignKeepsNothingOfTheCellBefore) {
  const NumberCells cells(kReference, {2, 3, 100, -5, kInfinity});
  NumberView view = NumberView::of(cells.chunk, cells.column);
  view.assign(cells.reference, cells.column);
  EXPECT_EQ(view.counts, cells.reference_view.counts);
  EXPECT_EQ(view.sums, cells.reference_view.sums);
  EXPECT_EQ(view.bins, cells.reference_view.bins);
  EXPECT_EQ(view.finite, 10);
  const CategoryCells other({{"a", 5}, {"b", 1}}, {{"a", 2}, {"x", 1}});
  CategoryView categories = CategoryView::of(other.chunk, other.column);
  categories.assign(other.reference, other.column);
  EXPECT_EQ(categories.counts, other.reference_view.counts);
  EXPECT_EQ(categories.present, 6);
}

}  // namespace
}  // namespace longwatch::test
