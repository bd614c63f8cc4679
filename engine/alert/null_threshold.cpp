// The posterior of the variance between chunks on a grid, and tails averaged over it.
#include "engine/alert/null_threshold.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace longwatch {
namespace {

constexpr double kLump = 3;          // prior weight of t = 0, against 1 for every e-fold of s^2 + t; see weigh
constexpr double kDistanceLump = 12;
constexpr double kSharpness = 5;
constexpr double kCentre = 2;           // c: the reference's value is less sure than k independent chunks would make it
constexpr double kPowerQuantile = 0.8416212335729143;  // of the normal distribution at 80 %
constexpr double kLeastWeight = 1e-10;  // of a node
constexpr double kLimitError = 1e-5;    // of sqrt(-2 log p), one step before a limit
constexpr double kLeastSpread = 1e-12;  // of a value, relative: below it differences are rounding
constexpr int kMostSteps = 60;
constexpr double kMostOfReference = 0.9;  // of its rows: chunks that hold so many say where a chunk is to be expected

double normal_tail(double z) { return 0.5 * std::erfc(z * std::numbers::sqrt2 / 2); }
double normal_density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi); }

/// The first three cumulants of a distribution.
struct Cumulants {
  double mean;
  double variance;
  double third;
};

/// Upper tail and density of the shifted gamma distribution with these cumulants (third > 0).
struct Gamma {
  double shape;
  double scale;
  double shift;
  explicit Gamma(const Cumulants& c)
      : shape(4 * c.variance * c.variance * c.variance / (c.third * c.third)),
        scale(c.third / (2 * c.variance)),
        shift(c.mean - 2 * c.variance * c.variance / c.third) {}

  /// Lugannani and Rice.
  void tail(double value, double& p, double& density) const {
    const double x = (value - shift) / scale;
    if (x <= 0) {
      p = 1;
      density = 0;
      return;
    }
    const double root = std::sqrt(shape);
    const double u = (x - shape) / root;
    const double half = x - shape - shape * std::log(x / shape);
    const double w = std::copysign(std::sqrt(2 * std::max(half, 0.0)), u);
    const double phi = std::exp(-std::max(half, 0.0)) / std::sqrt(2 * std::numbers::pi);
    const double gap = std::abs(u) < 1e-3 * root ? -1 / (3 * root) : 1 / u - 1 / w;
    p = std::clamp(normal_tail(w) + phi * gap, 0.0, 1.0);
    density = phi * root / x / scale;
  }
};

/// The square of a distance where days add `extra` to its mean.
Cumulants square_cumulants(const NullSpread& null, double extra) {
  const double mean = null.mean;
  const double variance = null.variance;
  const double own = std::min(variance / (2 * mean), mean);  // l: the mean's share of one direction
  const double skewness = std::isfinite(null.skewness) ? null.skewness : 4 * own / std::sqrt(variance);
  const double third = skewness * variance * std::sqrt(variance);
  const double with = extra + own;
  return {mean + extra, variance + 2 * (with * with - own * own), third + 8 * (with * with * with - own * own * own)};
}

/// Finds where p(x) falls to `level`, between 0 and infinity, from `start` on; p decreases. Steps are taken in
/// sqrt(-2 log p), which is nearly linear in x: one of Newton's, then secants, as a saddlepoint tail's own density is
/// only nearly its slope; halvings where they leave the bracket. The last step is not checked: log p is then within
/// 1e-6 of log `level`.
template <class F>
double solve(double start, double level, const F& tail) {
  const double target = std::sqrt(-2 * std::log(level));
  double below = 0;
  double above = std::numeric_limits<double>::infinity();
  double at = start;
  double last_at = kNaN;
  double last_error = kNaN;
  for (int step = 0; step < kMostSteps; ++step) {
    const auto t = tail(at);
    const double depth = std::sqrt(-2 * std::log(std::min(t.p, 1.0)));  // infinite for p = 0
    const double error = depth - target;
    (error < 0 ? below : above) = at;
    const double secant = at - error * (at - last_at) / (error - last_error);
    const double next = std::isfinite(secant) ? secant : at + error * t.p * depth / t.slope;
    if (std::abs(error) < kLimitError) return std::isfinite(next) ? next : at;
    last_at = at;
    last_error = error;
    const bool inside = next > below && next < above;
    at = inside ? next : std::isinf(above) ? 2 * at : 0.5 * (below + above);
  }
  return at;
}

