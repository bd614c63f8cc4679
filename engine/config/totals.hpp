#pragma once
// The totals that a user's own metric may be made of.

#include <string>
#include <vector>

#include "engine/config/config.hpp"

namespace longwatch {

/// The names, in a fixed order. Binary: tp, fp, fn, tn, rows, positives, negatives, predicted_positive,
/// predicted_negative, labels. Multiclass: rows, labels, correct, then true_A_pred_B for every pair of `classes`, in
/// their order. Regression: rows, labels, sum_error, sum_abs_error, sum_squared_error. Without a task: none.
std::vector<std::string> total_names(Task task, const std::vector<std::string>& classes);

/// The name of a pair's total: "true_A_pred_B"; bytes of labels other than letters and digits become _.
std::string pair_total(const std::string& truth, const std::string& predicted);

}  // namespace longwatch
