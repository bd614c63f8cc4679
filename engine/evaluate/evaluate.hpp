#pragma once
// From states to judged values: every metric of every cell, its threshold, whether it is outside. Touches no rows.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/alert/threshold.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/metrics/metric.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// One period of one model, as states. Borrowed; the analysis members may be null where only the reference is
/// evaluated.
struct Periods {
  const ModelConfig* model = nullptr;
  const ReferenceProfile* reference = nullptr;
  const StateTable* analysis = nullptr;
  const std::vector<Chunk>* analysis_chunks = nullptr;
  const SegmentPlan* segments = nullptr;               ///< the analysis's where there is one, else the reference's
  const std::vector<std::string>* unusable = nullptr;  ///< of the analysis, by column; see AnalysisStates
  std::string pca_unusable;                            ///< of the analysis
  std::string losses_unusable;
  std::string domain_unusable;
  const StateTable* analysis_blocks = nullptr;  ///< as ReferenceProfile::blocks
  Backend* backend = nullptr;                   ///< see MetricInput

  // A segment that is fitted apart: the states are of its rows alone.
  std::int32_t only = -1;                                ///< that segment, for Judged; -1: the states are of `segments`
  const Segment* segment = nullptr;                      ///< with `only`: what it is called
  bool in_reference = true;                              ///< with `only`: false where the reference lacks it
  const std::vector<Chunk>* reference_chunks = nullptr;  ///< null: those of `reference`
};

/// One judged value. Texts that repeat are indices.
struct Judged {
  std::int32_t segment = 0;
  bool reference = false;
  std::int32_t chunk = -1;       ///< index into the period's chunks; -1: the whole period
  std::int32_t column = -1;      ///< index into the profile's columns, then into profile.unique; -1: the model
  std::int32_t constraint = -1;  ///< index into the model's constraints; then `metric` is null
  const Metric* metric = nullptr;
  std::int32_t variant = 0;  ///< which of the metric's values
  std::int64_t rows = 0;
  MetricValue value;
  double lower = kNaN;  ///< threshold
  double upper = kNaN;
  double minimum_detectable = kNaN;
  double q_value = kNaN;  ///< see decide_alerts
  int outside = -1;       ///< 1, 0, or -1 where there is nothing to compare
  int alert = -1;
  bool tested = false;     ///< by a threshold `null`: an alert needs more than being outside
  bool worthwhile = true;  ///< the change is at least the minimum effect
};

/// The metrics that a model asks for (all, where it names none). Fails on a name or glob that matches none, with its
/// place.
Result<std::vector<const Metric*>> chosen_metrics(const ModelConfig& model);

/// Evaluates all cells of both periods on the threads of the calling arena. The order of the result depends on nothing
/// but the input. `metrics` from chosen_metrics.
std::vector<Judged> evaluate(const Periods& periods, const std::vector<const Metric*>& metrics);

/// The name of a constraint as a metric: "not_null", "in_range", "in_set", "max_null_rate", "unique".
const char* constraint_name(ConstraintKind kind);

}  // namespace longwatch
