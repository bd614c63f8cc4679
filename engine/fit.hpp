#pragma once
// Learning from the reference: Parquet in, reference profile out.

#include <memory>

#include "engine/backend/backend.hpp"
#include "engine/base/progress.hpp"
#include "engine/config/config.hpp"
#include "engine/device.hpp"
#include "engine/open_rows.hpp"
#include "engine/profile/profile.hpp"
#include "engine/source/cached_source.hpp"
#include "engine/source/source.hpp"
#include "engine/unique/count_unique.hpp"

namespace longwatch {

/// What every computation shares. Borrowed.
struct Engine {
  Backend* backend = nullptr;
  int threads = 1;
  SourceOptions source;
  std::int64_t slab_rows = 0;             ///< 0: chosen
  std::shared_ptr<MemoryBudget> columns;  ///< for columns held to be sorted, or kept between the passes of a fit
  UniqueOptions unique = {};              ///< memory for checking uniqueness
  std::int64_t segment_bytes = std::int64_t{2} << 30;  ///< for rows held by segment, where those are fitted apart
  TimeWindow window = {};                              ///< only these rows of the analysis are looked at
  LabelOptions labels = {};                            ///< memory for joining labels
  const ChosenBackend* device = nullptr;               ///< where the backend comes from

  [[nodiscard]] OpenOptions opening() const { return {source, labels, true}; }
};

/// The source a fit or analysis read, for the run's record.
struct FitResult {
  ReferenceProfile profile;
  std::shared_ptr<Source> source;
  std::optional<LabelJoin> labels;  ///< where labels were joined to it
};

/// plan_chunks for a model; what is wrong with the rule is said with the place where the model was configured.
Result<ChunkPlan> plan_model_chunks(const Source& source, const ModelConfig& model, const ChunkRule& rule,
                                    std::int64_t not_before = INT64_MIN);

/// count_unique for all columns of whose repeated values the model wants to know.
Result<std::vector<UniqueColumn>> count_model_unique(const Source& source, const ChunkPlan& chunks,
                                                     const ModelConfig& model, const Engine& engine,
                                                     const Control& control);

/// Learns the profile of one model. Reads the reference up to four times: timestamps and segments, columns, states with
/// the Gram matrix, reconstruction errors; columns that fit `engine.columns` are decoded once. Runs on the calling task
/// arena.
Result<FitResult> fit_model(const FleetConfig& fleet, const ModelConfig& model, const Engine& engine,
                            const Control& control);

}  // namespace longwatch
