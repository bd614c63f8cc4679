#pragma once
// A seeded generator of fleets with drift injected at known places.

#include <cstdint>
#include <string>

#include "engine/base/result.hpp"

namespace longwatch {

enum class SynthTask : std::uint8_t { binary, multiclass, regression, mixed };

struct SynthOptions {
  int models = 3;
  std::int64_t rows = 10'000;  ///< of a model, in its reference and again in its analysis
  int features = 20;           ///< of a model
  int chunks = 10;             ///< days of the reference, and again of the analysis
  std::uint64_t seed = 1;
  SynthTask task = SynthTask::mixed;  ///< mixed: model 0 binary, 1 multiclass, 2 regression, and so on
  double drift = 0.2;                 ///< share of a model's features that drift in the analysis
  double nulls = 0.01;                ///< share of nulls in each feature
  std::int64_t row_groups = 0;        ///< of a file; 0: as many as 131,072 rows each need
  bool wide_types = false;            ///< also one feature of each less common column type
};

/// Writes FOLDER/fleet.yaml, FOLDER/data/MODEL/{reference,analysis}.parquet and FOLDER/truth.json (what drifts, from
/// which chunk, and how). Same options, same values on every machine: each value is a function of the seed, model,
/// column and row number alone. A model's prediction and target follow a known rule (docs/output.md), so its true
/// performance is known. Memory: one column of one row group per thread. Runs on the threads of the calling task arena.
/// Errors: options out of range (usage), a folder that holds something else, files that cannot be written (output).
Result<void> write_fleet(const SynthOptions& options, const std::string& folder);

/// "binary", "multiclass", "regression" or "mixed"; Error{usage} with the known names for another.
Result<SynthTask> synth_task(const std::string& name);

}  // namespace longwatch
