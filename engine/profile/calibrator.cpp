// Evaluation of calibration maps.
#include "engine/profile/calibrator.hpp"

#include "engine/state/class_row.hpp"

namespace longwatch {

double Calibrator::probability(double score) const {
  return row::calibrated(scores.data(), probabilities.data(), static_cast<std::int64_t>(scores.size()), score);
}

}  // namespace longwatch
