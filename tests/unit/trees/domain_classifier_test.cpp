// The area under the curve against a count of all pairs, its error against the pairs' own variances.
#include "engine/trees/domain_classifier.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/random.hpp"

namespace longwatch {
namespace {

using test::Random;

// DeLong's components, pair by pair.
DomainScore by_pairs(const std::vector<double>& positive, const std::vector<double>& negative) {
  std::vector<double> of_positive(positive.size()), of_negative(negative.size());
  for (std::size_t i = 0; i < positive.size(); ++i) {
    for (std::size_t j = 0; j < negative.size(); ++j) {
      const double wins = positive[i] > negative[j] ? 1 : positive[i] == negative[j] ? 0.5 : 0;
      of_positive[i] += wins / static_cast<double>(negative.size());
      of_negative[j] += wins / static_cast<double>(positive.size());
    }
  }
  const auto mean = [](const std::vector<double>& x) {
    double sum = 0;
    for (const double v : x) sum += v;
    return sum / static_cast<double>(x.size());
  };
  const auto variance = [&](const std::vector<double>& x) {
    double sum = 0;
    for (const double v : x) sum += (v - mean(x)) * (v - mean(x));
    return sum / static_cast<double>(x.size() - 1);
  };
  DomainScore out;
  out.auroc = mean(of_positive);
  out.error = std::sqrt(variance(of_positive) / static_cast<double>(positive.size()) +
                        variance(of_negative) / static_cast<double>(negative.size()));
  return out;
}

TEST(DomainClassifier, AreaAndErrorAreThoseOfAllPairs) {
  Random random(6);
  for (int i = 0; i < 40; ++i) {
    std::vector<double> positive(2 + random.below(60)), negative(2 + random.below(90));
    const double step = i % 2 == 0 ? 0.25 : 0;  // every other time with ties
    const auto draw = [&](double shift) {
      const double x = random.normal() + shift;
      return step > 0 ? std::round(x / step) * step : x;
    };
    for (double& x : positive) x = draw(0.5);
    for (double& x : negative) x = draw(0);
    const DomainScore score = auroc_of(positive, negative);
    const DomainScore wanted = by_pairs(positive, negative);
    EXPECT_EQ(score.status, "ok");
    EXPECT_NEAR(score.auroc, wanted.auroc, 1e-14);
    EXPECT_NEAR(score.error, wanted.error, 1e-14);
  }
}

TEST(DomainClassifier, OneRowHasNoError) {
  const std::vector<double> one = {1}, two = {0, 2};
  EXPECT_EQ(auroc_of(one, two).auroc, 0.5);
  EXPECT_TRUE(std::isnan(auroc_of(one, two).error));
}

}  // namespace
}  // namespace longwatch
