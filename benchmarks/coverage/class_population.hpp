#pragma once
// A classifier of several classes whose every truth is known: its scores are the probabilities of the classes.

#include <cstdint>
#include <vector>

#include "benchmarks/coverage/random.hpp"
#include "engine/profile/calibrator.hpp"
#include "engine/state/class_state.hpp"

namespace longwatch::coverage {

/// A row is one of kCells score vectors, each as likely; they are posteriors of classes (the first the rarest) that lie
/// 1.5 standard deviations from the others on an axis of their own. The prediction is the class with the largest score.
class ClassPopulation {
 public:
  static constexpr std::size_t kCells = 4096;  ///< a power of two
  explicit ClassPopulation(std::size_t classes);

  /// Every score vector once, without labels: estimates without maps are the truth.
  [[nodiscard]] ClassState whole() const;
  [[nodiscard]] PerformanceProfile without_maps() const;
  /// What so many labelled reference rows teach.
  [[nodiscard]] PerformanceProfile learned(Random& random, std::int64_t rows) const;
  /// `rows` independent rows with their labels, calibrated by `profile`.
  [[nodiscard]] ClassState sample(Random& random, std::int64_t rows, const PerformanceProfile& profile) const;

 private:
  [[nodiscard]] ClassState state_of(const std::vector<std::int32_t>& counts, bool labelled,
                                    const PerformanceProfile& profile) const;
  std::size_t classes_;
  std::vector<double> scores_;  // by cell, then class
  std::vector<std::size_t> predicted_;
};

}  // namespace longwatch::coverage
