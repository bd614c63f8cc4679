// Partition: cells against a linear scan, units at the ends of the double range, edges beyond a reference.
#include "engine/state/partition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/state/row.hpp"
#include "tests/support/random.hpp"

namespace longwatch {
namespace {

constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kDenormal = std::numeric_limits<double>::denorm_min();

Partition made(std::vector<double> edges) {
  const std::size_t last = edges.size() - 1;
  return Partition::make(std::move(edges), 0, last).value();
}

std::size_t cell_by_scan(const Partition& partition, double x) {
  std::size_t cell = 0;
  for (const double edge : partition.edges()) {
    if (x < edge) return cell;
    if (x == edge) return cell + 1;
    cell += 2;
  }
  return cell;
}

TEST(Partition, CellsAreAtomsAndOpenIntervals) {
  const Partition partition = made({-1, 0, 2.5});
  EXPECT_EQ(partition.cells(), 7U);
  EXPECT_EQ(partition.cell_of(-kMax), 0U);
  EXPECT_EQ(partition.cell_of(-1), 1U);
  EXPECT_EQ(partition.cell_of(std::nextafter(-1, 0)), 2U);
  EXPECT_EQ(partition.cell_of(-kDenormal), 2U);
  EXPECT_EQ(partition.cell_of(0), 3U);
  EXPECT_EQ(partition.cell_of(-0.0), 3U);
  EXPECT_EQ(partition.cell_of(kDenormal), 4U);
  EXPECT_EQ(partition.cell_of(2.5), 5U);
  EXPECT_EQ(partition.cell_of(kMax), 6U);
}

TEST(Partition, EdgeOfNegativeZeroIsZero) {
  const Partition partition = made({-1, -0.0});
  EXPECT_FALSE(std::signbit(partition.edges()[1]));
}

TEST(Partition, CellsEqualALinearScan) {
  test::Random random(11);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> edges;
    for (std::size_t i = 0; i <= random.below(40); ++i) edges.push_back(std::floor(random.normal() * 8) / 4);
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    const Partition partition = made(edges);
    for (int i = 0; i < 200; ++i) {
      const double x = random.below(2) == 0 ? edges[random.below(edges.size())] : random.normal() * 3;
      EXPECT_EQ(partition.cell_of(x), cell_by_scan(partition, x)) << x;
    }
  }
}

TEST(Partition, OfNoValuesHasOneCell) {
  const Partition partition;
  EXPECT_EQ(partition.cells(), 1U);
  EXPECT_EQ(partition.cell_of(3), 0U);
  ASSERT_EQ(partition.units().size(), 1U);
  EXPECT_EQ(partition.unit(0), 0);
}

TEST(Partition, RefusesBadEdges) {
  const double nan = std::nan("");
  const double inf = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& edges : std::vector<std::vector<double>>{
           {}, {1, 1}, {2, 1}, {nan}, {0, nan}, {nan, 0}, {0, inf}, {-inf, 0}, {0, -0.0}, {-kMax, kMax}}) {
    const auto partition = Partition::make(edges, 0, 0);
    ASSERT_FALSE(partition.ok());
    EXPECT_EQ(partition.error().code, ErrorCode::data);
  }
  EXPECT_FALSE(Partition::make({1, 2}, 1, 0).ok());
  EXPECT_FALSE(Partition::make({1, 2}, 0, 2).ok());
  EXPECT_TRUE(Partition::make({1, 2}, 1, 1).ok());
}

// A term must be at most 2^32 for the largest offset, and the unit the largest power of two of which that is true.
TEST(Partition, UnitsAreTheLargestThatHold) {
  constexpr double k2To32 = 4294967296.0;
  const std::vector<std::vector<double>> pairs = {{0, 1},
                                                  {0, 3},
                                                  {1, std::nextafter(1, 2)},
                                                  {-kMax, 0},
                                                  {0, kDenormal},
                                                  {1e-320, 1e-300},
                                                  {-1e308, 1e-5},
                                                  {5, 5 + 0x1p-40},
                                                  {0, std::nextafter(1, 0)},
                                                  {-kMax / 2, kMax / 2}};
  for (const auto& pair : pairs) {
    const Partition partition = made(pair);
    const double unit = partition.unit(1);
    const double width = pair[1] - pair[0];
    int exponent = 0;
    EXPECT_EQ(std::frexp(unit, &exponent), 0.5) << "a power of two";
    EXPECT_TRUE(std::isfinite(unit));
    EXPECT_LE(width * unit, k2To32);
    EXPECT_TRUE(width * unit * 2 > k2To32 || unit == 0x1p1023) << width;
    const double last = std::nextafter(pair[1], pair[0]);
    if (last > pair[0]) {
      EXPECT_LE(row::offset_term(last, partition.left(1), unit), std::int64_t{1} << 32);
    }
    EXPECT_EQ(partition.unit(0), 0);
    EXPECT_EQ(partition.unit(2), 0);
  }
}

