// The confusion matrix's entries, calibration by bin of score, and the checks of what estimates assume.
#include <gmock/gmock.h>

#include "tests/support/random.hpp"
#include "tests/unit/metrics/score_cells.hpp"

namespace longwatch::test {
namespace {

std::vector<std::string> variant_names(std::string_view name, Family family, const ReferenceProfile& profile = {}) {
  return metric(name, family).variants({}, profile);
}

MetricValue variant(const ScoreCell& cell, std::string_view name, Family family, std::string_view wanted) {
  ReferenceProfile profile;
  profile.performance = cell.profile;
  const auto names = variant_names(name, family, profile);
  MetricInput input = cell.input();
  input.variant = static_cast<std::size_t>(std::find(names.begin(), names.end(), wanted) - names.begin());
  EXPECT_LT(input.variant, names.size()) << wanted;
  return metric(name, family).compute(input);
}

MetricValue entry(const ScoreCell& cell, std::string_view wanted, Family family = Family::realized_performance) {
  return variant(cell, "confusion_matrix", family, wanted);
}

TEST(ConfusionMatrix, HasEveryEntryAndNormalisation) {
  const ScoreCell cell({{0.2, false, true, 4}, {0.9, true, true, 3}, {0.4, false, false, 5}, {0.8, true, false, 8}});
  EXPECT_EQ(variant_names("confusion_matrix", Family::realized_performance).size(), 16u);
  EXPECT_EQ(entry(cell, "true_positive").value, 3);
  EXPECT_EQ(entry(cell, "false_positive").value, 8);
  EXPECT_EQ(entry(cell, "false_negative").value, 4);
  EXPECT_EQ(entry(cell, "true_negative").value, 5);
  EXPECT_EQ(entry(cell, "true_positive_share").value, 3.0 / 20);
  EXPECT_EQ(entry(cell, "true_negative_share").value, 5.0 / 20);
  EXPECT_EQ(entry(cell, "true_positive_of_actual").value, 3.0 / 7);
  EXPECT_EQ(entry(cell, "false_negative_of_actual").value, 4.0 / 7);
  EXPECT_EQ(entry(cell, "false_positive_of_actual").value, 8.0 / 13);
  EXPECT_EQ(entry(cell, "true_negative_of_actual").value, 5.0 / 13);
  EXPECT_EQ(entry(cell, "true_positive_of_predicted").value, 3.0 / 11);
  EXPECT_EQ(entry(cell, "false_positive_of_predicted").value, 8.0 / 11);
  EXPECT_EQ(entry(cell, "false_negative_of_predicted").value, 4.0 / 9);
  EXPECT_EQ(entry(cell, "true_negative_of_predicted").value, 5.0 / 9);
}

TEST(ConfusionMatrix, EstimatesAreSumsOfCalibratedScores) {
  const ScoreCell cell({{0.25, false, true, 4}, {0.75, true, std::nullopt, 8}});
  EXPECT_EQ(entry(cell, "true_positive", Family::estimated_performance).value, 6);
  EXPECT_EQ(entry(cell, "false_positive", Family::estimated_performance).value, 2);
  EXPECT_EQ(entry(cell, "false_negative", Family::estimated_performance).value, 1);
  EXPECT_EQ(entry(cell, "true_negative", Family::estimated_performance).value, 3);
  EXPECT_EQ(entry(cell, "true_positive", Family::realized_performance).value, 0);
  EXPECT_EQ(entry(cell, "true_positive_of_predicted", Family::realized_performance).status,
            "undefined: no row is predicted positive");
}

Calibrator with_deciles(std::vector<double> deciles) {
  Calibrator out;
  out.deciles = std::move(deciles);
  return out;
}

TEST(CalibrationCurve, IsByBinOfTheReferencesDeciles) {
  const ScoreCell cell({{0.1, false, true, 1},
                        {0.2, false, false, 3},
                        {0.3, false, false, 4},
                        {0.5, true, true, 2},
                        {0.9, true, true, 6},
                        {0.8, true, std::nullopt, 100}},
                       with_deciles({0.2, 0.5}));
  const auto at = [&](const char* name) {
    return variant(cell, "calibration_curve", Family::realized_performance, name);
  };
  EXPECT_NEAR(at("calibration_bin_01_mean_score").value, 0.7 / 4, 1e-15);
  EXPECT_EQ(at("calibration_bin_01_observed_rate").value, 1.0 / 4);
  EXPECT_NEAR(at("calibration_bin_02_mean_score").value, 2.2 / 6, 1e-15);
  EXPECT_EQ(at("calibration_bin_02_observed_rate").value, 2.0 / 6);
  EXPECT_NEAR(at("calibration_bin_03_mean_score").value, 0.9, 1e-15);
  EXPECT_EQ(at("calibration_bin_03_observed_rate").value, 1);
  EXPECT_NEAR(cell.realized("expected_calibration_error").value, (0.3 + 0.2 + 0.6) / 16, 1e-15);
}

TEST(CalibrationCurve, AnEmptyBinHasNoRate) {
  const ScoreCell cell({{0.1, false, true, 1}}, with_deciles({0.5}));
  EXPECT_EQ(variant(cell, "calibration_curve", Family::realized_performance, "calibration_bin_02_observed_rate").status,
            "insufficient_data");
}

TEST(CalibrationCurve, BinsAreTenthsWhereTheReferenceHasNoLabels) {
  ScoreCell cell({{0.1, false, true, 1}, {0.15, false, false, 1}, {1.0, true, true, 1}});
  cell.profile.calibrators.clear();
  cell.profile.not_estimated = "undefined: the reference has no labels";
  cell.refresh();
  EXPECT_EQ(cell.view.bins.size(), 10u);
  EXPECT_NEAR(cell.realized("expected_calibration_error").value, (0.9 + 0.15 + 0) / 3, 1e-15);
}

// Rows of a model whose labels are positive with chance score + shift.
std::vector<ScoreRows> drawn(std::uint64_t seed, int rows, double shift, double known_above = 0) {
  Random random(seed);
  std::vector<ScoreRows> out;
  for (int i = 0; i < rows; ++i) {
    const double score = 0.2 + 0.6 * static_cast<double>(random.below(1000)) / 1000;
    const bool positive = random.uniform() < score + shift;
    const bool known = random.uniform() < 0.5 + (score > 0.5 ? known_above : 0);
    out.push_back({score, score >= 0.5, known ? std::optional<bool>(positive) : std::nullopt, 1});
  }
  return out;
}

MetricValue in_the_large(const std::vector<ScoreRows>& rows) {
  return metric("calibration_in_the_large", Family::concept_drift).compute(ScoreCell(rows).input());
}

TEST(CalibrationInTheLarge, ItsTestKeepsItsLevel) {
  int below = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) below += in_the_large(drawn(seed, 300, 0)).p_value < 0.1 ? 1 : 0;
  EXPECT_NEAR(below / 400.0, 0.1, 0.05);
}

TEST(CalibrationInTheLarge, FindsAShiftOfTheLabels) {
  const MetricValue found = in_the_large(drawn(1, 4000, 0.1));
  EXPECT_NEAR(found.value, 0.1, 3 * found.standard_error);
  EXPECT_LT(found.p_value, 1e-6);
  EXPECT_LT(in_the_large(drawn(1, 4000, -0.1)).value, -0.05);
}

TEST(CalibrationInTheLarge, KnowsWhatTheCalibratorDoesNot) {
  Calibrator few = {.scores = {0.2, 0.5}, .probabilities = {0.25, 0.75}, .weights = {8, 8}};
  Calibrator many = few;
  many.weights = {1e9, 1e9};
  const std::vector<ScoreRows> rows = {{0.2, false, false, 500}, {0.5, true, true, 500}};
  const auto error = [&](const Calibrator& map) {
    return metric("calibration_in_the_large", Family::concept_drift)
        .compute(ScoreCell(rows, map).input())
        .standard_error;
  };
  EXPECT_NEAR(error(many), std::sqrt(0.25 * 0.75 / 1000), 1e-6);
  // Each half leans on one block of 8 rows, of which 2 or 6 are positive (2.5 or 6.5 of 9 as the smoothing counts).
  EXPECT_NEAR(error(few), std::sqrt(0.1875 / 1000 + 2 * 0.25 * (2.5 / 9) * (6.5 / 9) / 8), 1e-6);
}

MetricValue selection(const std::vector<ScoreRows>& rows) {
  return metric("labels_selection", Family::data_quality)
      .compute(ScoreCell(rows, with_deciles({0.3, 0.4, 0.5, 0.6, 0.7})).input());
}

TEST(LabelsSelection, ComparesLabelledWithUnlabelledRows) {
  int below = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) below += selection(drawn(seed, 300, 0)).p_value < 0.1 ? 1 : 0;
  EXPECT_NEAR(below / 400.0, 0.1, 0.05);
  const MetricValue found = selection(drawn(1, 2000, 0, 0.3));
  EXPECT_LT(found.p_value, 1e-6);
  EXPECT_GT(found.value, 0.1);
  EXPECT_EQ(selection({{0.2, false, true, 100}}).status, "undefined: the label of every row with a score is known");
  EXPECT_EQ(selection({{0.2, false, true, 100}, {0.2, false, std::nullopt, 29}}).status, "insufficient_data");
  EXPECT_EQ(selection({{0.2, false, true, 100}, {0.2, false, std::nullopt, 30}}).p_value, 1);
}

