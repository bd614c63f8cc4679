// Sums over the rows of a cell, by prediction and by block of the calibration map.
#include "engine/metrics/estimate_noise.hpp"

#include <algorithm>
#include <cmath>

#include "engine/metrics/classifier_view.hpp"

namespace longwatch {
namespace {

// Of the probability that a score is, where there is no map; beyond 1e-12 of an end as there.
double logit_at(const OutcomeTable& table, std::size_t j) {
  constexpr double kMost = 27.6310211159285;  // log(1e12 - 1)
  return std::clamp(table.log_loss[0][j] - table.log_loss[1][j], -kMost, kMost);
}

// Knots with one level are one block; a score between two blocks belongs to the nearer one.
std::vector<std::uint32_t> blocks_of_knots(const Calibrator& calibrator, EstimateNoise& noise) {
  std::vector<double>& variance = noise.level_variance;
  std::vector<std::uint32_t> out(calibrator.scores.size());
  for (std::size_t k = 0; k < out.size(); ++k) {
    const double level = calibrator.probabilities[k];
    if (k == 0 || level != calibrator.probabilities[k - 1]) {
      const double labels = k < calibrator.weights.size() ? calibrator.weights[k] : 0;
      noise.labels += labels;
      variance.push_back(labels > 0 ? level * (1 - level) / labels : 0);
    }
    out[k] = static_cast<std::uint32_t>(variance.size() - 1);
  }
  return out;
}

void assign_blocks(EstimateNoise& noise, const OutcomeTable& table, const Calibrator& calibrator) {
  const std::vector<std::uint32_t> block = blocks_of_knots(calibrator, noise);
  for (auto& rows : noise.block_rows) rows.assign(noise.level_variance.size(), 0);
  noise.block_of.resize(table.score.size());
  std::size_t above = calibrator.scores.size() - 1;  // the lowest knot at or above the score
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    const double score = table.score[j];
    while (above > 0 && calibrator.scores[above - 1] >= score) --above;
    const bool below_is_nearer =
        above > 0 && score - calibrator.scores[above - 1] < calibrator.scores[above] - score;
    noise.block_of[j] = block[below_is_nearer ? above - 1 : above];
    for (int p = 0; p < 2; ++p) noise.block_rows[p][noise.block_of[j]] += table.positive[p][j] + table.negative[p][j];
  }
}

void invert_information(EstimateNoise& noise, const Calibrator& calibrator) {
  const double* sums = calibrator.information;
  const double determinant = sums[0] * sums[2] - sums[1] * sums[1];
  if (!(determinant > 1e-9 * sums[0] * sums[2])) return;  // one score only, or no labels
  noise.inverse[0] = sums[2] / determinant;
  noise.inverse[1] = -sums[1] / determinant;
  noise.inverse[2] = sums[0] / determinant;
}

}  // namespace

void EstimateNoise::assign(const OutcomeTable& table, const std::vector<double>& probability,
                           const Calibrator& calibrator) {
  *this = {};
  const bool as_they_are = calibrator.scores.empty();
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    const double c = probability[j];
    const double noise = c * (1 - c);
    const double l = as_they_are ? logit_at(table, j) : 0;
    for (int p = 0; p < 2; ++p) {
      const double n = table.positive[p][j] + table.negative[p][j];
      if (n == 0) continue;
      double term = n;
      for (double& sum : power[p]) {
        sum += term;
        term *= c;
      }
      label[p] += n * noise;
      label_third[p] += n * noise * (1 - 2 * c);
      slope[p][0] += n * noise;
      slope[p][1] += n * noise * l;
    }
  }
  if (as_they_are) {
    invert_information(*this, calibrator);
  } else {
    assign_blocks(*this, table, calibrator);
  }
}

double calibrator_variance(const EstimateNoise& noise, const double d[2]) {
  double sum = 0;
  for (std::size_t b = 0; b < noise.level_variance.size(); ++b) {
    const double move = d[0] * noise.block_rows[0][b] + d[1] * noise.block_rows[1][b];
    sum += move * move * noise.level_variance[b];
  }
  const double intercept = d[0] * noise.slope[0][0] + d[1] * noise.slope[1][0];
  const double slope = d[0] * noise.slope[0][1] + d[1] * noise.slope[1][1];
  return sum + intercept * intercept * noise.inverse[0] + 2 * intercept * slope * noise.inverse[1] +
         slope * slope * noise.inverse[2];
}

double calibrator_variance(const EstimateNoise& noise, const OutcomeTable& table,
                           const std::vector<double>& probability, const std::vector<double>& moves) {
  std::vector<double> of_block(noise.level_variance.size(), 0);
  double intercept = 0, slope = 0;
  for (std::size_t j = 0; j < probability.size(); ++j) {
    if (!of_block.empty()) {
      of_block[noise.block_of[j]] += moves[j];
    } else if (noise.inverse[0] != 0) {
      const double c = probability[j];
      intercept += moves[j] * c * (1 - c);
      slope += moves[j] * c * (1 - c) * logit_at(table, j);
    }
  }
  double sum = 0;
  for (std::size_t b = 0; b < of_block.size(); ++b) sum += of_block[b] * of_block[b] * noise.level_variance[b];
  return sum + intercept * intercept * noise.inverse[0] + 2 * intercept * slope * noise.inverse[1] +
         slope * slope * noise.inverse[2];
}

}  // namespace longwatch