TEST(Partition, ReadsWhatItWrote) {
  for (const Partition& partition : {Partition(), Partition::make({-0.0, 1, 7.25}, 1, 2).value()}) {
    ByteWriter out;
    partition.serialize(out);
    ByteReader in(out.bytes());
    const auto read = Partition::deserialize(in);
    ASSERT_TRUE(read.ok()) << read.error().text();
    EXPECT_EQ(read.value(), partition);
    EXPECT_TRUE(std::equal(read.value().units().begin(), read.value().units().end(), partition.units().begin()));
    EXPECT_EQ(in.remaining(), 0U);
    for (std::size_t size = 0; size < out.bytes().size(); ++size) {
      ByteReader cut(std::string_view(out.bytes()).substr(0, size));
      EXPECT_FALSE(Partition::deserialize(cut).ok()) << size;
    }
  }
}

TEST(Partition, RefusesBytesThatPromiseMoreThanTheyHold) {
  ByteWriter out;
  out.u64(std::uint64_t{1} << 60);
  out.f64(1);
  ByteReader in(out.bytes());
  EXPECT_FALSE(Partition::deserialize(in).ok());
}

TEST(EdgesBeyond, AreGeometricOnBothSides) {
  const std::vector<double> edges = edges_beyond(2, 8);
  EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
  EXPECT_EQ(std::adjacent_find(edges.begin(), edges.end()), edges.end());
  EXPECT_EQ(edges.front(), -8 * 16384.0);
  EXPECT_EQ(edges.back(), 8 * 16384.0);
  const auto zero = std::find(edges.begin(), edges.end(), 0.0);
  ASSERT_NE(zero, edges.end());
  EXPECT_EQ(zero[-1], -8 / 16384.0);
  EXPECT_EQ(zero[1], 8 / 16384.0);
  EXPECT_EQ(zero - edges.begin(), 225);
  EXPECT_EQ(std::count_if(edges.begin(), edges.end(), [](double e) { return e >= 2 && e <= 8; }), 0);
  EXPECT_EQ(edges.size(), 2U * 225 + 1 - 17);  // 2 ... 8 are two octaves, ends included
  for (std::size_t i = 1; i < edges.size(); ++i) {
    const double ratio = edges[i] / edges[i - 1];
    if (edges[i - 1] > 0 && !(edges[i - 1] < 2 && edges[i] > 8)) {
      EXPECT_NEAR(ratio, std::pow(2, 0.125), 1e-15);
    }
  }
}

TEST(EdgesBeyond, HaveZeroOnlyOutsideTheRange) {
  const auto has_zero = [](double minimum, double maximum) {
    const auto edges = edges_beyond(minimum, maximum);
    return std::find(edges.begin(), edges.end(), 0.0) != edges.end();
  };
  EXPECT_TRUE(has_zero(1, 2));
  EXPECT_TRUE(has_zero(-2, -1));
  EXPECT_FALSE(has_zero(-1, 1));
  EXPECT_FALSE(has_zero(0, 1));
  EXPECT_FALSE(has_zero(-0.0, -0.0));
  EXPECT_TRUE(has_zero(-kMax, kMax));  // or the open cell between would be too wide
}

TEST(EdgesBeyond, MakePartitionsAtTheEndsOfTheRange) {
  const std::vector<std::pair<double, double>> ranges = {
      {0, 0}, {-kMax, kMax}, {1e308, 1e308}, {-1e308, -1e300}, {kDenormal, kDenormal}, {-1e-310, 1e-320}, {-5, 1e-300}};
  for (const auto& [minimum, maximum] : ranges) {
    std::vector<double> edges = edges_beyond(minimum, maximum);
    for (const double edge : edges) EXPECT_TRUE(std::isfinite(edge));
    edges.push_back(minimum);
    edges.push_back(maximum);
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    EXPECT_TRUE(Partition::make(edges, 0, 0).ok()) << minimum << " " << maximum;
  }
}

}  // namespace
}  // namespace longwatch
