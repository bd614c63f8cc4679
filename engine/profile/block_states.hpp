#pragma once
// States by group of blocks, and those of whole chunks that they add up to.

#include "engine/profile/profile.hpp"

namespace longwatch {

/// The table of whole chunks: the `groups` slots of every chunk merged, to the same bits as if the rows had not been
/// told apart; the last slot (rows of no chunk) as it is. States of chunks alone (`domain`) are left out. O(states).
StateTable merge_groups(const StateTable& blocks, std::int64_t groups);

/// A table of split chunks becomes `blocks`, and merged `states`; with one group it becomes `states` itself.
void share_out(StateTable table, std::int64_t groups, StateTable& states, StateTable& blocks);

}  // namespace longwatch
