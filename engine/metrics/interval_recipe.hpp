#pragma once
// What an interval of a performance metric needs to know of it: its value, and how it answers to each mass of the table.

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/metrics/classifier_view.hpp"

namespace longwatch::metrics {

/// A confusion matrix of masses (counts, or expected counts).
struct Confusion {
  double tp = 0, fp = 0, fn = 0, tn = 0;
};
Confusion confusion_of(const OutcomeTable& table);

/// The cells of a confusion matrix, as a set.
inline constexpr unsigned kTp = 1, kFp = 2, kFn = 4, kTn = 8, kAllCells = 15;

/// A share of some cells in others that contain them: precision is {kTp, kTp | kFp}.
struct Proportion {
  unsigned numerator = 0;
  unsigned denominator = 0;
};

/// dT / d(mass) of the masses of a score, where T does not depend on predictions.
struct Gradient {
  std::vector<double> positive;  ///< by score
  std::vector<double> negative;
};

/// On which scale the error is taken to be symmetric.
enum class Form : std::uint8_t {
  plain,  ///< a mean: Student's quantiles, its skewness taken into account
  logit,  ///< logit of the place between least and greatest
};

/// Second-order bias: of a value about its population's, and of the realized value of these rows about their estimate.
struct Bias {
  double value = 0;
  double realized = 0;
};

/// A metric as its interval sees it. A value of NaN: the metric is undefined for this table.
struct IntervalRecipe {
  std::function<double(const OutcomeTable&)> value;
  /// Null for functions of the confusion matrix, which have `of_confusion`.
  std::function<Gradient(const OutcomeTable&)> gradient;
  std::function<double(const Confusion&)> of_confusion;
  /// Where the value is its mean over the scored rows: of a row of score j.
  std::function<double(const OutcomeTable&, std::size_t j, bool positive)> loss;
  /// Where the value is the mean of shares (one: precision; two: balanced accuracy).
  std::vector<Proportion> shares;
  bool dice = false;   ///< the value is 2 s / (1 + s) of that share: F1 of the Jaccard index
  Form form = Form::plain;
  bool total = false;            ///< of shares: times the rows
  const char* method = "delta";  ///< name of the realized value's interval, where it is not one of shares
  double least = 0;    ///< range of the value; +-inf: none
  double greatest = 1;
  /// How far the value lies from what it estimates, to second order; null: not at all. See Bias.
  std::function<Bias(const OutcomeTable&, const std::vector<double>* probability, const Gradient&)> bias;
};

/// The mean of shares of the confusion matrix, or 2 s / (1 + s) of one (`dice`).
IntervalRecipe mean_of_shares(std::vector<Proportion> shares, bool dice = false);
/// A number of rows: the share of some cells in all, times the rows.
IntervalRecipe count_of_cells(unsigned cells);
/// Any smooth function of the confusion matrix; NaN where it is undefined.
IntervalRecipe function_of_confusion(std::function<double(const Confusion&)> h, double least, double greatest);
/// The mean over the scored rows of the log loss.
IntervalRecipe mean_log_loss();
/// The mean over the scored rows of (score - label)^2.
IntervalRecipe mean_square_loss();
/// Area under the ROC curve, ties counted half: DeLong's placement values as gradient.
IntervalRecipe area_under_roc(std::function<double(const OutcomeTable&)> value);
/// Sum over the cut-offs of (recall step) x precision.
IntervalRecipe area_under_precision(std::function<double(const OutcomeTable&)> value);

}  // namespace longwatch::metrics
