#pragma once
// Private to the room: rows scored by loss models into states, and into residuals where labels are known.

#include <array>
#include <optional>
#include <vector>

#include "engine/trees/booster.hpp"
#include "engine/trees/loss_models.hpp"
#include "engine/trees/tree_rows.hpp"

namespace longwatch {

/// The boosters of one loss, by fold; the last is of all rows. Empty: the loss has no model.
using LossBoosters = std::vector<Booster>;

/// loss - estimate of labelled rows of one slot.
struct ResidualSums {
  std::int64_t rows = 0;
  struct Sums {
    ExactSum residuals, squares, estimate_squares;
  };
  std::array<Sums, kLosses> losses;
  void merge(const ResidualSums& other);
};

struct LossScores {
  std::vector<LossState> states;        ///< by cell
  std::vector<ResidualSums> residuals;  ///< by slot, of all segments; empty without labels
};

/// `columns`: features, prediction and, with `labelled`, the target. `fold_of`: by row of the source, which booster
/// scores it; empty: the last.
Result<LossScores> score_losses(const LossRows& rows, const TreeColumns& columns, bool labelled,
                                const std::array<LossBoosters, kLosses>& boosters,
                                const std::vector<std::uint8_t>& fold_of, const Control& control);

/// Whether a number of a row is there to be used: neither missing nor beyond LightGBM's range.
bool usable_number(double value);

}  // namespace longwatch
