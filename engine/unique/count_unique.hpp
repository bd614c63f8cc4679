#pragma once
// Exact uniqueness of columns: which rows repeat a value that occurred before. Reads rows; cannot be merged.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/base/result.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/source/source.hpp"
#include "engine/unique/unique_counts.hpp"

namespace longwatch {

struct UniqueOptions {
  std::int64_t memory = 256 << 20;  ///< bytes of hashes kept in memory before they go to a temporary file
  std::string folder;               ///< for that file; empty: $TMPDIR or the system's
};

/// Counts the values of one column by their category texts, through 128-bit hashes (see sip_hash128 for how unlikely a
/// mistake is). Missing are null and NaN. A column that the source lacks or that cannot be read as categories has a
/// status and no counts. Row groups are read in parallel on the calling task arena, each once. O(rows) time; memory is
/// 24 bytes per distinct value and chunk up to `options.memory` and as much again while they are sorted, and a slab a
/// thread; beyond it a temporary file without a name, gone however the process ends. The result depends on neither
/// memory, threads nor the layout of files. Errors: those of the readers; memory, where the temporary file cannot be
/// written; cancelled.
Result<UniqueColumn> count_unique(const Source& source, const ChunkPlan& plan, const std::string& column,
                                  const UniqueOptions& options, const Control& control);

}  // namespace longwatch
