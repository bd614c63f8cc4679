#pragma once
// The section of a profile file that belongs to the estimators that need rows. Read and written side by side.

#include "engine/base/result.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// Writes the section of one profile (parts have their own).
void write_row_estimators(ByteWriter& out, const ReferenceProfile& profile);

/// Reads it into a profile whose other sections are there; fails where it does not belong to them. The trees are texts:
/// they are held against their own rules where they are used.
Result<void> read_row_estimators(ByteReader& in, ReferenceProfile& profile);

}  // namespace longwatch
