#pragma once
// Multivariate drift by a domain classifier: how well boosted trees tell a chunk's rows from those of the reference.

#include <span>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/profile/profile.hpp"
#include "engine/source/source.hpp"
#include "engine/trees/lightgbm.hpp"

namespace longwatch {

/// Rows of the reference, and rows of a chunk, that are compared at most; more are thinned evenly in the order of their
/// keys.
inline constexpr std::size_t kMostDomainRows = 50'000;
/// Fewer rows on either side are not compared.
inline constexpr std::int64_t kFewestDomainRows = 30;
inline constexpr int kDomainFolds = 5;

/// What is read. Everything is borrowed; `profile` gives the columns.
struct DomainRows {
  const LightGbm* library = nullptr;
  const Source* source = nullptr;
  const ChunkPlan* chunks = nullptr;
  const ReferenceProfile* profile = nullptr;
  std::int64_t bytes = std::int64_t{256} << 20;  ///< of rows held at a time
};

struct DomainFit {
  DomainProfile domain;
  std::vector<DomainScore> scores;  ///< by chunk
};

/// Keeps the rows of the reference that chunks are held against, and scores every chunk of the reference against those
/// of the other chunks. The score of a chunk: its rows are labelled 1, the reference's 0; each class is dealt into five
/// folds in the order of the rows' keys; LightGBM's defaults learn the label from the features on four folds and score
/// the fifth; the AUROC of all these scores, with DeLong's standard error. Reads the reference twice, and once more for
/// every `bytes` of rows; five boosters a chunk, side by side on the calling arena. The result does not depend on
/// threads, `bytes`, or the order and layout of rows. Errors: the readers', LightGBM's, cancelled.
Result<DomainFit> fit_domain(const DomainRows& rows, const Control& control);

/// The same for the chunks of the analysis, against the rows that the profile keeps.
Result<std::vector<DomainScore>> score_domain(const DomainRows& rows, const Control& control);

/// The area under the ROC curve (ties count half) of `positive` against `negative`, neither empty, and its standard
/// error after DeLong, DeLong and Clarke-Pearson (1988); NaN where a side has one row. O(n log n).
DomainScore auroc_of(std::span<const double> positive, std::span<const double> negative);

}  // namespace longwatch
