// Evaluation of calibration maps.
#include "engine/profile/calibrator.hpp"

#include <algorithm>

namespace longwatch {

double Calibrator::probability(double score) const {
  if (scores.empty()) return score;
  if (score <= scores.front()) return probabilities.front();
  if (score >= scores.back()) return probabilities.back();
  const auto above = static_cast<std::size_t>(std::upper_bound(scores.begin(), scores.end(), score) - scores.begin());
  const double left = scores[above - 1];
  const double slope = (probabilities[above] - probabilities[above - 1]) / (scores[above] - left);
  return slope * (score - left) + probabilities[above - 1];
}

}  // namespace longwatch
