// The scores' range tells what they may be instead.
#include "engine/profile/score_check.hpp"

#include <algorithm>
#include <cstdio>

namespace longwatch {
namespace {

std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

std::string range_of_scores(const ReferenceProfile& profile) {
  MomentsState range;
  for (std::size_t c = 0; c < profile.columns.size(); ++c) {
    if (profile.columns[c].column.role != Role::score || c >= profile.states.numbers.size()) continue;
    for (std::int64_t slot = 0; slot < profile.states.slots; ++slot) {
      const MomentsState& cell = profile.states.numbers[c][profile.states.cell(0, slot)].moments;
      range.minimum = std::min(range.minimum, cell.minimum);
      range.maximum = std::max(range.maximum, cell.maximum);
    }
  }
  if (range.minimum > range.maximum) return "none is finite";
  const std::string hint = range.minimum >= 0 ? (range.maximum <= 100 ? "; divide by 100?" : "")
                                              : "; are they logits, or log probabilities?";
  return short_text(range.minimum) + " to " + short_text(range.maximum) + hint;
}

}  // namespace

void check_scores(ReferenceProfile& profile) {
  std::int64_t invalid = 0;
  std::int64_t scored = 0;
  for (std::int64_t slot = 0; slot < profile.states.slots && !profile.states.scores.empty(); ++slot) {
    const ScoreState& cell = profile.states.scores[profile.states.cell(0, slot)];
    invalid += cell.invalid_scores;
    scored += cell.scored();
  }
  if (invalid <= scored) return;
  profile.performance.not_estimated = "undefined: the scores are no probabilities (" + range_of_scores(profile) + ")";
}

}  // namespace longwatch
