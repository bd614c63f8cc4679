// Cell by cell, state by state.
#include "engine/profile/block_states.hpp"

#include <span>
#include <utility>

namespace longwatch {
namespace {

void add(std::int64_t& to, std::int64_t from) { to += from; }
template <class State>
void add(State& to, const State& from) {
  to.merge(from);
}

template <class State>
State merged(std::span<const State> parts) {
  State out{};
  for (const State& part : parts) add(out, part);
  return out;
}
ScoreState merged(std::span<const ScoreState> parts) { return merge_scores(parts); }

// `slots`: of the blocks. The segments follow from the number of cells.
template <class State>
std::vector<State> merge_cells(const std::vector<State>& cells, std::int64_t slots, std::int64_t groups) {
  std::vector<State> out;
  for (auto at = cells.begin(); at != cells.end();) {
    for (std::int64_t slot = 0; slot < slots;) {
      const std::int64_t count = slot + 1 < slots ? groups : 1;
      out.push_back(merged(std::span<const State>(&*at, static_cast<std::size_t>(count))));
      at += count;
      slot += count;
    }
  }
  return out;
}

}  // namespace

StateTable merge_groups(const StateTable& blocks, std::int64_t groups) {
  const auto merge = [&](const auto& cells) { return merge_cells(cells, blocks.slots, groups); };
  StateTable out;
  out.slots = (blocks.slots - 1) / groups + 1;
  out.segments = blocks.segments;
  out.rows = merge(blocks.rows);
  for (const auto& cells : blocks.numbers) out.numbers.push_back(merge(cells));
  for (const auto& cells : blocks.categories) out.categories.push_back(merge(cells));
  out.reconstruction = merge(blocks.reconstruction);
  out.classes = merge(blocks.classes);
  out.scores = merge(blocks.scores);
  out.losses = merge(blocks.losses);
  out.residuals = merge(blocks.residuals);
  return out;
}

void share_out(StateTable table, std::int64_t groups, StateTable& states, StateTable& blocks) {
  if (groups == 1) {
    states = std::move(table);
    return;
  }
  states = merge_groups(table, groups);
  blocks = std::move(table);
}

}  // namespace longwatch