bool is_distance(const NullChunk& chunk) {
  return std::isfinite(chunk.value) && chunk.null.mean > 0 && chunk.null.variance > 0 &&
         std::isfinite(chunk.null.mean) && std::isfinite(chunk.null.variance);
}

double square_of(const NullChunk& chunk) {
  return chunk.null.power == 1 ? chunk.value : std::pow(chunk.value, chunk.null.power);
}

double chunk_error(const NullChunk& chunk) { return std::isfinite(chunk.null.error) ? chunk.null.error : 0; }

/// A chunk that is part of the reference as if it were compared with the rest of it: of N rows n are its own, so that
/// differences are N / (N - n) times as large and their variance by chance goes with 1 / n + 1 / (N - n) instead of
/// 1 / n + 1 / N.
double stretch_of(double share) { return 1 / (1 - share); }
double left_out_variance(double share) { return 1 / ((1 - share) * (1 + share)); }

}  // namespace

NullThreshold::NullThreshold(std::span<const NullChunk> reference, double rate, Sides sides)
    : rate_(rate), sides_(sides) {
  std::vector<NullChunk> places;
  std::vector<NullChunk> distances;
  double shares = 0;
  double sum = 0;
  double offsets = 0;
  for (const NullChunk& chunk : reference) {
    if (!std::isfinite(chunk.value) || chunk.share >= 1 || std::isinf(chunk.null.error)) continue;
    if (is_distance(chunk)) distances.push_back(chunk);
    places.push_back(chunk);
    shares += chunk.share;
    sum += chunk.share * chunk.value / chunk.unit;
    if (std::isfinite(chunk.null.expected)) offsets += chunk.share * (chunk.value - chunk.null.expected) / chunk.unit;
  }
  if (shares > 0) centre_ = sum / shares;
  distances_ = !distances.empty();
  chunks_ = distances_ ? distances.size() : places.size();
  if (too_short()) return;
  if (shares >= kMostOfReference) offset_ = offsets / shares;
  if (distances_) {
    learn_distances(distances);
  } else {
    learn_places(places);
  }
}

double NullThreshold::expected(const NullChunk& chunk) const {
  return std::isfinite(chunk.null.expected) ? chunk.null.expected + offset_ * chunk.unit : centre_ * chunk.unit;
}

/// Nodes at t = base (e^u - 1), u = 0, h, 2 h, ...; trapezoid weights, to where nothing is left to add. The lump at t = 0
/// has the fifth power of its likelihood (against the mean for t > 0; for distances, whose t is seen less sharply, against
/// the best): with the first power (Bayes' rule) ten chunks whose days differ as much as chance does would alarm four
/// times as often as chunks whose days do not differ, with the fifth twice as often (measured by benchmarks/coverage).
template <class LogLikelihood>
void NullThreshold::weigh(double base, double most, const LogLikelihood& log_likelihood) {
  const double degrees = static_cast<double>(chunks_ - 1);
  const double step = std::sqrt(2 / degrees);
  const double end = std::log1p(most / base) + 2 * std::log(1 / kLeastWeight) / degrees + 4 * step;
  if (!std::isfinite(end)) return;
  nodes_.clear();
  for (double u = 0; u <= end; u += step) {
    const double extra = base * std::expm1(u);
    nodes_.push_back({extra, log_likelihood(extra)});
  }
  const double without = nodes_.front().weight;
  double best = without;
  for (const Node& node : nodes_) best = std::max(best, node.weight);
  double sum = 0;
  for (Node& node : nodes_) sum += node.weight = step * std::exp(node.weight - best);
  sum -= 0.5 * nodes_.front().weight;
  nodes_.front().weight *= 0.5;
  const double lump = distances_ ? kDistanceLump * sum * std::exp(kSharpness * (without - best))
                                 : kLump * sum * std::pow(std::exp(without - best) / sum, kSharpness);
  nodes_.front().weight += lump;
  sum += lump;
  if (!(sum > 0) || !std::isfinite(sum)) {
    nodes_ = {{0, 1}};
    return;
  }
  std::erase_if(nodes_, [&](const Node& node) { return node.weight < kLeastWeight * sum; });
  for (Node& node : nodes_) node.weight /= sum;
}

