// Calibrators, classes and the states of scores.
#include "engine/profile/performance_fields.hpp"

#include <algorithm>
#include <cmath>

#include "engine/profile/read_fields.hpp"

namespace longwatch {
namespace {

void write(ByteWriter& out, const Calibrator& calibrator) {
  out.u64(calibrator.scores.size());
  for (const double score : calibrator.scores) out.f64(score);
  for (const double probability : calibrator.probabilities) out.f64(probability);
  out.f64(calibrator.error_before);
  out.f64(calibrator.error_after);
}

Result<Calibrator> read_calibrator(ByteReader& in) {
  Calibrator out;
  const std::uint64_t knots = in.count(16);
  for (std::uint64_t i = 0; i < knots; ++i) out.scores.push_back(in.f64());
  for (std::uint64_t i = 0; i < knots; ++i) out.probabilities.push_back(in.f64());
  out.error_before = in.f64();
  out.error_after = in.f64();
  LW_CHECK(in.finish("profile"));
  for (std::uint64_t i = 0; i < knots; ++i) {
    const bool inside = out.probabilities[i] >= 0 && out.probabilities[i] <= 1 && std::isfinite(out.scores[i]);
    const bool ordered =
        i == 0 || (out.scores[i - 1] < out.scores[i] && out.probabilities[i - 1] <= out.probabilities[i]);
    if (!inside || !ordered) return broken_profile("a calibration map is not monotone");
  }
  return out;
}

// None at all, or one of every cell.
template <class State>
Result<std::vector<State>> read_cells(ByteReader& in, std::size_t cells) {
  const std::uint64_t count = in.count(1);
  if (count != 0 && count != cells) return broken_profile("performance has states for the wrong number of cells");
  std::vector<State> out;
  for (std::uint64_t left = count; left > 0; --left) {
    LW_TRY(State state, State::deserialize(in));
    out.push_back(std::move(state));
  }
  return out;
}

template <class State>
void write_cells(ByteWriter& out, const std::vector<State>& states) {
  out.u64(states.size());
  for (const State& state : states) state.serialize(out);
}

}  // namespace

void write_performance(ByteWriter& out, const ReferenceProfile& profile) {
  const PerformanceProfile& performance = profile.performance;
  out.text(performance.unusable);
  out.text(performance.not_estimated);
  out.u64(performance.classes.size());
  for (const std::string& name : performance.classes) out.text(name);
  out.u64(performance.calibrators.size());
  for (const Calibrator& calibrator : performance.calibrators) write(out, calibrator);
  write_cells(out, profile.states.scores);
  write_cells(out, profile.states.residuals);
}

Result<void> read_performance(ByteReader& in, ReferenceProfile& profile) {
  PerformanceProfile& performance = profile.performance;
  performance.unusable = in.text();
  performance.not_estimated = in.text();
  performance.classes = read_texts(in);
  for (std::uint64_t left = in.count(3); left > 0; --left) {
    LW_TRY(Calibrator calibrator, read_calibrator(in));
    performance.calibrators.push_back(std::move(calibrator));
  }
  LW_CHECK(in.finish("profile"));
  LW_TRY(profile.states.scores, read_cells<ScoreState>(in, profile.states.rows.size()));
  LW_TRY(profile.states.residuals, read_cells<ResidualState>(in, profile.states.rows.size()));
  return {};
}

}  // namespace longwatch
