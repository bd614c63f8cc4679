#pragma once
// What the estimators that need rows learn from the reference: loss models, and rows to compare chunks with.

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/state/loss_state.hpp"

namespace longwatch {

/// How one loss is estimated, and how well. Residuals are loss - estimate of the reference's labelled rows, each
/// estimated by trees that did not see it.
struct LossModel {
  std::string unusable;          ///< empty, or why this loss has no model: "undefined: ..."
  std::string trees;             ///< as check_model_text gives it
  double residual_variance = 0;  ///< of the rows
  double chunk_variance = 0;     ///< of the chunks' mean residuals, beyond what their rows' spread gives
  double square_mean = 0;        ///< of the estimates' squares, over the same rows
  bool operator==(const LossModel&) const = default;
};

/// The loss models of a regressor.
struct LossProfile {
  std::string unusable = "undefined: the model is no regression";  ///< empty, or why there are none
  std::vector<std::string> columns;                                ///< what the trees read: features, prediction last
  std::int64_t training_rows = 0;
  std::int64_t labelled_rows = 0;  ///< that the variances are of
  std::int64_t chunks = 0;         ///< that `chunk_variance` is of
  std::array<LossModel, kLosses> models;
  bool operator==(const LossProfile&) const = default;
};

/// Rows of the reference that every chunk of the analysis is held against.
struct DomainProfile {
  std::string unusable = "undefined: not asked for";  ///< empty, or why there are none
  std::vector<std::string> columns;
  std::vector<double> values;  ///< row by row: numbers and category codes, NaN where missing
  bool operator==(const DomainProfile&) const = default;
};

/// How well trees tell the rows of one chunk from those of the reference.
struct DomainScore {
  std::string status = "insufficient_data";  ///< "ok", or why there is none
  double auroc = std::numeric_limits<double>::quiet_NaN();
  double error = std::numeric_limits<double>::quiet_NaN();  ///< its standard error (DeLong)
  std::int64_t rows = 0;                                    ///< of the chunk that were used
  std::int64_t reference_rows = 0;
};

}  // namespace longwatch