void NullThreshold::learn_places(const std::vector<NullChunk>& reference) {
  const double k = static_cast<double>(reference.size());
  std::vector<double> chance;  // variance of a chunk's value about its own day's, in units
  std::vector<double> values;  // about the first, in units
  double mean_chance = 0;
  double mean = 0;
  for (const NullChunk& chunk : reference) {
    const double error = chunk_error(chunk) / chunk.unit;
    chance.push_back(error * error / (1 + chunk.share));
    mean_chance += chance.back() / k;
    values.push_back(chunk.value / chunk.unit - reference.front().value / reference.front().unit);
    mean += values.back() / k;
  }
  double spread = 0;
  for (const double value : values) spread += (value - mean) * (value - mean) / (k - 1);
  const double least = kLeastSpread * std::abs(centre_);
  if (spread <= least * least) return;
  const double base = std::max(mean_chance, 1e-6 * spread);
  for (double& variance : chance) variance = std::max(variance, 1e-6 * spread);
  // Restricted likelihood: the mean is not known.
  weigh(base, spread, [&](double extra) {
    double product = 1;
    double logs = 0;
    double weights = 0;
    double shift = 0;
    double squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double variance = (chance[i] + extra) / base;
      const double weight = 1 / variance;
      const double d = values[i] - mean;
      product *= variance;
      if (product > 1e200 || product < 1e-200) {
        logs += std::log(product);
        product = 1;
      }
      weights += weight;
      shift += weight * d;
      squares += weight * d * d;
    }
    logs += std::log(product) + std::log(weights);
    return -0.5 * (logs + (squares - shift * shift / weights) / base);
  });
  const double typical = std::sqrt(mean_chance + overdispersion());
  set_start(solve(kStart * typical, rate_, [&](double d) { return place_tail(d, mean_chance); }) / typical);
}

void NullThreshold::learn_distances(const std::vector<NullChunk>& reference) {
  const double k = static_cast<double>(reference.size());
  NullSpread typical;
  typical.mean = 0;
  typical.variance = 0;
  double skewness = 0;
  double squares = 0;
  for (const NullChunk& chunk : reference) {
    const double stretch = stretch_of(chunk.share);
    const double factor = left_out_variance(chunk.share);
    squares += square_of(chunk) / chunk.unit * stretch * stretch / k;
    typical.mean += chunk.null.mean / chunk.unit * factor / k;
    typical.variance += chunk.null.variance / (chunk.unit * chunk.unit) * factor * factor / k;
    skewness += chunk.null.skewness / k;
  }
  typical.skewness = skewness;
  const double own = std::min(typical.variance / (2 * typical.mean), typical.mean);
  // The mean square as a gamma variable: k - 1 of k squares are free, as they share the reference.
  weigh(own, std::max(squares, typical.mean), [&](double extra) {
    const Cumulants c = square_cumulants(typical, extra);
    const double shape = (k - 1) * c.mean * c.mean / c.variance;
    const double x = squares / c.mean;
    return shape * std::log(shape * x) - shape * x - std::lgamma(shape);
  });
  const Cumulants c = square_cumulants(typical, overdispersion());
  const double deviation = std::sqrt(c.variance);
  const double limit = solve(c.mean + kStart * deviation, rate_, [&](double y) { return square_tail(y, typical); });
  set_start((limit - c.mean) / deviation);
}

void NullThreshold::set_start(double deviations) {
  if (std::isfinite(deviations)) start_ = deviations;  // not where a variance overflowed, or there is none
}

double NullThreshold::overdispersion() const {
  double sum = 0;
  for (const Node& node : nodes_) {
    sum += node.weight;
    if (sum >= 0.5) return node.extra;
  }
  return nodes_.back().extra;
}

