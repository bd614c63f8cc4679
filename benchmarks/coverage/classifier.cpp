#include "benchmarks/coverage/classifier.hpp"

#include <cmath>

#include "engine/metrics/normal.hpp"

namespace longwatch::coverage {
namespace {

using metrics::normal_probability;
using metrics::normal_quantile;

// The x below which a share of the mixture lies.
double mixture_quantile(double share, double prevalence, double d) {
  double low = -10, high = 10 + d;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    const double below =
        (1 - prevalence) * normal_probability(middle) + prevalence * normal_probability(middle - d);
    (below < share ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Classifier::Classifier(double prevalence, double area, bool distorted) {
  const double d = std::sqrt(2.0) * normal_quantile(area);
  const double offset = std::log(prevalence / (1 - prevalence)) - d * d / 2;
  for (std::size_t k = 0; k < kCells; ++k) {
    const double x = mixture_quantile((static_cast<double>(k) + 0.5) / kCells, prevalence, d);
    const double logit = d * x + offset;
    probability_.push_back(1 / (1 + std::exp(-logit)));
    score_.push_back(distorted ? 1 / (1 + std::exp(-(1.5 * logit + 0.5))) : probability_.back());
    below_.push_back(static_cast<std::uint64_t>(probability_.back() * 0x1p52));
  }
  first_predicted_ = kCells - static_cast<std::size_t>(prevalence * kCells + 0.5);
}

OutcomeTable Classifier::population() const {
  OutcomeTable out;
  for (std::size_t k = kCells; k-- > 0;) {
    const int predicted = k >= first_predicted_ ? 1 : 0;
    out.score.push_back(score_[k]);
    for (int p = 0; p < 2; ++p) {
      const double mass = p == predicted ? 1.0 / kCells : 0;
      out.positive[p].push_back(mass * probability_[k]);
      out.negative[p].push_back(mass * (1 - probability_[k]));
    }
    (predicted == 1 ? out.true_positive : out.false_negative) += probability_[k] / kCells;
    (predicted == 1 ? out.false_positive : out.true_negative) += (1 - probability_[k]) / kCells;
  }
  out.rows = 1;
  return out;
}

ScoreState Classifier::sample(Random& random, std::int64_t rows) const {
  thread_local std::vector<std::int32_t> counts;
  counts.assign(2 * kCells, 0);
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::uint64_t bits = random.bits();
    const std::size_t cell = bits >> 52;
    const bool positive = (bits & ((std::uint64_t{1} << 52) - 1)) < below_[cell];
    counts[2 * cell + (positive ? 1 : 0)] += 1;
  }
  ScoreState out;
  out.rows = rows;
  for (std::size_t k = 0; k < kCells; ++k) {
    for (int label = 0; label < 2; ++label) {
      const std::int32_t count = counts[2 * k + static_cast<std::size_t>(label)];
      if (count == 0) continue;
      const int code = ScoreEntry::code_of(k >= first_predicted_, static_cast<LabelCode>(label));
      out.entries.push_back(ScoreEntry::of(score_[k], code, count));
    }
  }
  return out;
}

}  // namespace longwatch::coverage
