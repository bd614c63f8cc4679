#pragma once
// The threshold `null`: how a metric of a chunk of this size behaves when nothing has changed, at a stated rate of false
// alarms. Two parts: what chance does to a chunk of so many rows (NullSpread, from the metric), and how far the
// reference's own chunks lie apart beyond that (days differ).

#include <cstdint>
#include <span>
#include <vector>

#include "engine/metrics/metric.hpp"

namespace longwatch {

/// Where a metric can leave its threshold.
enum class Sides : std::uint8_t { both, upper };

/// What a null threshold reads of a chunk.
struct NullChunk {
  double value = kNaN;
  NullSpread null;
  double share = 0;  ///< of the reference's rows that are this chunk's own; 0 for chunks of the analysis
  double unit = 1;   ///< what days add is in these units: the chunk's rows for counts and sums
};

/// A chunk judged. NaN where it cannot be told.
struct NullVerdict {
  double p_value = kNaN;  ///< chance of a value as far out as this one, nothing having changed
  double lower = kNaN;    ///< a value beyond a limit has p_value < rate; NaN: no limit on that side
  double upper = kNaN;
  double minimum_detectable = kNaN;  ///< change of the metric that would be outside in 80 % of chunks like this one
};

/// Learned from the reference's chunks, then asked chunk by chunk.
///
/// With t for the variance of ordinary chunks beyond chance (of a distance: the mean square that days add) the value is
///  - normal about the reference's value, or where its chunks lie about on average (a pooled standard deviation holds what
///    days differ by, which none of them does), with variance error^2 + t (1 + c / k), k reference chunks, or
///  - a distance whose square is (t + l) X1 + (m - l) X2 / (f - 1), X1 and X2 chi-squared with 1 and f - 1 degrees,
///    m and f = 2 m^2 / variance from the metric's NullSpread, l = m / f: days move a column in one direction, in which
///    chance moves it too.
/// t is not known but has a posterior given the reference's chunks: prior 1 / (s^2 + t), s^2 the variance by chance
/// (without chance this is the t distribution with k - 1 degrees), and a lump at t = 0. p-values average over it, so few
/// chunks widen the limits as much as they must. The law of a distance's square given t is replaced by a shifted gamma
/// distribution of the same first three cumulants (Liu, Tang and Zhang 2009), whose tail is the saddlepoint formula of
/// Lugannani and Rice (1980): within 10 % of the exact one down to 1e-7.
class NullThreshold {
 public:
  static constexpr std::size_t kFewest = 5;  ///< reference chunks from which t is learned

  NullThreshold() = default;
  /// Chunks without a value are left out; fewer than kFewest remaining: t = 0. `rate` in (0, 1). Where the metric does
  /// not know what chance does (no NullSpread), all spread is taken for that of days. O(chunks * nodes), some 20 nodes.
  NullThreshold(std::span<const NullChunk> reference, double rate, Sides sides);

  /// O(nodes) a step, a few steps. A reference chunk (share > 0) is judged against the rest of the reference.
  [[nodiscard]] NullVerdict judge(const NullChunk& chunk) const;

  /// Too few reference chunks to learn how far ordinary ones lie apart.
  [[nodiscard]] bool too_short() const { return chunks_ < kFewest; }
  /// Posterior median of t.
  [[nodiscard]] double overdispersion() const;

 private:
  struct Node {
    double extra;   ///< t
    double weight;  ///< they sum to 1
  };
  /// p-value and its derivative by the argument.
  struct Tail {
    double p;
    double slope;
  };
  void learn_places(const std::vector<NullChunk>& reference);
  void learn_distances(const std::vector<NullChunk>& reference);
  void set_start(double deviations);
  template <class LogLikelihood>
  void weigh(double base, double most, const LogLikelihood& log_likelihood);
  [[nodiscard]] Tail place_tail(double distance, double variance) const;
  [[nodiscard]] Tail square_tail(double square, const NullSpread& null) const;
  [[nodiscard]] double expected(const NullChunk& chunk) const;
  [[nodiscard]] NullVerdict judge_place(const NullChunk& chunk) const;
  [[nodiscard]] NullVerdict judge_distance(const NullChunk& chunk) const;

  double centre_ = kNaN;   // where a spread does not say what to expect: mean of the reference's chunks by rows
  double offset_ = 0;      // where it does: how far these lie from it, by rows
  bool distances_ = false;
  double rate_ = 0.01;
  Sides sides_ = Sides::both;
  std::size_t chunks_ = 0;
  static constexpr double kStart = 3;
  double start_ = kStart;  // where limits of ordinary chunks are about, in typical deviations
  std::vector<Node> nodes_ = {{0, 1}};
};

}  // namespace longwatch
