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
  for (const double weight : calibrator.weights) out.f64(weight);
  for (const double sum : calibrator.information) out.f64(sum);
  out.u64(calibrator.deciles.size());
  for (const double score : calibrator.deciles) out.f64(score);
  out.f64(calibrator.error_before);
  out.f64(calibrator.error_after);
}

Result<Calibrator> read_calibrator(ByteReader& in) {
  Calibrator out;
  const std::uint64_t knots = in.count(24);
  for (auto* numbers : {&out.scores, &out.probabilities, &out.weights}) {
    for (std::uint64_t i = 0; i < knots; ++i) numbers->push_back(in.f64());
  }
  for (double& sum : out.information) sum = in.f64();
  for (std::uint64_t left = in.count(8); left > 0; --left) out.deciles.push_back(in.f64());
  out.error_before = in.f64();
  out.error_after = in.f64();
  LW_CHECK(in.finish("profile"));
  for (std::uint64_t i = 0; i < knots; ++i) {
    const bool inside = out.probabilities[i] >= 0 && out.probabilities[i] <= 1 && std::isfinite(out.scores[i]) &&
                        out.weights[i] >= 1 && std::isfinite(out.weights[i]);
    const bool ordered =
        i == 0 || (out.scores[i - 1] < out.scores[i] && out.probabilities[i - 1] <= out.probabilities[i]);
    if (!inside || !ordered) return broken_profile("a calibration map is not monotone");
    if (!(out.weights[i] >= 0)) return broken_profile("a block of a calibration map has no number of labels");
  }
  for (std::size_t i = 0; i < out.deciles.size(); ++i) {
    const bool ordered = i == 0 || out.deciles[i - 1] < out.deciles[i];
    if (!std::isfinite(out.deciles[i]) || !ordered) return broken_profile("the deciles of scores are not in order");
  }
  return out;
}

// None at all, or one of every cell.
template <class State, class... Shape>
Result<std::vector<State>> read_cells(ByteReader& in, std::size_t cells, Shape... shape) {
  const std::uint64_t count = in.count(1);
  if (count != 0 && count != cells) return broken_profile("performance has states for the wrong number of cells");
  std::vector<State> out;
  for (std::uint64_t left = count; left > 0; --left) {
    LW_TRY(State state, State::deserialize(in, shape...));
    out.push_back(std::move(state));
  }
  return out;
}

template <class State>
void write_cells(ByteWriter& out, const std::vector<State>& states) {
  out.u64(states.size());
  for (const State& state : states) state.serialize(out);
}

template <class Counts, class Use>
void for_each_count(Counts& counts, const Use& use) {
  for (auto* count : {&counts.rows, &counts.matched, &counts.unlabelled, &counts.replaced, &counts.repeated,
                      &counts.without_id, &counts.labels, &counts.labels_without_id, &counts.ids, &counts.duplicate_ids,
                      &counts.conflicting_ids, &counts.unmatched_ids})
    use(*count);
}

void write_labels(ByteWriter& out, const std::optional<LabelCounts>& labels) {
  out.u64(labels ? 1 : 0);
  if (labels) for_each_count(*labels, [&](const std::int64_t& count) { out.i64(count); });
}

Result<void> read_labels(ByteReader& in, std::optional<LabelCounts>& labels) {
  const std::uint64_t joined = in.u64();
  if (joined > 1) return broken_profile("labels are neither joined nor not");
  if (joined == 0) return {};
  bool negative = false;
  for_each_count(labels.emplace(), [&](std::int64_t& count) {
    count = in.i64();
    negative = negative || count < 0;
  });
  LW_CHECK(in.finish("profile"));
  if (negative) return broken_profile("a count of labels is negative");
  return {};
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
  write_labels(out, profile.labels);
  write_cells(out, profile.states.classes);
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
  LW_CHECK(read_labels(in, profile.labels));
  LW_TRY(profile.states.classes, read_cells<ClassState>(in, profile.states.rows.size(), performance.classes.size()));
  return {};
}

void write_performance_states(ByteWriter& out, const StateTable& blocks) {
  write_cells(out, blocks.scores);
  write_cells(out, blocks.residuals);
  write_cells(out, blocks.classes);
  write_cells(out, blocks.losses);
}

Result<void> read_performance_states(ByteReader& in, const ReferenceProfile& profile, StateTable& blocks) {
  const std::size_t cells = blocks.rows.size();
  LW_TRY(blocks.scores, read_cells<ScoreState>(in, cells));
  LW_TRY(blocks.residuals, read_cells<ResidualState>(in, cells));
  LW_TRY(blocks.classes, read_cells<ClassState>(in, cells, profile.performance.classes.size()));
  LW_TRY(blocks.losses, read_cells<LossState>(in, cells));
  const StateTable& whole = profile.states;
  const bool same = blocks.scores.empty() == whole.scores.empty() && blocks.classes.empty() == whole.classes.empty() &&
                    blocks.residuals.empty() == whole.residuals.empty() &&
                    blocks.losses.empty() == whole.losses.empty();
  return same ? Result<void>() : broken_profile("performance has other states by block than by chunk");
}

}  // namespace longwatch
