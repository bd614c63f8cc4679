#pragma once
// The reference profile: everything that is learned from the reference of one model. One versioned, checksummed file.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/config/config.hpp"
#include "engine/config/roles.hpp"
#include "engine/labels/label_counts.hpp"
#include "engine/profile/calibrator.hpp"
#include "engine/profile/row_estimators.hpp"
#include "engine/state/category_state.hpp"
#include "engine/state/class_state.hpp"
#include "engine/state/gram_state.hpp"
#include "engine/state/loss_state.hpp"
#include "engine/state/number_state.hpp"
#include "engine/state/partition.hpp"
#include "engine/state/residual_state.hpp"
#include "engine/state/score_state.hpp"
#include "engine/unique/unique_counts.hpp"

namespace longwatch {

/// What is learned of one column. `usable` is empty, or says why the column has counts only (e.g. "undefined: no finite
/// value in the reference", "undefined: more than 1,048,576 distinct values (an identifier?)").
struct ColumnProfile {
  ModelColumn column;
  std::string usable;

  // continuous
  Partition partition;
  MomentsPlan moments;
  std::vector<double>
      doane_edges;  ///< as numpy.histogram_bin_edges(reference, 'doane'); all of them are partition edges
  std::vector<double>
      quantile_edges;  ///< the reference's deciles (for PSI and the like), strictly increasing partition edges

  // categorical: categories in bytewise order of text
  std::vector<std::string> categories;
  bool cut = false;  ///< more than kMaxCategories: the most frequent ones are kept, the rest is `other`

  // encoding for the PCA
  double mean = 0;             ///< of the imputed, encoded column
  double deviation = 1;        ///< population standard deviation, 1 where it is 0
  double imputed = 0;          ///< encoded value of a missing one: mean, or the most frequent category's share
  std::vector<double> shares;  ///< by category: share of the reference's rows, missing counted as the most frequent
};

/// The PCA over the features of a model. `skipped` is empty, or says why there is none.
struct PcaProfile {
  std::string skipped;
  std::vector<std::string> features;
  std::int64_t rank = 0;
  std::vector<double> basis;        ///< column-major features x rank, rounded to 2^-24
  std::vector<double> eigenvalues;  ///< all, decreasing
  Partition error_partition;        ///< of the row error
  MomentsPlan error_moments;
};

/// The states of all cells: cell = segment * slots + slot; slots is chunks + 1, the last slot holds rows of no chunk.
struct StateTable {
  std::int64_t slots = 1;
  std::int64_t segments = 1;
  std::vector<std::int64_t> rows;                      ///< by cell
  std::vector<std::vector<NumberState>> numbers;       ///< by column (empty vector where categorical), by cell
  std::vector<std::vector<CategoryState>> categories;  ///< by column (empty vector where continuous), by cell
  std::vector<NumberState> reconstruction;             ///< by cell; empty where there is no PCA
  std::vector<ClassState> classes;                     ///< by cell; empty but for classifiers of several classes
  std::vector<ScoreState> scores;                      ///< by cell; empty but for binary classifiers
  std::vector<LossState> losses;                       ///< by cell; empty but for regressors whose losses are estimated
  std::vector<DomainScore> domain;                     ///< by chunk, of all rows; empty where not asked for
  std::vector<ResidualState> residuals;                ///< by cell; empty but for regressors

  [[nodiscard]] std::size_t cell(std::int64_t segment, std::int64_t slot) const {
    return static_cast<std::size_t>(segment * slots + slot);
  }
  [[nodiscard]] std::int64_t cells() const { return segments * slots; }
};

/// A fitted threshold; NaN for a side without limit. `status` is "ok" or the reason why there is none.
struct FittedThreshold {
  double lower = 0;
  double upper = 0;
  std::string status = "ok";
  bool operator==(const FittedThreshold&) const = default;
};

/// A column of the reference file as it was, for schema changes.
struct SchemaColumn {
  std::string name;
  std::string type;
  bool operator==(const SchemaColumn&) const = default;
};

struct ReferenceProfile {
  /// 1: without parts, 2: without performance, 3: without blocks; all are still read, and 3 is written where there are
  /// none.
  static constexpr int kVersion = 4;
  std::string model;
  std::string configuration;  ///< canonical_text of the ModelConfig
  std::uint64_t data_fingerprint = 0;
  std::int64_t rows = 0;
  std::int64_t rows_without_timestamp = 0;
  std::int64_t rows_dropped = 0;
  std::int64_t rows_filtered = 0;      ///< left out by the row filter; not among `rows`
  std::optional<LabelCounts> labels;   ///< where labels were joined
  std::int64_t last_time = INT64_MIN;  ///< the last timestamp (UTC); the lowest value without one
  std::vector<SchemaColumn> schema;
  std::vector<ColumnProfile> columns;
  PcaProfile pca;
  PerformanceProfile performance;
  LossProfile losses;    ///< of all rows; in `parts` the same without trees
  DomainProfile domain;  ///< of all rows
  std::vector<Chunk> chunks;
  SegmentPlan segments;
  StateTable states;                 ///< of the reference; with `parts` only those of all rows
  /// The same by group of blocks (slots of a plan of split_by_block); without cells where intervals take rows as
  /// independent.
  StateTable blocks;
  std::vector<UniqueColumn> unique;  ///< the columns whose repeated values are counted
  GramState gram;                    ///< of all reference rows; empty where there is no PCA
  /// FitScope::per_segment: what was learned of segments[1], segments[2], ... each on its own. Only `rows`, `columns`
  /// (the same, in the same order), `pca`, `performance`, `losses`, `states` and `blocks` (of one segment and these
  /// chunks) and `gram` are filled.
  std::vector<ReferenceProfile> parts;

  /// The file's bytes: magic, version, length, checksum, content.
  [[nodiscard]] std::string serialize() const;
  /// Fails on a wrong magic, a newer version (named), a wrong checksum, or content that breaks a rule; never crashes.
  static Result<ReferenceProfile> deserialize(std::string_view bytes, const std::string& file);
};

}  // namespace longwatch
