// The delta method on sums of terms of the errors.
#include "engine/metrics/residual_totals.hpp"

#include "engine/metrics/estimated_loss.hpp"
#include "engine/metrics/normal.hpp"
#include "engine/metrics/regression.hpp"
#include "engine/metrics/slope.hpp"

namespace longwatch::metrics {
namespace {

constexpr double kLevel = 0.975;
constexpr std::size_t kSums = std::size(kLossTotals);
constexpr std::size_t kFirstSum = 2;  // after rows and labels
using Sums = std::array<double, kSums>;
constexpr const TermPowers* kTerms[kSums] = {&kErrorPowers, &kAbsolutePowers, &kSquaredPowers};

ResidualTotals totals_of(double rows, double labels, const Sums& sums) {
  return {rows, labels, sums[0], sums[1], sums[2]};
}

Sums times(Sums sums, double factor) {
  for (double& sum : sums) sum *= factor;
  return sums;
}

// d value / d sum, the rows as they are, by central differences; 0 of a sum that is not read.
Sums slopes(const ResidualFunction& h, double rows, double labels, const Sums& sums, const Sums& scale) {
  Sums out{};
  for (std::size_t k = 0; k < kSums; ++k) {
    const double step = 1e-4 * scale[k];
    if (!h.reads[kFirstSum + k] || !(step > 0)) continue;
    out[k] = slope_at(sums, k, step, [&](const Sums& at) {
      const Result<double> value = h.value(totals_of(rows, labels, at));
      return value.ok() ? value.value() : kNaN;
    });
  }
  return out;
}

// Sum of e |e|: squares of the bins' middles by sign, as a share of the exact sum of squares.
double signed_squares(const ResidualState& state) {
  double positive = 0, negative = 0;
  for (const auto& [bin, rows] : state.errors) {
    if (bin == 0) continue;
    const int at = std::abs(bin) - 1;
    const double width =
        std::ldexp(1.0 / row::kErrorBinsPerOctave, at / row::kErrorBinsPerOctave - row::kErrorOctaves / 2);
    const double middle = width * (row::kErrorBinsPerOctave + at % row::kErrorBinsPerOctave + 0.5);
    (bin > 0 ? positive : negative) += static_cast<double>(rows) * middle * middle;
  }
  const double all = positive + negative;
  return all > 0 ? state.sums[row::kError2].value() * (positive - negative) / all : 0;
}

// Means of a row's terms, their covariances (n - 1) and third central moments.
struct RowTerms {
  double n = 0;
  Sums mean{};
  Sums scale{};  // roots of the mean squares
  Sums third{};
  double covariance[kSums][kSums] = {};
};

RowTerms terms_of(const ResidualState& state) {
  RowTerms out;
  out.n = static_cast<double>(state.labelled);
  if (state.labelled == 0) return out;
  for (std::size_t k = 0; k < kSums; ++k) {
    const RowMean mean = row_mean(state, *kTerms[k]);
    out.mean[k] = mean.mean;
    out.third[k] = mean.third;
    out.covariance[k][k] = mean.variance;
    out.scale[k] = std::sqrt(state.sums[kTerms[k]->second].value() / out.n);
  }
  const auto set = [&](std::size_t a, std::size_t b, double products) {
    const double both = (products / out.n - out.mean[a] * out.mean[b]) * out.n / (out.n - 1);
    out.covariance[a][b] = out.covariance[b][a] = both;
  };
  set(0, 1, signed_squares(state));
  set(0, 2, state.sums[row::kError3].value());
  set(1, 2, state.sums[row::kAbsolute3].value());
  return out;
}

// Of one row's influence g . terms.
double influence_variance(const Sums& g, const RowTerms& terms) {
  double out = 0;
  for (std::size_t a = 0; a < kSums; ++a) {
    for (std::size_t b = 0; b < kSums; ++b) {
      if (g[a] != 0 && g[b] != 0) out += g[a] * g[b] * terms.covariance[a][b];
    }
  }
  return std::max(0.0, out);
}

// Johnson's shift, where one sum alone is read.
double shift_of(const Sums& g, const RowTerms& terms) {
  std::size_t moved = 0, only = 0;
  for (std::size_t k = 0; k < kSums; ++k) {
    if (g[k] == 0) continue;
    ++moved;
    only = k;
  }
  return moved == 1 && terms.covariance[only][only] > 0
             ? g[only] * terms.third[only] / (6 * terms.covariance[only][only])
             : 0;
}

MetricValue realized_value(const MetricInput& input, const ResidualFunction& h) {
  const ResidualState& state = *input.residuals;
  if (state.labelled == 0) return without_value("insufficient_data");
  const RowTerms terms = terms_of(state);
  const double n = terms.n;
  const double labels_per_row = static_cast<double>(state.labelled + state.labels_alone) / n;
  const auto at = [&](const RowTerms& of) {
    return slopes(h, n, n * labels_per_row, times(of.mean, n), times(of.scale, n));
  };
  const Result<double> value = h.value(totals_of(n, n * labels_per_row, times(terms.mean, n)));
  if (!value.ok()) return MetricValue::undefined(value.error().what);
  MetricValue out = value_of(value.value());
  if (input.value_only) return out;
  if (n >= 2) {
    const Sums g = at(terms);
    out.standard_error = std::sqrt(n * influence_variance(g, terms));
    const double reach = student_quantile(kLevel, n - 1) * out.standard_error;
    const double centre = out.value + shift_of(g, terms);
    out.ci_lower = centre - reach;
    out.ci_upper = centre + reach;
    out.interval_method = "delta";
  }
  if (input.reference_residuals == nullptr || input.reference_residuals->labelled < 2) return out;
  const RowTerms reference = terms_of(*input.reference_residuals);
  const Result<double> expected = h.value(totals_of(n, n * labels_per_row, times(reference.mean, n)));
  if (!expected.ok()) return out;
  set_null(out.null, expected.value(), n * influence_variance(at(reference), reference), n, reference.n);
  return out;
}

// Estimated means of the losses that are read, and how wide they are.
struct LossMeans {
  double rows = 0;
  Sums mean{}, error{}, learned{}, population{}, realized{}, usual{}, chance{};  // learned: part of the error
  std::string status;                                                            // why there are none, or empty
};

LossMeans means_of(const MetricInput& input, const ResidualFunction& h) {
  LossMeans out;
  if (input.losses != nullptr) {
    out.rows = static_cast<double>(input.losses->estimated);
  } else if (input.residuals != nullptr) {
    out.rows = static_cast<double>(input.residuals->labelled + input.residuals->unlabelled);
  }
  for (std::size_t k = 0; k < kSums; ++k) {
    if (!h.reads[kFirstSum + k]) continue;
    const MetricValue loss = estimated_loss(input, kLossTotals[k].loss, false);
    if (loss.status != "ok") {
      out.status = loss.status;
      return out;
    }
    out.mean[k] = loss.value;
    out.error[k] = loss.standard_error;
    out.learned[k] = std::sqrt(loss.learned_variance);
    out.population[k] = loss.ci_upper - loss.value;
    out.realized[k] = loss.pi_upper - loss.value;
    out.usual[k] = loss.null.expected;
    out.chance[k] = loss.null.error;
  }
  if (!(out.rows > 0)) out.status = "insufficient_data";
  return out;
}

// Half widths of the sums, added up.
double reach_of(const Sums& g, const Sums& half, double rows) {
  double out = 0;
  for (std::size_t k = 0; k < kSums; ++k) {
    if (g[k] != 0) out += std::abs(g[k]) * rows * half[k];
  }
  return out;
}

MetricValue estimated_value(const MetricInput& input, const ResidualFunction& h) {
  const LossMeans means = means_of(input, h);
  if (!means.status.empty()) return without_value(means.status);
  const double n = means.rows;
  Sums scale{};
  for (std::size_t k = 0; k < kSums; ++k) {
    const double half = std::isfinite(means.population[k]) ? means.population[k] : 0;
    scale[k] = n * (std::abs(means.mean[k]) + half);
  }
  const Result<double> value = h.value(totals_of(n, n, times(means.mean, n)));
  if (!value.ok()) return MetricValue::undefined(value.error().what);
  MetricValue out = value_of(value.value());
  if (input.value_only) return out;
  const Sums g = slopes(h, n, n, times(means.mean, n), scale);
  out.standard_error = reach_of(g, means.error, n);
  const double learned = reach_of(g, means.learned, n);
  out.learned_variance = learned * learned;
  const double population = reach_of(g, means.population, n);
  const double realized = reach_of(g, means.realized, n);
  if (std::isfinite(population) && std::isfinite(realized)) {
    out.ci_lower = out.value - population;
    out.ci_upper = out.value + population;
    out.pi_lower = out.value - realized;
    out.pi_upper = out.value + realized;
    out.interval_method = "delta";
  }
  const Result<double> expected = h.value(totals_of(n, n, times(means.usual, n)));
  if (!expected.ok()) return out;
  out.null.expected = expected.value();
  out.null.error = reach_of(slopes(h, n, n, times(means.usual, n), scale), means.chance, n);
  return out;
}

}  // namespace

MetricValue residual_value(const MetricInput& input, Family family, const ResidualFunction& h) {
  const bool realized = family == Family::realized_performance;
  if (realized && input.residuals == nullptr) return MetricValue::undefined("the model has no residuals");
  MetricValue out = realized ? realized_value(input, h) : estimated_value(input, h);
  if (out.status == "ok") out = checked(std::move(out));
  if (input.residuals != nullptr) out.labels_rate = labels_rate(*input.residuals);
  return out;
}

}  // namespace longwatch::metrics
