#pragma once
// A binary classifier whose every truth is known: binormal scores on a fine grid.

#include <cstdint>
#include <vector>

#include "benchmarks/coverage/random.hpp"
#include "engine/metrics/classifier_view.hpp"

namespace longwatch::coverage {

/// The model: negatives are N(0, 1), positives N(d, 1); x takes kCells values of equal probability, P(positive | x) is
/// the binormal one and the score is that probability, or a distorted one (logit times 1.5, plus .5).
class Classifier {
 public:
  static constexpr std::size_t kCells = 4096;  ///< a power of two
  Classifier(double prevalence, double area, bool distorted);

  /// The population as an outcome table, of mass 1: any functional of it is the truth.
  [[nodiscard]] OutcomeTable population() const;
  /// `rows` independent rows with their labels.
  [[nodiscard]] ScoreState sample(Random& random, std::int64_t rows) const;

 private:
  std::vector<double> score_;        // increasing
  std::vector<double> probability_;  // of a positive
  std::vector<std::uint64_t> below_;  // probability as a limit on 52 random bits
  std::size_t first_predicted_ = 0;   // cells from this one on are predicted positive: as many as there are positives
};

}  // namespace longwatch::coverage
