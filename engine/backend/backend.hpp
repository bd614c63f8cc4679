#pragma once
// THE interface between the engine and what computes: ragged work items in, integer partials out.
// Plain pointers; no Arrow type, no metric, no allocation policy. Twins: cpu/*.cpp and cuda/*.cu.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/replicate_item.hpp"
#include "engine/base/result.hpp"
#include "engine/source/column.hpp"
#include "engine/state/category_state.hpp"
#include "engine/state/class_state.hpp"
#include "engine/state/gram_state.hpp"
#include "engine/state/number_state.hpp"
#include "engine/state/residual_state.hpp"
#include "engine/state/score_state.hpp"

namespace longwatch {

/// Rows of a view: either the range [begin, begin + count), or, where `rows` is set, rows[0 ... count).
struct RowSelection {
  std::int64_t begin = 0;
  std::int64_t count = 0;
  const std::int32_t* rows = nullptr;
};

/// What a backend worked out for a plan ahead of its items. Each backend derives its own and knows it again.
struct PreparedPlan {
  virtual ~PreparedPlan() = default;
};

/// What a backend needs to know of a numeric column. Made once per column; borrowed by items.
struct NumberPlan {
  const Partition* partition = nullptr;
  MomentsPlan moments;
  std::shared_ptr<const PreparedPlan> prepared = nullptr;  ///< see Backend::prepare
};

/// Integers of one numeric item, to be added into a NumberState.
struct NumberPartial {
  CountsState counts;
  MomentsState moments;
  HistogramPartial histogram;
  std::vector<std::uint8_t> registers;  ///< row::kDistinctRegisters
  /// Makes room for a plan and zeroes everything.
  void reset(const NumberPlan& plan);
};

/// column.type is float32 or float64.
struct NumberItem {
  ColumnView column;
  RowSelection rows;
  const NumberPlan* plan = nullptr;
  NumberPartial* out = nullptr;  ///< reset by the caller; the item's rows are added
};

/// column.type is code32; out->by_code has room for the dictionary.
struct CategoryItem {
  ColumnView column;
  RowSelection rows;
  CategoryPartial* out = nullptr;
};

/// A column of classes: codes into a slab's dictionary, and what each code is to the class at hand: 1 it, 0 another
/// one, row::kNoClass none of the model's. `column.values` is null where the table has no such column.
struct ClassColumn {
  ColumnView column;
  const std::int16_t* classes = nullptr;  ///< by slab code,
  std::size_t codes = 0;                 ///< and how many there are; a code beyond them is an error
};

/// Scores of one class. score.type is float32 or float64; a null `values` counts as missing scores. A row without a
/// usable prediction has that of score >= cutoff.
struct ScoreItem {
  ColumnView score;
  ClassColumn prediction;
  ClassColumn label;
  double cutoff = 0.5;
  RowSelection rows;
  ScoreState* out = nullptr;  ///< the item's rows are added; its entries are overwritten by theirs, sorted
};

/// Predictions and labels of a regressor: float32 or float64; null `values` count as missing.
struct ResidualItem {
  ColumnView prediction;
  ColumnView label;
  double centre = 0;  ///< of the labels
  RowSelection rows;
  ResidualState* out = nullptr;  ///< the item's rows are added
};

/// A calibration map as plain arrays; without knots the score itself (see row::calibrated).
struct CalibrationMap {
  const double* scores = nullptr;  ///< strictly increasing
  const double* probabilities = nullptr;
  std::int64_t knots = 0;
};

/// What a backend needs to know of a classifier of several classes. Borrowed by items.
struct ClassPlan {
  std::size_t classes = 0;           ///< at most kMaxClasses
  std::vector<std::int32_t> scored;  ///< the classes that have a score, increasing; none: every row lacks its scores
  std::vector<CalibrationMap> maps;  ///< by `scored`; empty: without calibrated sums
};

/// Rows with scores, predictions and labels. In class columns a code's class is its number in the plan. A scored row
/// without a usable prediction has the class with the largest score, the first of equal ones.
struct ClassItem {
  std::span<const ColumnView> scores;  ///< by plan->scored; float32 or float64; a null `values`: missing
  ClassColumn prediction;
  ClassColumn label;
  RowSelection rows;  ///< at most row::kFlushRows
  const ClassPlan* plan = nullptr;
  ClassPartial* out = nullptr;  ///< reset by the caller; the item's rows are added
};

/// How one feature becomes z: a number is imputed and standardised, a category is looked up.
struct FeatureEncoder {
  double mean = 0;  ///< numbers: z = (x - mean) * inverse; null, NaN and Inf become `missing`
  double inverse = 1;
  double missing = 0;               ///< z of a missing value
  const double* by_code = nullptr;  ///< categories: z by slab code, already rounded; made by the caller per dictionary
};

/// Standardised rows of one slab: column views (equal length) with their encoders.
struct EncodedRows {
  std::span<const ColumnView> columns;
  std::span<const FeatureEncoder> encoders;
  std::int64_t begin = 0;  ///< first row, within the views
  std::int64_t count = 0;
};

/// The kept components of a PCA: `basis` is column-major F x rank, entries multiples of 2^-24, |entry| <= 1.
struct PcaBasis {
  std::int64_t features = 0;
  std::int64_t rank = 0;
  const double* basis = nullptr;
};

/// The most features of a PCA.
inline constexpr std::int64_t kMaxPcaFeatures = 8192;

/// Row errors as the column of numeric items.
ColumnView error_column(std::span<const double> errors);

/// A finished or running submission. Wait for every ticket.
class Ticket {
 public:
  virtual ~Ticket() = default;
  virtual Result<void> wait() = 0;
};

/// The ticket of a submission that is done already.
std::unique_ptr<Ticket> done_ticket(Result<void> result);

/// Computes partials. Thread-safe: any thread may submit; items of one submission may run in any order, and no two may
/// share `out`. Everything an item points to must live until its ticket was waited for. Every backend gives the same
/// bits.
class Backend {
 public:
  virtual ~Backend() = default;
  /// "cpu (avx512)", "cuda:0 (NVIDIA H100)".
  [[nodiscard]] virtual std::string description() const = 0;
  /// What was computed elsewhere than on this backend, and why: a sentence each, for the run's record.
  [[nodiscard]] virtual std::vector<std::string> fallbacks() const { return {}; }
  /// Whether many items in one submission, and other work before its ticket is waited for, are worth the memory of
  /// their partials: so it is for a device. Else items are best submitted one at a time, on every thread.
  [[nodiscard]] virtual bool in_batches() const { return false; }
  /// Works out what this backend's number kernel can use of `plan`'s partition, and keeps it in `plan.prepared`.
  /// Optional: the same bits come without it, more slowly; what fails here fails again, with its error, in the items.
  /// Call it once per column and backend, before items borrow the plan.
  virtual void prepare(NumberPlan& plan) { plan.prepared = nullptr; }
  [[nodiscard]] virtual std::unique_ptr<Ticket> numbers(std::span<const NumberItem> items) = 0;
  [[nodiscard]] virtual std::unique_ptr<Ticket> categories(std::span<const CategoryItem> items) = 0;
  [[nodiscard]] virtual std::unique_ptr<Ticket> scores(std::span<const ScoreItem> items) = 0;
  [[nodiscard]] virtual std::unique_ptr<Ticket> residuals(std::span<const ResidualItem> items) = 0;
  [[nodiscard]] virtual std::unique_ptr<Ticket> classes(std::span<const ClassItem> items) = 0;
  /// Adds z z' and z of the rows into `out` (sized for the features).
  [[nodiscard]] virtual std::unique_ptr<Ticket> gram(const EncodedRows& rows, GramState* out) = 0;
  /// Writes the reconstruction error |z - V V' z| of each row (never NaN) to errors[0 ... count).
  [[nodiscard]] virtual std::unique_ptr<Ticket> row_errors(const EncodedRows& rows, const PcaBasis& pca,
                                                           double* errors) = 0;
  /// The same, and then `numbers` of the errors, which are kept nowhere else: row i of an item is the row rows.begin +
  /// i of the views. The items' columns are ignored.
  [[nodiscard]] virtual std::unique_ptr<Ticket> error_numbers(const EncodedRows& rows, const PcaBasis& pca,
                                                              std::span<const NumberItem> items) = 0;
  /// Draws replicates of outcome tables, and writes what each says to the item's results. Fails where an estimate has
  /// more than kMostEstimatedCells. O(replicates x cells).
  [[nodiscard]] virtual std::unique_ptr<Ticket> replicates(std::span<const ReplicateItem> items) = 0;
};

/// Which vector code the CPU backend runs. `best` is what this machine has; a level it lacks is an error.
enum class VectorLevel : std::uint8_t { best, portable, avx2, avx512 };

/// The CPU backend (cpu/backend.cpp). Runs items on the calling thread; callers bring the threads, except for
/// error_numbers, which runs tiles of rows, then items side by side on those of the calling arena.
Result<std::unique_ptr<Backend>> make_cpu_backend(VectorLevel level = VectorLevel::best);

}  // namespace longwatch
