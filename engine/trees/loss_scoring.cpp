// Row groups in parallel; each keeps states of its own, which are merged at its end.
#include "engine/trees/loss_scoring.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <unordered_map>

#include "engine/chunk/row_groups.hpp"

namespace longwatch {
namespace {

// The plan whose cells the states are of.
const ChunkPlan& plan_of(const LossRows& job) { return job.blocks == nullptr ? *job.chunks : *job.blocks; }

std::int64_t slots_of(const LossRows& job) { return static_cast<std::int64_t>(plan_of(job).chunks.size()) + 1; }

// One row group.
class GroupScores {
 public:
  GroupScores(const LossRows& job, const TreeColumns& columns, bool labelled,
              const std::array<LossBoosters, kLosses>& boosters, const std::vector<std::uint8_t>& fold_of,
              std::size_t group)
      : rows_(*job.source, plan_of(job), job.segments, columns, group),
        inputs_(columns.size() - (labelled ? 1 : 0)),
        labelled_(labelled),
        slots_(slots_of(job)),
        groups_(plan_of(job).groups),
        boosters_(boosters),
        fold_of_(fold_of) {}

  Result<void> run(const Control& control) {
    for (;;) {
      if (control.stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
      LW_TRY(const bool more, rows_.next());
      if (!more) return {};
      LW_CHECK(score_slab());
      for (std::int64_t row = 0; row < rows_.rows(); ++row) add(row);
    }
  }

  void add_to(LossScores& out) const {
    for (const auto& [cell, state] : states_) out.states[cell].merge(state);
    for (const auto& [slot, sums] : residuals_) out.residuals[static_cast<std::size_t>(slot)].merge(sums);
  }

 private:
  [[nodiscard]] double prediction(std::int64_t row) const { return rows_.row(row)[inputs_ - 1]; }

  Result<void> score_slab() {
    const auto count = static_cast<std::size_t>(rows_.rows());
    for (auto& estimates : estimates_) estimates.assign(count, 0);
    std::array<std::vector<std::int64_t>, kLossFolds + 1> of_fold;
    for (std::int64_t row = 0; row < rows_.rows(); ++row) {
      if (!usable_number(prediction(row))) continue;
      const std::size_t fold =
          fold_of_.empty() ? kLossFolds : fold_of_[static_cast<std::size_t>(rows_.first_row() + row)];
      of_fold[fold].push_back(row);
    }
    for (std::size_t fold = 0; fold < of_fold.size(); ++fold) LW_CHECK(score(of_fold[fold], fold));
    return {};
  }

  Result<void> score(const std::vector<std::int64_t>& which, std::size_t fold) {
    packed_.resize(which.size() * inputs_);
    for (std::size_t i = 0; i < which.size(); ++i)
      std::copy_n(rows_.row(which[i]), inputs_, packed_.begin() + static_cast<std::ptrdiff_t>(i * inputs_));
    scored_.resize(which.size());
    for (std::size_t loss = 0; loss < kLosses; ++loss) {
      if (boosters_[loss].empty()) continue;
      const Booster& booster = fold_of_.empty() ? boosters_[loss].back() : boosters_[loss][fold];
      LW_CHECK(booster.score(packed_.data(), static_cast<std::int32_t>(inputs_), scored_));
      const bool clipped = static_cast<Loss>(loss) != Loss::signed_error;
      for (std::size_t i = 0; i < which.size(); ++i)
        estimates_[loss][static_cast<std::size_t>(which[i])] = clipped ? std::max(scored_[i], 0.0) : scored_[i];
    }
    return {};
  }

  void add(std::int64_t row) {
    const std::int32_t slot = rows_.slot(row);
    add_to_cell(static_cast<std::size_t>(slot), row);
    for (std::size_t d = 0; d < rows_.definitions(); ++d) {
      const std::int32_t segment = rows_.segment(d, row);
      if (segment >= 0) add_to_cell(static_cast<std::size_t>(segment * slots_ + slot), row);
    }
    // The slot of rows of no chunk follows the groups of the last chunk.
    if (labelled_) add_residuals(static_cast<std::int32_t>(slot / groups_), row);
  }

  void add_to_cell(std::size_t cell, std::int64_t row) {
    LossState& state = states_[cell];
    const double predicted = prediction(row);
    if (!usable_number(predicted)) {
      ++state.unestimated;
      return;
    }
    ++state.estimated;
    state.negative += predicted < 0 ? 1 : 0;
    for (std::size_t loss = 0; loss < kLosses; ++loss) {
      if (!boosters_[loss].empty()) state.losses[loss].add(estimates_[loss][static_cast<std::size_t>(row)]);
    }
  }

  void add_residuals(std::int32_t slot, std::int64_t row) {
    const double predicted = prediction(row);
    const double label = rows_.row(row)[inputs_];
    if (!usable_number(predicted) || !usable_number(label)) return;
    ResidualSums& sums = residuals_[slot];
    ++sums.rows;
    for (std::size_t loss = 0; loss < kLosses; ++loss) {
      if (boosters_[loss].empty()) continue;
      const double estimate = estimates_[loss][static_cast<std::size_t>(row)];
      const double residual = loss_of(static_cast<Loss>(loss), predicted, label) - estimate;
      sums.losses[loss].residuals.add(residual);
      sums.losses[loss].squares.add(residual * residual);
      sums.losses[loss].estimate_squares.add(estimate * estimate);
    }
  }

  TreeRows rows_;
  std::size_t inputs_;  // features and prediction
  bool labelled_;
  std::int64_t slots_;
  std::int64_t groups_;  // of blocks, in a chunk
  const std::array<LossBoosters, kLosses>& boosters_;
  const std::vector<std::uint8_t>& fold_of_;
  std::vector<double> packed_;
  std::vector<double> scored_;
  std::array<std::vector<double>, kLosses> estimates_;  // by row of the slab
  std::unordered_map<std::size_t, LossState> states_;
  std::unordered_map<std::int32_t, ResidualSums> residuals_;
};

}  // namespace

bool usable_number(double value) { return std::abs(value) < 1e300; }

void ResidualSums::merge(const ResidualSums& other) {
  rows += other.rows;
  for (std::size_t loss = 0; loss < kLosses; ++loss) {
    losses[loss].residuals.merge(other.losses[loss].residuals);
    losses[loss].squares.merge(other.losses[loss].squares);
    losses[loss].estimate_squares.merge(other.losses[loss].estimate_squares);
  }
}

Result<LossScores> score_losses(const LossRows& rows, const TreeColumns& columns, bool labelled,
                                const std::array<LossBoosters, kLosses>& boosters,
                                const std::vector<std::uint8_t>& fold_of, const Control& control) {
  LossScores out;
  out.states.resize(static_cast<std::size_t>(slots_of(rows)) * rows.segments->segments.size());
  if (labelled) out.residuals.resize(rows.chunks->chunks.size() + 1);
  std::mutex lock;
  const auto group = [&](std::size_t g) -> Result<void> {
    GroupScores scores(rows, columns, labelled, boosters, fold_of, g);
    LW_CHECK(scores.run(control));
    const std::lock_guard guard(lock);
    scores.add_to(out);
    return {};
  };
  LW_CHECK(for_each_group(rows.source->row_groups().size(), group));
  return out;
}

}  // namespace longwatch