TEST(LabelsSelection, AsPearson) {
  const MetricValue found = selection(
      {{0.2, false, true, 40}, {0.9, true, true, 60}, {0.2, false, std::nullopt, 90}, {0.9, true, std::nullopt, 60}});
  // scipy.stats.chi2_contingency([[40, 60], [90, 60]], correction=False).pvalue
  EXPECT_NEAR(found.p_value, 0.00192954047585, 1e-12);
  EXPECT_NEAR(found.value, 0.2, 1e-15);
}

TEST(PredictedShare, CountsEveryRowWithAPrediction) {
  ScoreState state = score_state({{0.2, false, true, 4}, {0.9, true, true, 3}, {0.8, true, std::nullopt, 5}});
  state.rows += 8;
  state.missing_scores = 8;
  state.unscored[ScoreEntry::code_of(true, LabelCode::unknown)] = 2;
  state.unpredicted[2] = 6;
  const ScoreCell cell(state, {});
  const MetricValue share = metric("predicted_share", Family::summary).compute(cell.input());
  EXPECT_EQ(share.value, 10.0 / 14);
  EXPECT_NEAR(share.standard_error, std::sqrt(10.0 * 4 / 14 / 14 / 14), 1e-15);
  MetricInput with_reference = cell.input();
  with_reference.reference_classifier = &cell.view;
  const NullSpread spread = metric("predicted_share", Family::summary).compute(with_reference).null;
  EXPECT_NEAR(spread.expected, 10.0 / 14, 1e-15);
  EXPECT_NEAR(spread.error, std::sqrt(2 * 10.0 * 4 / 14 / 14 / 14), 0.02);
}

}  // namespace
}  // namespace longwatch::test
