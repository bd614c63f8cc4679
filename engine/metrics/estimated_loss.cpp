// Variances add up: of the estimates, of the rows about them, of the model's level, of its chunks.
#include "engine/metrics/estimated_loss.hpp"

#include <algorithm>

#include "engine/metrics/guards.hpp"
#include "engine/metrics/normal.hpp"

namespace longwatch::metrics {
namespace {

struct Spread {
  double rows = 0;
  double mean = 0;
  double square = 0;    // mean of squares
  double variance = 0;  // of a row's estimate
};

Spread spread_of(const LossState& state, Loss loss) {
  const LossSums& sums = state.losses[static_cast<std::size_t>(loss)];
  Spread out;
  out.rows = static_cast<double>(state.estimated);
  if (state.estimated == 0) return out;
  out.mean = sums.sum.value() / out.rows;
  out.square = sums.squares.value() / out.rows;
  if (state.estimated > 1) out.variance = std::max(0.0, out.square - out.mean * out.mean) * out.rows / (out.rows - 1);
  return out;
}

// How much wider rows spread about their estimates here than in the reference: a loss spreads as it is large, the
// signed error as the squared error is large.
double scale_of(const MetricInput& input, Loss loss, const LossModel& model, const Spread& chunk) {
  if (loss != Loss::signed_error) return model.square_mean > 0 ? chunk.square / model.square_mean : 1;
  const LossProfile& losses = input.profile->losses;
  if (input.reference_losses == nullptr || !losses.models[static_cast<std::size_t>(Loss::squared)].unusable.empty())
    return 1;
  const double before = spread_of(*input.reference_losses, Loss::squared).mean;
  return before > 0 ? spread_of(*input.losses, Loss::squared).mean / before : 1;
}

constexpr double kLevel = 0.975;

// Half the width of an interval: `sampled` is known well, the chunks' variance from so many chunks.
double half_width(double sampled, double chunk_variance, double chunks) {
  const double of_chunks = chunks > 1 ? chunk_variance * (1 + 1 / chunks) : 0;
  const double variance = sampled + of_chunks;
  if (of_chunks == 0) return normal_quantile(kLevel) * std::sqrt(variance);
  const double freedom = variance * variance / (of_chunks * of_chunks / (chunks - 1));
  return student_quantile(kLevel, std::max(freedom, 1.0)) * std::sqrt(variance);
}

void add_intervals(const MetricInput& input, Loss loss, const Spread& chunk, MetricValue& out) {
  const LossProfile& losses = input.profile->losses;
  const LossModel& model = losses.models[static_cast<std::size_t>(loss)];
  if (losses.labelled_rows < 2) return;
  const double chunks = static_cast<double>(losses.chunks);
  const double level = model.residual_variance / static_cast<double>(losses.labelled_rows);
  const double population = chunk.variance / chunk.rows + level;
  const double rows = model.residual_variance * scale_of(input, loss, model, chunk) / chunk.rows + level;
  out.standard_error = std::sqrt(population + (chunks > 1 ? model.chunk_variance : 0));
  out.learned_variance = level + (chunks > 1 ? model.chunk_variance : 0);
  const double ci = half_width(population, model.chunk_variance, chunks);
  const double pi = half_width(rows, model.chunk_variance, chunks);
  if (!std::isfinite(ci) || !std::isfinite(pi)) return;
  const double least = loss == Loss::signed_error ? -std::numeric_limits<double>::infinity() : 0;
  out.ci_lower = std::max(out.value - ci, least);
  out.ci_upper = out.value + ci;
  out.pi_lower = std::max(out.value - pi, least);
  out.pi_upper = out.value + pi;
  out.interval_method = "delta";
}

void add_null(const MetricInput& input, Loss loss, const Spread& chunk, bool root, MetricValue& out) {
  if (input.reference_losses == nullptr) return;
  const Spread reference = spread_of(*input.reference_losses, loss);
  if (reference.rows < 2) return;
  out.null.error = std::sqrt(reference.variance * (1 / chunk.rows + 1 / reference.rows));
  out.null.expected = reference.mean;
  if (!root) return;
  out.null.expected = std::sqrt(reference.mean);
  out.null.error = reference.mean > 0 ? out.null.error / (2 * out.null.expected) : kNaN;
}

}  // namespace

MetricValue estimated_loss(const MetricInput& input, Loss loss, bool root) {
  if (input.losses == nullptr) {
    return input.row_estimators_status.empty() ? MetricValue::undefined("losses were not estimated")
                                               : without_value(std::string(input.row_estimators_status));
  }
  const LossModel& model = input.profile->losses.models[static_cast<std::size_t>(loss)];
  if (!model.unusable.empty()) return without_value(model.unusable);
  if (input.losses->estimated == 0) return without_value("insufficient_data");
  if (loss == Loss::squared_log && input.losses->negative > 0) return MetricValue::undefined("predictions below 0");
  const Spread chunk = spread_of(*input.losses, loss);
  MetricValue out = value_of(chunk.mean);
  add_intervals(input, loss, chunk, out);
  add_null(input, loss, chunk, root, out);
  if (!root) return checked(std::move(out));
  out.value = std::sqrt(out.value);
  out.standard_error = out.value > 0 ? out.standard_error / (2 * out.value) : kNaN;
  out.learned_variance = out.value > 0 ? out.learned_variance / (4 * out.value * out.value) : 0;
  for (double* end : {&out.ci_lower, &out.ci_upper, &out.pi_lower, &out.pi_upper}) *end = std::sqrt(*end);
  return checked(std::move(out));
}

}  // namespace longwatch::metrics
