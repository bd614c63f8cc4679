// Masses above a cut-off, added up once from the greatest score down.
#include "engine/metrics/cutoff_curve.hpp"

#include <limits>

namespace longwatch {

std::vector<double> chosen_cutoffs(const OutcomeTable& table, std::size_t most) {
  std::vector<double> out{std::numeric_limits<double>::infinity()};
  const std::size_t scores = table.score.size();
  if (scores < most) {
    out.insert(out.end(), table.score.begin(), table.score.end());
    return out;
  }
  double total = 0;
  for (std::size_t i = 0; i < scores; ++i) total += table.positive_at(i) + table.negative_at(i);
  const double steps = static_cast<double>(most) - 1;
  double above = 0;
  double reached = 0;
  for (std::size_t i = 0; i < scores; ++i) {
    above += table.positive_at(i) + table.negative_at(i);
    if (above * steps < (reached + 1) * total && i + 1 < scores) continue;
    out.push_back(table.score[i]);
    while (reached < steps && above * steps >= (reached + 1) * total) ++reached;
  }
  return out;
}

std::vector<CutoffPoint> cutoff_curve(const OutcomeTable& table, std::span<const double> cutoffs) {
  std::vector<CutoffPoint> out;
  if (table.score.empty()) return out;
  double positives = 0, negatives = 0;
  for (std::size_t i = 0; i < table.score.size(); ++i) {
    positives += table.positive_at(i);
    negatives += table.negative_at(i);
  }
  out.reserve(cutoffs.size());
  CutoffPoint point;
  std::size_t at = 0;
  for (const double cutoff : cutoffs) {
    for (; at < table.score.size() && table.score[at] >= cutoff; ++at) {
      point.true_positive += table.positive_at(at);
      point.false_positive += table.negative_at(at);
    }
    point.cutoff = cutoff;
    // Where all scores are above, nothing is left: not what rounding leaves.
    const bool all = at == table.score.size();
    point.false_negative = all ? 0 : positives - point.true_positive;
    point.true_negative = all ? 0 : negatives - point.false_positive;
    out.push_back(point);
  }
  return out;
}

double business_value(const CutoffPoint& point, const OutcomeValues& values) {
  return values.true_positive * point.true_positive + values.false_positive * point.false_positive +
         values.false_negative * point.false_negative + values.true_negative * point.true_negative;
}

}  // namespace longwatch
