// Thresholds `null`: against the normal, t and chi-squared distributions where they must agree, and by simulation.
#include "engine/alert/null_threshold.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/metrics/gamma.hpp"

namespace longwatch::test {
namespace {

NullChunk place(double value, double error, double expected, double share = 0) {
  NullChunk out;
  out.value = value;
  out.null.error = error;
  out.null.expected = expected;
  out.share = share;
  return out;
}

/// A distance whose square is `mean` times a chi-squared variable with `freedom` degrees over them, by chance.
NullChunk distance(double value, double mean, double freedom, double share = 0) {
  NullChunk out;
  out.value = value;
  out.null.mean = mean;
  out.null.variance = 2 * mean * mean / freedom;
  out.share = share;
  return out;
}

TEST(NullThreshold, WithoutReferenceChunksPlacesAreNormal) {
  const NullThreshold threshold({}, 0.01, Sides::both);
  EXPECT_TRUE(threshold.too_short());
  const NullVerdict verdict = threshold.judge(place(10.3, 0.1, 10));
  // scipy.stats.norm.sf(3) * 2, norm.isf(0.005)
  EXPECT_NEAR(verdict.p_value, 0.0026997960632601866, 1e-12);
  EXPECT_NEAR(verdict.upper, 10 + 0.1 * 2.5758293035489004, 1e-8);
  EXPECT_NEAR(verdict.lower, 10 - 0.1 * 2.5758293035489004, 1e-8);
  // 80 % of chunks beyond: the limit and norm.ppf(0.8) more
  EXPECT_NEAR(verdict.minimum_detectable, 0.1 * (2.5758293035489004 + 0.8416212335729143), 1e-8);
}

TEST(NullThreshold, OneSided) {
  const NullVerdict verdict = NullThreshold({}, 0.01, Sides::upper).judge(place(9.7, 0.1, 10));
  EXPECT_NEAR(verdict.p_value, 0.9986501019683699, 1e-12);  // norm.sf(-3)
  EXPECT_NEAR(verdict.upper, 10 + 0.1 * 2.3263478740408408, 1e-8);
  EXPECT_TRUE(std::isnan(verdict.lower));
}

TEST(NullThreshold, WithoutChanceItIsStudentsT) {
  // Chance is nothing beside the days: the posterior's tail is t with 19 degrees, about a centre that counts as 10 chunks.
  std::vector<NullChunk> reference;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  double mean = 0, squares = 0;
  for (int i = 0; i < 20; ++i) reference.push_back(place(normal(random), 1e-6, 0, 0.05));
  for (const NullChunk& chunk : reference) mean += chunk.value / 20;
  for (NullChunk& chunk : reference) {
    squares += (chunk.value - mean) * (chunk.value - mean) / 19;
    chunk.null.expected = mean;
  }
  const NullThreshold threshold(reference, 0.01, Sides::both);
  const NullVerdict verdict = threshold.judge(place(mean + 1, 1e-6, mean));
  // scipy.stats.t.isf(0.005, 19)
  EXPECT_NEAR((verdict.upper - mean) / std::sqrt(squares * 1.1), 2.860934606449914, 0.003);
}

TEST(NullThreshold, LimitAndPValueAgree) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (const double days : {0.0, 0.5, 3.0}) {
    std::vector<NullChunk> places, distances;
    for (int i = 0; i < 8; ++i) {
      places.push_back(place(normal(random) * std::sqrt(1 + days), 1.06, 0, 0.125));
      distances.push_back(distance(std::sqrt(10 + days * std::abs(normal(random))), 10, 12, 0.125));
    }
    for (const double rate : {0.05, 0.01, 1e-4, 1e-7}) {
      const NullThreshold both(places, rate, Sides::both);
      const NullVerdict verdict = both.judge(place(0.5, 1.06, 0));
      EXPECT_NEAR(both.judge(place(verdict.upper, 1.06, 0)).p_value / rate, 1, 1e-6);
      EXPECT_NEAR(both.judge(place(verdict.lower, 1.06, 0)).p_value / rate, 1, 1e-6);
      const NullThreshold upper(distances, rate, Sides::upper);
      const NullVerdict far = upper.judge(distance(1, 10, 12));
      EXPECT_NEAR(upper.judge(distance(far.upper, 10, 12)).p_value / rate, 1, 1e-6);
      EXPECT_TRUE(std::isnan(far.lower));
      // A reference chunk is judged against the rest; its limit is its own too.
      const NullVerdict own = both.judge(place(0.5, 1.06, 0, 0.125));
      EXPECT_NEAR(both.judge(place(own.upper, 1.06, 0, 0.125)).p_value / rate, 1, 1e-6);
    }
  }
}

TEST(NullThreshold, WithoutReferenceChunksSquaresAreChiSquared) {
  for (const double freedom : {1.0, 5.0, 19.0, 300.0}) {
    for (const double exact : {0.3, 0.01, 1e-4, 1e-7}) {
      // The square that is exceeded with this probability, by halving.
      double low = 0, high = 100 * (freedom + 50);
      while (high - low > 1e-12 * high) {
        const double middle = (low + high) / 2;
        (metrics::chi_squared_tail(middle, freedom) > exact ? low : high) = middle;
      }
      const double square = low / freedom;
      const double p = NullThreshold({}, 0.01, Sides::upper).judge(distance(std::sqrt(square), 1, freedom)).p_value;
      EXPECT_NEAR(p / exact, 1, 0.1) << freedom << " " << exact;
      NullChunk divergence = distance(square, 1, freedom);
      divergence.null.power = 1;
      EXPECT_NEAR(NullThreshold({}, 0.01, Sides::upper).judge(divergence).p_value, p, 1e-9 * p);
    }
  }
}

TEST(NullThreshold, LargerChunksHaveNarrowerLimitsButNotBelowTheDays) {
  std::mt19937_64 random(9);
  std::normal_distribution<double> normal;
  std::vector<NullChunk> reference;
  for (int i = 0; i < 20; ++i) reference.push_back(place(std::sqrt(0.01 + 0.04) * normal(random), 0.1 * std::sqrt(1.05), 0, 0.05));
  const NullThreshold threshold(reference, 0.01, Sides::both);
  const double small = threshold.judge(place(0, 0.3, 0)).upper;
  const double same = threshold.judge(place(0, 0.1, 0)).upper;
  const double large = threshold.judge(place(0, 0.001, 0)).upper;
  EXPECT_GT(small, same);
  EXPECT_GT(same, large);
  EXPECT_GT(large, 2.576 * 0.1);
  EXPECT_LT(large, 2.576 * 0.4);
}

TEST(NullThreshold, CountsAreJudgedByTheRate) {
  std::vector<NullChunk> rates, counts;
  for (int i = 0; i < 10; ++i) {
    const double rows = 1000 + 100 * i;
    const double rate = 0.1 + 0.002 * (i % 3);
    NullChunk chunk = place(rate, 0.01, 0.102, 0.1);
    rates.push_back(chunk);
    chunk.value *= rows;
    chunk.null.error *= rows;
    chunk.null.expected *= rows;
    chunk.unit = rows;
    counts.push_back(chunk);
  }
  NullChunk rate = place(0.12, 0.008, 0.102);
  NullChunk count = place(0.12 * 500, 0.008 * 500, 0.102 * 500);
  count.unit = 500;
  const NullVerdict of_rate = NullThreshold(rates, 0.01, Sides::both).judge(rate);
  const NullVerdict of_count = NullThreshold(counts, 0.01, Sides::both).judge(count);
  EXPECT_NEAR(of_rate.p_value, of_count.p_value, 1e-9);
  EXPECT_NEAR(of_rate.upper * 500, of_count.upper, 1e-6);
  EXPECT_NEAR(of_rate.minimum_detectable * 500, of_count.minimum_detectable, 1e-6);
}

// A standard deviation of all rows holds what days differ by; no day's own does.
TEST(NullThreshold, ChunksMayLieBesideTheWholeReference) {
  std::vector<NullChunk> reference;
  for (int i = 0; i < 20; ++i) reference.push_back(place(0.995 + (i % 2 == 0 ? 0.0022 : -0.0022), 0.0022, 1, 0.05));
  const NullVerdict usual = NullThreshold(reference, 0.01, Sides::both).judge(place(0.995, 0.0022, 1));
  EXPECT_NEAR(usual.p_value, 1, 1e-6);
  EXPECT_NEAR(usual.upper - 0.995, 0.995 - usual.lower, 1e-12);
  // Where the chunks are too few of the rows to tell, the whole reference is what is expected.
  for (NullChunk& chunk : reference) chunk.share = 0.01;
  const NullVerdict few = NullThreshold(reference, 0.01, Sides::both).judge(place(0.995, 0.0022, 1));
  EXPECT_NEAR(few.upper - 1, 1 - few.lower, 1e-12);
  EXPECT_LT(few.p_value, 0.1);
}

TEST(NullThreshold, EqualValuesNeverAlarmOnThemselves) {
  for (const double value : {0.0, 0.1, 1.0 / 3, 1e17}) {
    const std::vector<NullChunk> reference(8, place(value, 0, value, 0.125));
    const NullThreshold threshold(reference, 0.01, Sides::both);
    const NullVerdict verdict = threshold.judge(place(value, 0, value));
    EXPECT_EQ(verdict.p_value, 1);
    EXPECT_FALSE(value < verdict.lower || value > verdict.upper);
    EXPECT_LT(threshold.judge(place(value + 1 + std::abs(value), 0, value)).p_value, 1e-7);
  }
}

TEST(NullThreshold, WhatTheMetricDoesNotKnowIsLearnedFromTheChunks) {
  std::vector<NullChunk> reference;
  for (const double value : {1.0, 2.0, 3.0, 2.5, 1.5, 2.2}) {
    NullChunk chunk;
    chunk.value = value;
    chunk.share = 1.0 / 6;
    reference.push_back(chunk);
  }
  NullChunk later;
  later.value = 2;
  const NullVerdict verdict = NullThreshold(reference, 0.01, Sides::both).judge(later);
  EXPECT_GT(verdict.p_value, 0.5);
  EXPECT_LT(verdict.lower, 0);
  EXPECT_GT(verdict.upper, 4);
  // Fewer than five say nothing.
  EXPECT_TRUE(std::isnan(NullThreshold(std::span(reference).first(4), 0.01, Sides::both).judge(later).p_value));
}

TEST(NullThreshold, NothingIsJudgedWithoutValueOrSpread) {
  const NullThreshold threshold({}, 0.01, Sides::both);
  EXPECT_TRUE(std::isnan(threshold.judge(place(kNaN, 1, 0)).p_value));
  EXPECT_TRUE(std::isnan(threshold.judge(place(1, kNaN, 0)).p_value));
  EXPECT_TRUE(std::isnan(threshold.judge(place(1, 1, 0, 1)).p_value));  // the whole reference
}

/// Share of chunks without drift that are outside at 1 %: `days` is the variance between days, chance has variance 1.
double false_alarms(int chunks, double days, bool distances) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  std::chi_squared_distribution<double> chi(9);
  const double n = 0.1;  // l: of a distance's mean 1, one of ten directions
  const auto draw = [&](double share) {
    if (!distances) return place(std::sqrt(1 + days) * normal(random), std::sqrt(1 + share), 0, share);
    const double along = std::sqrt(n * (1 + days)) * normal(random);
    return distance(std::sqrt(n * chi(random) + along * along), 1, 10);
  };
  int outside = 0, total = 0;
  for (int round = 0; round < 1500; ++round) {
    std::vector<NullChunk> reference;
    double mean = 0;
    for (int i = 0; i < chunks; ++i) {
      reference.push_back(draw(distances ? 0 : 1.0 / chunks));
      mean += reference.back().value / chunks;
    }
    for (NullChunk& chunk : reference) {
      if (!distances) chunk.null.expected = mean;
    }
    const NullThreshold threshold(reference, 0.01, distances ? Sides::upper : Sides::both);
    NullChunk later = draw(0);
    if (!distances) {
      later.null.expected = mean;
      later.null.error = std::sqrt(1 + 1.0 / chunks);
    }
    const NullVerdict verdict = threshold.judge(later);
    for (int i = 0; i < 20; ++i) {
      const double value = draw(0).value;
      outside += value > verdict.upper || value < verdict.lower ? 1 : 0;
      ++total;
    }
  }
  return static_cast<double>(outside) / total;
}

TEST(NullThreshold, FalseAlarmsAreAsStated) {
  for (const bool distances : {false, true}) {
    for (const double days : {0.0, 2.0, 20.0}) {
      for (const int chunks : {10, 20}) {
        const double rate = false_alarms(chunks, days, distances);
        EXPECT_GE(rate, 0.004) << distances << " " << days << " " << chunks;
        EXPECT_LE(rate, 0.016) << distances << " " << days << " " << chunks;
      }
      EXPECT_LE(false_alarms(5, days, distances), 0.03) << distances << " " << days;
    }
  }
}

}  // namespace
}  // namespace longwatch::test
