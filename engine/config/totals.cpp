#include "engine/config/totals.hpp"

#include <cctype>

namespace longwatch {
namespace {

std::string plain(std::string label) {
  for (char& c : label) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 128 || std::isalnum(byte) == 0) c = '_';
  }
  return label;
}

}  // namespace

std::string pair_total(const std::string& truth, const std::string& predicted) {
  return "true_" + plain(truth) + "_pred_" + plain(predicted);
}

std::vector<std::string> total_names(Task task, const std::vector<std::string>& classes) {
  std::vector<std::string> out;
  switch (task) {
    case Task::none:
      break;
    case Task::binary:
      out = {"tp",        "fp",        "fn",                 "tn",                 "rows",
             "positives", "negatives", "predicted_positive", "predicted_negative", "labels"};
      break;
    case Task::multiclass:
      out = {"rows", "labels", "correct"};
      for (const std::string& truth : classes) {
        for (const std::string& predicted : classes) out.push_back(pair_total(truth, predicted));
      }
      break;
    case Task::regression:
      out = {"rows", "labels", "sum_error", "sum_abs_error", "sum_squared_error"};
      break;
  }
  return out;
}

}  // namespace longwatch
