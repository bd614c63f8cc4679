// Cells of about equal rows.
#include "engine/metrics/coarse_table.hpp"

#include <algorithm>

namespace longwatch::metrics {
namespace {

double mass_at(const OutcomeTable& t, std::size_t j) {
  return t.positive[0][j] + t.positive[1][j] + t.negative[0][j] + t.negative[1][j];
}

void add_cell(OutcomeTable& table, double score) {
  table.score.push_back(score);
  for (int p = 0; p < 2; ++p) {
    table.positive[p].push_back(0);
    table.negative[p].push_back(0);
  }
}

}  // namespace

CoarseTable coarse_table(const OutcomeTable& table, std::size_t cells) {
  CoarseTable out;
  const std::size_t n = table.score.size();
  double all = 0;
  for (std::size_t j = 0; j < n; ++j) all += mass_at(table, j);
  double before = 0;
  std::size_t last = cells;  // the cell of the score before
  for (std::size_t j = 0; j < n; ++j) {
    const double place = (before + mass_at(table, j) / 2) / all * static_cast<double>(cells);
    const std::size_t cell = n <= cells ? j : std::min(cells - 1, static_cast<std::size_t>(place));
    if (out.table.score.empty() || cell != last) add_cell(out.table, table.score[j]);
    last = cell;
    for (int p = 0; p < 2; ++p) {
      out.table.positive[p].back() += table.positive[p][j];
      out.table.negative[p].back() += table.negative[p][j];
    }
    out.cell_of.push_back(static_cast<std::uint32_t>(out.table.score.size() - 1));
    before += mass_at(table, j);
  }
  for (int p = 0; p < 2; ++p) {
    out.table.unscored_positive[p] = table.unscored_positive[p];
    out.table.unscored_negative[p] = table.unscored_negative[p];
  }
  sum_confusion(out.table);
  return out;
}

void sum_confusion(OutcomeTable& table) {
  table.true_positive = table.unscored_positive[1];
  table.false_negative = table.unscored_positive[0];
  table.false_positive = table.unscored_negative[1];
  table.true_negative = table.unscored_negative[0];
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    table.true_positive += table.positive[1][j];
    table.false_negative += table.positive[0][j];
    table.false_positive += table.negative[1][j];
    table.true_negative += table.negative[0][j];
  }
  table.rows = table.true_positive + table.false_negative + table.false_positive + table.true_negative;
}

}  // namespace longwatch::metrics
