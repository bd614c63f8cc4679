#pragma once
// The last section of a profile file: what is known of a model's performance. Read and written side by side.

#include "engine/base/result.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// Writes the section of one profile (parts have their own).
void write_performance(ByteWriter& out, const ReferenceProfile& profile);

/// Reads it into a profile whose other sections are there; fails where it does not belong to them.
Result<void> read_performance(ByteReader& in, ReferenceProfile& profile);

}  // namespace longwatch
