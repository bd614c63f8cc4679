#pragma once
// A metric is a pure function of (reference states, chunk states). One file each; LONGWATCH_METRIC marks put it in the
// table.

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

enum class Family : std::uint8_t {
  estimated_performance,
  realized_performance,
  univariate_drift,
  multivariate_drift,
  concept_drift,
  data_quality,
  summary,
  business,
  fairness
};
const char* family_name(Family family);

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// How the value of a chunk of this size would spread if its rows were drawn from the reference's population (same
/// segment). The reference's own sampling is included as that of an independent sample of its N rows, also where the
/// chunk is part of the reference: for a mean, error^2 = variance (1 / n + 1 / N). Either `error` and `expected` are set
/// (values that spread about the reference's), or `mean` and `variance` (distances: of the *squared* distance), or
/// nothing where it is not known.
struct NullSpread {
  double error = kNaN;  ///< standard deviation of value - expected; 0 only where the reference has no spread at all
  double mean = kNaN;
  double variance = kNaN;
  double skewness = kNaN;  ///< of the squared distance; NaN: as a chi-squared variable's, 2 sqrt(variance) / mean
  double power = 2;        ///< distances: value^power is the square; 1 for divergences (PSI, KL, chi-squared)
  double expected = kNaN;  ///< with `error`: the reference's value; of counts and sums, that of this many rows
};

/// A value with what is known about it; NaN members are unknown and leave as null. `status` is "ok", or why there is no
/// value: "insufficient_data", "not_in_reference", "undefined: ...". A NaN value never has status "ok".
struct MetricValue {
  double value = kNaN;
  double standard_error = kNaN;
  double ci_lower = kNaN;  ///< 95 % interval of the metric of the chunk's population
  double ci_upper = kNaN;
  double pi_lower = kNaN;  ///< estimates: 95 % interval of the realized metric of these very rows
  double pi_upper = kNaN;
  const char* interval_method = "";  ///< of static storage: "wilson", "logit_delong", "delta", "table_bootstrap"
  double learned_bias = 0;           ///< estimates: what the reference's map or trees give too much
  double learned_variance = 0;       ///< ... and the part of standard_error^2 that is theirs, not these rows'
  double p_value = kNaN;
  double resolution = kNaN;   ///< the value is within this of the one the rows would give
  double labels_rate = kNaN;  ///< performance: share of rows whose label is known
  double events = kNaN;       ///< members of the smaller class of the metric's denominator; NaN: does not matter
  NullSpread null;            ///< what chance alone does to it
  std::string status = "ok";
  static MetricValue undefined(std::string why);  ///< status "undefined: why"
};

class Backend;
namespace metrics {
struct NullTerms;  // null_terms.hpp
class DistanceScratch;  // distance_scratch.hpp
}

/// A numeric cell made dense: what the drift metrics read.
struct NumberView {
  const NumberState* state = nullptr;
  const ColumnProfile* column = nullptr;
  std::vector<std::int64_t> counts;  ///< by cell of the partition (2K + 1)
  std::vector<std::int64_t> up_to;   ///< by cell: number of finite values in it and the cells before
  std::vector<double> sums;          ///< by open cell (K + 1): sum of x itself (0 where empty)
  std::vector<std::int64_t> bins;    ///< by bin of doane_edges as np.histogram, then one for all else, +-Inf included
  std::int64_t finite = 0;           ///< sum of counts
  /// Of a reference (`of`): what chance does to distances from it, which depends on nothing but it and the chunk's size.
  std::shared_ptr<const metrics::NullTerms> null_terms;
  /// The view of a reference. O(cells log cells).
  static NumberView of(const NumberState& state, const ColumnProfile& column);
  /// Makes this the view of another cell, keeping the buffers; without null_terms. O(cells).
  void assign(const NumberState& state, const ColumnProfile& column);
  /// Values that are not missing: finite and infinite ones.
  [[nodiscard]] std::int64_t present() const;
};

struct CategoryView {
  const CategoryState* state = nullptr;
  const ColumnProfile* column = nullptr;
  std::vector<std::int64_t> counts;  ///< by category (K)
  std::int64_t present = 0;          ///< seen + other + unseen (not missing)
  std::shared_ptr<const metrics::NullTerms> null_terms;  ///< as a NumberView's
  /// The view of a reference. O(categories log categories).
  static CategoryView of(const CategoryState& state, const ColumnProfile& column);
  /// Makes this the view of another cell, keeping the buffer; without null_terms. O(categories).
  void assign(const CategoryState& state, const ColumnProfile& column);
};

struct ClassifierView;  // classifier_view.hpp
struct ClassesView;     // classes_view.hpp

