#pragma once
// Looking at the analysis period through a reference profile: Parquet in, states of every cell out.

#include "engine/fit.hpp"
#include "engine/model/model.hpp"

namespace longwatch {

/// The states of one table of the analysis, seen through one profile.
struct PartStates {
  StateTable states;
  StateTable blocks;                  ///< the same by group of blocks; see ReferenceProfile::blocks
  std::vector<std::string> unusable;  ///< by profile column: empty, or the status of its metrics here
  std::string pca_unusable;           ///< empty, or why there are no reconstruction errors here
};

/// The states of a model's analysis period.
struct AnalysisStates {
  std::shared_ptr<Source> source;
  RowCounts counts;      ///< of the rows in the files
  std::optional<LabelJoin> labels;  ///< where labels were joined
  ChunkPlan chunks;      ///< without runs: they are freed
  SegmentPlan segments;  ///< the reference's, then those the reference lacks
  StateTable states;
  StateTable blocks;                  ///< the same by group of blocks; see ReferenceProfile::blocks
  std::vector<UniqueColumn> unique;   ///< as in the profile
  std::vector<std::string> unusable;  ///< by profile column: empty, or the status of its metrics here
  std::string pca_unusable;           ///< empty, or why there are no reconstruction errors here
  std::string losses_unusable;        ///< empty, or why no losses are estimated here
  std::string domain_unusable;        ///< empty, or why the domain classifier scores nothing here
  std::vector<SchemaChange> schema_changes;
  std::vector<PartStates> parts;  ///< of segments[1 ...], where they are fitted apart; `states` is then of all rows
};

/// States and reconstruction errors of `source` in one read, with what `profile` learned; `chunks` may be split into
/// groups of blocks. `unreadable`: by column, empty or why it cannot be read.
Result<PartStates> look_through(const ModelConfig& model, const ReferenceProfile& profile, const Source& source,
                                const ChunkPlan& chunks, const SegmentPlan& segments,
                                const std::vector<std::string>& unreadable, const Engine& engine,
                                const Control& control);

/// Reads the analysis data of one model: timestamps and segments once, everything else once.
Result<AnalysisStates> analyze_model(const FleetConfig& fleet, const ModelConfig& model,
                                     const ReferenceProfile& profile, const Engine& engine, const Control& control);

/// The same of rows that are open.
Result<AnalysisStates> analyze_rows(OpenedRows rows, const ModelConfig& model, const ReferenceProfile& profile,
                                    const Engine& engine, const Control& control);

}  // namespace longwatch
