// Whether the rows whose labels are known are like those whose labels are not.
#include <cmath>

#include "engine/metrics/gamma.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {
namespace {

constexpr double kLeastRows = 30;  ///< of each kind; below that the test says little

MetricValue test(const std::vector<ScoreBin>& bins) {
  double labelled = 0;
  double unlabelled = 0;
  for (const ScoreBin& bin : bins) {
    labelled += bin.labelled;
    unlabelled += bin.unlabelled;
  }
  if (unlabelled == 0) return MetricValue::undefined("the label of every row with a score is known");
  if (labelled < kLeastRows || unlabelled < kLeastRows) return metrics::without_value("insufficient_data");
  double distance = 0;
  double statistic = 0;
  int cells = 0;
  for (const ScoreBin& bin : bins) {
    const double rows = bin.labelled + bin.unlabelled;
    if (rows == 0) continue;
    ++cells;
    const double gap = bin.labelled / labelled - bin.unlabelled / unlabelled;
    distance += std::abs(gap) / 2;
    statistic += gap * gap * labelled * unlabelled / rows;
  }
  MetricValue out = metrics::value_of(std::min(distance, 1.0));
  out.p_value = cells > 1 ? metrics::chi_squared_tail(statistic, cells - 1) : 1;
  return out;
}

MetricValue compute(const MetricInput& input) {
  if (input.classifier == nullptr) return MetricValue::undefined("the model has no scores");
  const ClassifierView& view = *input.classifier;
  MetricValue out = view.performance->unusable.empty() ? metrics::checked(test(view.bins))
                                                       : metrics::without_value(view.performance->unusable);
  out.labels_rate = view.labels_rate;
  return out;
}

}  // namespace

LONGWATCH_METRIC(labels_selection)
const Metric metric_labels_selection = {
    .name = "labels_selection",
    .summary =
        "Total variation distance between the scores of rows with and without a known label, by the reference's "
        "deciles; a small p-value says that realized metrics are of a selection.",
    .source = "Pearson's chi-squared test of a 2 x k table",
    .family = Family::data_quality,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = compute,
};

}  // namespace longwatch