/// What a metric may read. Exactly one pair of views is set for column metrics; none for model metrics.
/// `reference` is the same segment's whole reference; null where the reference lacks the segment.
struct MetricInput {
  const ReferenceProfile* profile = nullptr;
  const NumberView* numbers = nullptr;
  const NumberView* reference_numbers = nullptr;
  const CategoryView* categories = nullptr;
  const CategoryView* reference_categories = nullptr;
  const NumberState* reconstruction = nullptr;
  const NumberState* reference_reconstruction = nullptr;
  const ResidualState* residuals = nullptr;
  const ResidualState* reference_residuals = nullptr;
  const ClassifierView* classifier = nullptr;
  const ClassifierView* reference_classifier = nullptr;
  const ClassesView* classes = nullptr;  ///< multiclass, in place of `classifier`
  const ClassesView* reference_classes = nullptr;
  const UniqueCounts* unique = nullptr;
  const LossState* losses = nullptr;  ///< what rows are expected to lose
  const LossState* reference_losses = nullptr;
  const DomainScore* domain = nullptr;     ///< of the segment `all`
  std::string_view row_estimators_status;  ///< of `losses` or `domain` where they are null: why
  const ModelConfig* model = nullptr;
  std::size_t variant = 0;  ///< of a metric with several values: which one
  std::int64_t rows = 0;  ///< of the chunk and segment
  std::uint64_t place = 0;  ///< of segment, period and chunk: what random numbers are keyed by
  bool value_only = false;  ///< nothing but the value is wanted
  Backend* backend = nullptr;  ///< draws replicates; null: intervals are analytic, whatever the model asks for
  metrics::DistanceScratch* scratch = nullptr;  ///< of the column and thread at hand; null: nothing is kept
};

/// `unique`: the id, and columns with the constraint `unique` (see evaluate/unique_values.hpp). `binary`, `multiclass`,
/// `classifier` (either) and `regression`: models of that task. `all_rows`: models, but only in the segment `all`.
enum class AppliesTo : std::uint8_t {
  continuous,
  categorical,
  both,
  model,
  unique,
  binary,
  multiclass,
  classifier,
  regression,
  all_rows
};
/// Whether a metric is one of models of this task, not of columns.
inline bool of_model(AppliesTo applies_to, Task task) {
  switch (applies_to) {
    case AppliesTo::model:
    case AppliesTo::all_rows:
      return true;
    case AppliesTo::binary:
      return task == Task::binary;
    case AppliesTo::multiclass:
      return task == Task::multiclass;
    case AppliesTo::classifier:
      return is_classifier(task);
    case AppliesTo::regression:
      return task == Task::regression;
    default:
      return false;
  }
}

/// The threshold a metric has where the user gives none.
enum class DefaultThreshold : std::uint8_t {
  null_both,   ///< ThresholdKind::null at a rate of 1 %, on both sides
  null_upper,  ///< upper side only
  upper_zero,  ///< constant: anything above 0 is outside
  none,        ///< never outside
  standard_deviation_both = null_both,
  standard_deviation_upper = null_upper,
  p_value = null_upper,
};

/// A metric's descriptor. Every member is written out in its file.
struct Metric {
  std::string_view name;     ///< snake_case, unique within its family
  std::string_view summary;  ///< one sentence for people
  std::string_view source;   ///< paper, equation or implementation the formula follows
  Family family;
  AppliesTo applies_to;
  double least;  ///< range of the value; thresholds are clipped to it (+-inf: none)
  double greatest;
  bool needs_reference;  ///< its value is undefined for a segment the reference lacks
  DefaultThreshold threshold;
  MetricValue (*compute)(const MetricInput& input);
  /// The names of the values of a metric that has several (entries of a confusion matrix, the user's own metrics); null
  /// for one that has one, named as the metric is.
  std::vector<std::string> (*variants)(const ModelConfig& model, const ReferenceProfile& profile) = nullptr;
  bool named_only = false;  ///< costly: computed only where `metrics` names it (a glob will do)
  /// The least change that is worth an alert under a threshold `null`, in the metric's own unit; NaN: as
  /// default_minimum_effect (engine/alert/minimum_effect.hpp) has it for its family.
  double minimum_effect = kNaN;
  bool grows_with_rows = false;  ///< counts and sums: for the same rows twice, twice the value
};

/// All metrics, by file name then order in the file (a build-time table).
std::span<const Metric* const> all_metrics();

}  // namespace longwatch

/// Marks metric_NAME (defined right below the mark, `const Metric metric_NAME = {...}`) as part of the table.
#define LONGWATCH_METRIC(NAME) extern const Metric metric_##NAME;
