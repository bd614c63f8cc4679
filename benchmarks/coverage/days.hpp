#pragma once
// Days of a column and of a classifier: their law moves from day to day and with the week, by known amounts.

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/evaluate/judge.hpp"
#include "engine/metrics/classifier_view.hpp"

namespace longwatch::coverage {

using Engine64 = std::mt19937_64;

/// How far a day's mean lies from the long-run one, in standard deviations of a row: AR(1) with correlation 0.3 and
/// standard deviation `variation`, plus a sine of that amplitude and a period of seven days, at a random phase.
class Days {
 public:
  Days(double variation, Engine64& random);
  double next();

 private:
  double variation_;
  Engine64& random_;
  std::normal_distribution<double> normal_;
  double level_;
  int phase_;
};

/// One kind of data whose chunks are drawn as the states or views that metrics read, at a cost that does not depend on
/// the rows: the cells of a table are multinomial.
class World {
 public:
  virtual ~World() = default;
  /// The metrics it can measure; the column's standard deviation.
  [[nodiscard]] virtual const std::vector<const Metric*>& metrics() const = 0;
  /// Draws the reference's chunks, each of `rows` rows, at these levels; forgets those before.
  virtual void reference(const std::vector<double>& levels, std::int64_t rows, Engine64& random) = 0;
  /// Every metric of a reference chunk, or of a new one of `rows` rows at `level`, as evaluated against the reference.
  virtual void judged_reference(std::vector<Judged>& out) = 0;
  virtual void judged(double level, std::int64_t rows, Engine64& random, std::vector<Judged>& out) = 0;
};

/// A normal column: distances, mean, median, standard deviation.
std::unique_ptr<World> normal_column();
/// 30 categories: distances.
std::unique_ptr<World> categories();
/// A binary classifier with a quarter positives, all labelled: realized performance. A level moves the scores of the
/// positives, so that an AUROC of 0.76 at level 0 moves with it.
std::unique_ptr<World> classifier();

}  // namespace longwatch::coverage
