#pragma once
// The driver of the number kernel, for kinds whose numbers are on the device already.

#include "cuda/columns.hpp"

namespace longwatch::cuda {

/// Runs numeric items and waits for them, after what the run was asked for before. With `column` their own columns are
/// ignored and that one is theirs.
void add_numbers(Run& run, const NumberJob* jobs, std::int64_t count, const DeviceColumn* column);

}  // namespace longwatch::cuda
