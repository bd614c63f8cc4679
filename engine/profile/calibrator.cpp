// Evaluation of calibration maps.
#include "engine/profile/calibrator.hpp"

#include <algorithm>

namespace longwatch {
namespace {

// A share of the way, not a slope: that of two scores a denormal apart would be infinite.
double between(const Calibrator& map, std::size_t lower, double share) {
  return map.probabilities[lower] + (map.probabilities[lower + 1] - map.probabilities[lower]) * share;
}

double share_of(const Calibrator& map, std::size_t lower, double score) {
  return (score - map.scores[lower]) / (map.scores[lower + 1] - map.scores[lower]);
}

}  // namespace

double Calibrator::probability(double score) const {
  if (scores.empty()) return score;
  if (score <= scores.front()) return probabilities.front();
  if (score >= scores.back()) return probabilities.back();
  const auto above = static_cast<std::size_t>(std::upper_bound(scores.begin(), scores.end(), score) - scores.begin());
  return between(*this, above - 1, share_of(*this, above - 1, score));
}

double CalibratorWalk::at(double score) {
  const std::vector<double>& scores = map_.scores;
  if (scores.empty()) return score;
  if (score <= scores.front() || score >= scores.back()) {
    const std::size_t end = score <= scores.front() ? 0 : scores.size() - 1;
    place_ = {end, end, 0};
    return map_.probabilities[end];
  }
  std::size_t lower = std::min(place_.lower, scores.size() - 2);
  while (scores[lower] > score) --lower;
  while (scores[lower + 1] <= score) ++lower;
  place_ = {lower, lower + 1, share_of(map_, lower, score)};
  return between(map_, lower, place_.share);
}

}  // namespace longwatch
