#pragma once
// Private to the performance metrics: formulas of several classes that are no average over the classes.

#include "engine/metrics/class_average.hpp"

namespace longwatch::metrics {

/// The share of rows whose prediction is their label. O(K).
Averaged class_accuracy(const ClassesView& view, bool estimated);
/// The mean recall of the classes that occur as a label, as sklearn.metrics.balanced_accuracy_score. O(K^2).
Averaged class_balanced_accuracy(const ClassesView& view, bool estimated);
/// R_K of Gorodkin 2004, eq. 8, as sklearn.metrics.matthews_corrcoef. O(K^2).
Averaged class_matthews_correlation(const ClassesView& view, bool estimated);
/// The mean of -log(score of the label), in nats; scores are clipped by 2.2e-16. Rows whose label has no score are left
/// out. O(entries).
Averaged class_log_loss(const ClassesView& view, bool estimated);
/// The mean over the rows of the squared differences, summed over the classes (0 to 2), as
/// sklearn.metrics.brier_score_loss of several classes; Brier 1950. O(entries).
Averaged class_brier_score(const ClassesView& view, bool estimated);

/// d value / d mass of every entry of the confusion matrix, as ClassMatrix::mass. O(K^2).
std::vector<double> class_accuracy_gradient(const ClassMatrix& matrix);
std::vector<double> class_balanced_accuracy_gradient(const ClassMatrix& matrix);
std::vector<double> class_matthews_correlation_gradient(const ClassMatrix& matrix);

}  // namespace longwatch::metrics
