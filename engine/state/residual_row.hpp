#pragma once
// The formula of one row of a regression, once for every backend: errors of the prediction against the label. IEEE add,
// multiply, divide, compare and bit operations only, so that every backend gives the same bits.

#include <cstdint>
#include <cstring>

#include "engine/state/row.hpp"

namespace longwatch::row {

/// ln(x) of a finite x > 0, within 2 ulp: x = 2^k m with m in [sqrt(1/2), sqrt(2)), ln m = 2 atanh((m - 1) / (m + 1))
/// by its series.
LW_ROW double natural_log(double x) {
  int k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984.0;  // 2^54
    k = -54;
  }
  std::uint64_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  k += static_cast<int>(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL;
  double m = 0;
  std::memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const double t = (m - 1) / (m + 1);
  const double t2 = t * t;
  double series = 1.0 / 25;
  for (int power = 23; power >= 3; power -= 2) series = series * t2 + 1.0 / power;
  // ln 2 in two parts, so that the sum keeps its digits.
  const double high = 6.93147180369123816490e-01;
  const double low = 1.90821492927058770002e-10;
  return k * high + (2 * t + (2 * t * t2 * series + k * low));
}

/// ln(1 + x) of a finite x > -1.
LW_ROW double natural_log1p(double x) {
  const double u = 1 + x;
  if (u == 1) return x;
  const double lost = x - (u - 1);  // what the sum rounded away
  return natural_log(u) + lost / u;
}

/// Which sums a regression's state keeps. Powers of e = prediction - label, of y = label - centre, of the relative
/// error r = |e / label| (of rows whose label is not 0) and of the squared log error g = (ln(1 + prediction) -
/// ln(1 + label))^2 (of rows where neither is negative).
enum ResidualTerm : int {
  kError,
  kError2,
  kError3,
  kError4,
  kError6,
  kAbsolute,
  kAbsolute3,
  kLabel,
  kLabel2,
  kLabel3,
  kLabel4,
  kError2Label,
  kError2Label2,
  kRelative,
  kRelative2,
  kRelative3,
  kLog,
  kLog2,
  kLog3,
  kResidualTerms
};

struct ResidualTerms {
  double value[kResidualTerms];
  bool zero_label;  ///< the relative terms are 0 and do not count
  bool negative;    ///< the log terms are 0 and do not count
};

/// prediction and label finite.
LW_ROW ResidualTerms residual_terms(double prediction, double label, double centre) {
  ResidualTerms out;
  const double e = prediction - label;
  const double size = e < 0 ? -e : e;
  const double e2 = e * e;
  const double y = label - centre;
  const double y2 = y * y;
  out.value[kError] = e;
  out.value[kError2] = e2;
  out.value[kError3] = e2 * e;
  out.value[kError4] = e2 * e2;
  out.value[kError6] = e2 * e2 * e2;
  out.value[kAbsolute] = size;
  out.value[kAbsolute3] = e2 * size;
  out.value[kLabel] = y;
  out.value[kLabel2] = y2;
  out.value[kLabel3] = y2 * y;
  out.value[kLabel4] = y2 * y2;
  out.value[kError2Label] = e2 * y;
  out.value[kError2Label2] = e2 * y2;
  out.zero_label = label == 0;
  const double r = out.zero_label ? 0 : size / (label < 0 ? -label : label);
  out.value[kRelative] = r;
  out.value[kRelative2] = r * r;
  out.value[kRelative3] = r * r * r;
  out.negative = prediction < 0 || label < 0;
  const double d = out.negative ? 0 : natural_log1p(prediction) - natural_log1p(label);
  const double g = d * d;
  out.value[kLog] = g;
  out.value[kLog2] = g * g;
  out.value[kLog3] = g * g * g;
  return out;
}

/// Histogram of the signed error: 8 bins an octave and sign, from 2^-40 to 2^40 (beyond: the last bin), one for zero.
inline constexpr int kErrorBinsPerOctave = 8;
inline constexpr int kErrorOctaves = 80;
inline constexpr int kErrorBins = kErrorBinsPerOctave * kErrorOctaves;  ///< of one sign
/// 0 for zero, 1 ... kErrorBins for positive errors, -1 ... -kErrorBins for negative ones.
LW_ROW int error_bin(double e) {
  if (e == 0) return 0;
  std::uint64_t bits = 0;
  std::memcpy(&bits, &e, sizeof bits);
  const int octave = static_cast<int>((bits >> 52) & 0x7ff) - 1023 + kErrorOctaves / 2;
  const int within = static_cast<int>((bits >> 49) & 7);
  const int bin = octave < 0 ? 1 : octave >= kErrorOctaves ? kErrorBins : octave * kErrorBinsPerOctave + within + 1;
  return (bits >> 63) != 0 ? -bin : bin;
}

}  // namespace longwatch::row
