#pragma once
// The last section of a profile file: what is known of a model's performance. Read and written side by side.

#include "engine/base/result.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// Writes the section of one profile (parts have their own).
void write_performance(ByteWriter& out, const ReferenceProfile& profile);

/// Reads it into a profile whose other sections are there; fails where it does not belong to them.
Result<void> read_performance(ByteReader& in, ReferenceProfile& profile);

/// The states of performance in a table by group of blocks.
void write_performance_states(ByteWriter& out, const StateTable& blocks);
/// Fails where they are not of every cell, or of other kinds than those of `profile`.
Result<void> read_performance_states(ByteReader& in, const ReferenceProfile& profile, StateTable& blocks);

}  // namespace longwatch
