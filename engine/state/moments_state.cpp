// Minimum, maximum and power sums of a column, and the moments they stand for.
#include <algorithm>
#include <cmath>

#include "engine/state/double_double.hpp"
#include "engine/state/number_state.hpp"
#include "engine/state/row.hpp"

namespace longwatch {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kWhat = "moments state";

// The exact sum of y^k, to 106 bits; low is 0 where high is infinite or NaN.
DoubleDouble exact_power_sum(const MomentsState& state, int k) {
  const int128 fixed = state.sums[k - 1];
  const int bits = row::kPowerBits[k - 1];
  const auto high = static_cast<double>(fixed);
  const auto low = static_cast<double>(fixed - static_cast<int128>(high));
  const DoubleDouble inside{std::ldexp(high, -bits), std::ldexp(low, -bits)};
  if (state.outside == 0) return inside;
  ExactSum total = state.tails[k - 1];
  total.add(inside.high);
  total.add(inside.low);
  const double rounded = total.value();
  if (!std::isfinite(rounded)) return {rounded, 0};
  total.add(-rounded);
  return {rounded, total.value()};
}

// `exact`, or `plain` where double-double arithmetic overflowed: it turns infinities into NaN.
double finite_or(DoubleDouble exact, double plain) { return std::isfinite(exact.high) ? exact.high : plain; }

// Central moments about m = mean of y, from raw moments r[k] = mean of y^k.
DoubleDouble central_second(DoubleDouble m, const DoubleDouble* r) { return r[2] - m * m; }
DoubleDouble central_third(DoubleDouble m, const DoubleDouble* r) { return r[3] - m * r[2] * 3.0 + m * m * m * 2.0; }
DoubleDouble central_fourth(DoubleDouble m, const DoubleDouble* r) {
  const DoubleDouble m2 = m * m;
  return r[4] - m * r[3] * 4.0 + m2 * r[2] * 6.0 - m2 * m2 * 3.0;
}

Moments of_equal_values(std::int64_t n, double value) {
  Moments out{n, value, static_cast<double>(n) * value, 0, 0, 0};
  if (n < 2) out.variance = kNaN;
  return out;
}

}  // namespace

void MomentsState::merge(const MomentsState& other) {
  minimum = std::min(minimum, other.minimum);
  maximum = std::max(maximum, other.maximum);
  inside += other.inside;
  outside += other.outside;
  for (int k = 0; k < 4; ++k) {
    sums[k] += other.sums[k];
    tails[k].merge(other.tails[k]);
  }
}

bool MomentsState::operator==(const MomentsState& other) const {
  return minimum == other.minimum && maximum == other.maximum && inside == other.inside && outside == other.outside &&
         std::equal(sums, sums + 4, other.sums) && std::equal(tails, tails + 4, other.tails);
}

void MomentsState::serialize(ByteWriter& out) const {
  out.u64(static_cast<std::uint64_t>(inside));
  out.u64(static_cast<std::uint64_t>(outside));
  if (inside + outside == 0) return;
  out.f64(minimum);
  out.f64(maximum);
  for (int k = 0; inside != 0 && k < 4; ++k) out.i128(sums[k]);
  for (int k = 0; outside != 0 && k < 4; ++k) tails[k].serialize(out);
}

Result<MomentsState> MomentsState::deserialize(ByteReader& in) {
  MomentsState state;
  const std::uint64_t inside = in.u64();
  const std::uint64_t outside = in.u64();
  LW_CHECK(in.finish(kWhat));
  if (std::max(inside, outside) > static_cast<std::uint64_t>(kMaxStateRows))
    return malformed(kWhat, "a count out of range");
  state.inside = static_cast<std::int64_t>(inside);
  state.outside = static_cast<std::int64_t>(outside);
  if (inside + outside == 0) return state;
  state.minimum = in.f64();
  state.maximum = in.f64();
  for (int k = 0; inside != 0 && k < 4; ++k) state.sums[k] = in.i128();
  for (int k = 0; outside != 0 && k < 4; ++k) {
    LW_TRY(state.tails[k], ExactSum::deserialize(in));
  }
  LW_CHECK(in.finish(kWhat));
  if (!(std::isfinite(state.minimum) && std::isfinite(state.maximum) && state.minimum <= state.maximum)) {
    return malformed(kWhat, "no range of finite values");
  }
  state.minimum += 0.0;
  state.maximum += 0.0;
  for (int k = 0; k < 4; ++k) {
    const int128 most = static_cast<int128>(state.inside) << 42;  // a term is at most 2^42, an even power not negative
    if (state.sums[k] > most || state.sums[k] < (k % 2 == 0 ? -most : 0)) return malformed(kWhat, "a sum out of range");
    if (state.tails[k].special_terms() > state.outside) return malformed(kWhat, "more terms than values");
  }
  return state;
}

double MomentsState::power_sum(int k) const { return exact_power_sum(*this, k).high; }

Moments moments_of(const MomentsState& state, const MomentsPlan& plan) {
  const std::int64_t n = state.inside + state.outside;
  if (n == 0) return {0, kNaN, 0, kNaN, kNaN, kNaN};
  if (state.minimum == state.maximum) return of_equal_values(n, state.minimum);
  const auto count = static_cast<double>(n);
  DoubleDouble sums[5];
  DoubleDouble raw[5];  // raw[k]: mean of y^k
  for (int k = 1; k <= 4; ++k) {
    sums[k] = exact_power_sum(state, k);
    raw[k] = std::isfinite(sums[k].high) ? sums[k] / count : sums[k];
  }
  const DoubleDouble mean = raw[1];
  const double s = plan.scale;
  Moments out;
  out.n = n;
  out.mean = finite_or(mean / s + DoubleDouble{plan.centre, 0}, mean.high / s + plan.centre);
  out.sum = finite_or(sums[1] / s + two_product(count, plan.centre), sums[1].high / s + count * plan.centre);
  out.variance = finite_or(central_second(mean, raw) * count / (count - 1), raw[2].high) / s / s;
  out.third = finite_or(central_third(mean, raw), kNaN) / s / s / s;
  out.fourth = finite_or(central_fourth(mean, raw), raw[4].high) / s / s / s / s;
  // Where the values are far closer to each other than the terms resolve, rounding may leave less than nothing.
  if (out.variance < 0) out.variance = 0;
  if (out.fourth < 0) out.fourth = 0;
  return out;
}

}  // namespace longwatch