NullThreshold::Tail NullThreshold::place_tail(double distance, double variance) const {
  const double factor = chunks_ == 0 ? 1 : 1 + kCentre / static_cast<double>(chunks_);
  const double sides = sides_ == Sides::both ? 2 : 1;
  Tail out{0, 0};
  for (const Node& node : nodes_) {
    const double deviation = std::sqrt(variance + node.extra * factor);
    const double z = distance / deviation;
    out.p += node.weight * sides * normal_tail(z);
    out.slope -= node.weight * sides * normal_density(z) / deviation;
  }
  return out;
}

NullThreshold::Tail NullThreshold::square_tail(double square, const NullSpread& null) const {
  const double k = static_cast<double>(chunks_);
  const double factor = too_short() ? 1 : (1 + kCentre / k) / (1 + 1 / (k - 1));
  Tail out{0, 0};
  for (const Node& node : nodes_) {
    double p = 0;
    double density = 0;
    Gamma(square_cumulants(null, node.extra * factor)).tail(square, p, density);
    out.p += node.weight * p;
    out.slope -= node.weight * density;
  }
  return out;
}

NullVerdict NullThreshold::judge(const NullChunk& chunk) const {
  // Where a variance overflowed nothing is known of chance.
  if (!std::isfinite(chunk.value) || chunk.share >= 1 || std::isinf(chunk.null.error)) return {};
  if (is_distance(chunk)) return judge_distance(chunk);
  const bool known = std::isfinite(chunk.null.error) || !too_short();
  return known && !distances_ && std::isfinite(expected(chunk)) ? judge_place(chunk) : NullVerdict();
}

NullVerdict NullThreshold::judge_place(const NullChunk& chunk) const {
  NullVerdict out;
  const double unit = chunk.unit;
  const double centre = expected(chunk) / unit;
  const double error = chunk_error(chunk) / unit;
  const double least = kLeastSpread * std::abs(centre);
  const double variance = error * error * left_out_variance(chunk.share) + least * least;
  const double stretch = stretch_of(chunk.share);
  const double difference = (chunk.value / unit - centre) * stretch;
  const bool both = sides_ == Sides::both;
  if (variance == 0 && nodes_.back().extra == 0) {
    out.p_value = (both ? difference != 0 : difference > 0) ? 0 : 1;
    out.upper = centre * unit;
    if (both) out.lower = centre * unit;
    return out;
  }
  out.p_value = place_tail(both ? std::abs(difference) : difference, variance).p;
  const double typical = std::sqrt(variance + overdispersion());
  const double limit = solve(start_ * typical, rate_, [&](double d) { return place_tail(d, variance); });
  out.upper = (centre + limit / stretch) * unit;
  if (both) out.lower = (centre - limit / stretch) * unit;
  out.minimum_detectable = (limit + kPowerQuantile * typical) * unit;
  return out;
}

NullVerdict NullThreshold::judge_distance(const NullChunk& chunk) const {
  NullSpread null = chunk.null;
  const double factor = left_out_variance(chunk.share);
  const double stretch = stretch_of(chunk.share);
  null.mean *= factor / chunk.unit;
  null.variance *= factor * factor / (chunk.unit * chunk.unit);
  NullVerdict out;
  out.p_value = square_tail(square_of(chunk) / chunk.unit * stretch * stretch, null).p;
  const Cumulants typical = square_cumulants(null, overdispersion());
  const double start = typical.mean + start_ * std::sqrt(typical.variance);
  const double limit = solve(start, rate_, [&](double y) { return square_tail(y, null); });
  out.upper = std::pow(limit * chunk.unit / (stretch * stretch), 1 / null.power);
  // The true square d for which d + its mean without drift - z sqrt(variance + 4 d l) is the limit.
  const double l = null.variance / (2 * null.mean);
  const double z = kPowerQuantile;
  const double gap = limit - typical.mean;
  const double b = gap + 2 * z * z * l;
  const double inner = b * b - gap * gap + z * z * typical.variance;
  out.minimum_detectable = std::pow(chunk.unit * std::max(b + std::sqrt(std::max(inner, 0.0)), 0.0), 1 / null.power);
  return out;
}

}  // namespace longwatch
