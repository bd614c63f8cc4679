// Calibration: maps as scikit-learn's, and when they are worth it.
#include <gmock/gmock.h>

#include <algorithm>

#include "engine/profile/fit_calibrator.hpp"
#include "engine/profile/performance_fields.hpp"
#include "engine/source/source.hpp"
#include "tests/support/random.hpp"
#include "tests/unit/profile/expected.hpp"

namespace longwatch {
namespace {

std::vector<LabelledScore> table_of(const nlohmann::json& rows) {
  std::vector<LabelledScore> out;
  for (const auto& row : rows) out.push_back({row[0], row[1], row[2]});
  return out;
}

ScoreState state_of(const std::vector<LabelledScore>& table) {
  ScoreState out;
  std::vector<ScoreEntry> entries;
  for (const LabelledScore& row : table) {
    for (const bool positive : {false, true}) {
      const std::int64_t count = positive ? row.positive : row.rows - row.positive;
      const LabelCode label = positive ? LabelCode::positive : LabelCode::negative;
      if (count > 0) entries.push_back(ScoreEntry::of(row.score, ScoreEntry::code_of(row.score >= 0.5, label), count));
    }
    out.rows += row.rows;
  }
  sort_scores(entries);
  out.add(entries);
  return out;
}

void expect_near(const std::vector<double>& actual, const std::vector<double>& expected, const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-12) << what << ", " << i;
}

TEST(Isotonic, AsScikitLearn) {
  const nlohmann::json cases = test::expected_values("isotonic.json");
  ASSERT_GE(cases.size(), 10u);
  for (const auto& [name, entry] : cases.items()) {
    const std::vector<LabelledScore> table = table_of(entry["table"]);
    const Calibrator map = isotonic(table);
    expect_near(map.scores, entry["scores"], name + ", scores");
    expect_near(map.probabilities, entry["probabilities"], name + ", probabilities");
    CalibratorWalk walk(map);
    for (const auto& at : entry["at"]) {
      EXPECT_NEAR(map.probability(at[0]), at[1].get<double>(), 1e-12) << name << " at " << at[0];
      EXPECT_EQ(walk.at(at[0]), map.probability(at[0])) << name << " at " << at[0];
    }
    for (auto at = entry["at"].rbegin(); at != entry["at"].rend(); ++at)
      EXPECT_EQ(walk.at((*at)[0]), map.probability((*at)[0])) << name << " down at " << (*at)[0];
  }
}

TEST(Isotonic, WeightsAreTheRowsOfTheBlocks) {
  const Calibrator map = isotonic(std::vector<LabelledScore>{{0.1, 1, 4}, {0.2, 0, 6}, {0.6, 2, 5}, {0.7, 5, 5}});
  EXPECT_THAT(map.scores, testing::ElementsAre(0.1, 0.2, 0.6, 0.7));
  EXPECT_THAT(map.probabilities, testing::ElementsAre(0.1, 0.1, 0.4, 1));
  EXPECT_THAT(map.weights, testing::ElementsAre(10, 10, 5, 5));
}

TEST(Isotonic, ScoresADenormalApartStayFinite) {
  const Calibrator map = isotonic(std::vector<LabelledScore>{{0, 0, 1}, {5e-324, 1, 2}, {1e-310, 1, 1}});
  EXPECT_EQ(map.probability(5e-324), 0.5);
  EXPECT_NEAR(map.probability(5e-311), 0.75, 1e-6);
}

TEST(Isotonic, NothingLabelledHasNoKnots) {
  EXPECT_TRUE(isotonic({}).scores.empty());
  const Calibrator map = fit_calibrator(ScoreState{});
  EXPECT_TRUE(map.scores.empty());
  EXPECT_EQ(map.probability(0.3), 0.3);
}

// Rows with these scores, and labels that are positive with chance `truth(score)`.
template <class Truth>
ScoreState drawn(std::uint64_t seed, int rows, Truth truth) {
  test::Random random(seed);
  std::vector<LabelledScore> table;
  for (int i = 0; i < rows; ++i) {
    const double score = random.uniform();
    table.push_back({score, random.uniform() < truth(score) ? 1 : 0, 1});
  }
  return state_of(table);
}

TEST(FitCalibrator, IsUsedWhereScoresAreNoProbabilities) {
  const Calibrator map = fit_calibrator(drawn(1, 5000, [](double s) { return s * s; }));
  EXPECT_FALSE(map.scores.empty());
  EXPECT_NEAR(map.error_before, 1.0 / 6, 0.02);  // the mean of s - s^2
  EXPECT_LT(map.error_after, 0.05);
  EXPECT_NEAR(map.probability(0.5), 0.25, 0.06);
}

TEST(FitCalibrator, IsLeftOutWhereScoresAreProbabilities) {
  int used = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    used += fit_calibrator(drawn(seed, 5000, [](double s) { return s; })).scores.empty() ? 0 : 1;
  EXPECT_LE(used, 5);
}

TEST(FitCalibrator, IsLeftOutOfEasyReferences) {
  EXPECT_TRUE(fit_calibrator(state_of({{0.1, 5, 5}, {0.7, 9, 9}})).scores.empty());
  const Calibrator apart = fit_calibrator(state_of({{0.1, 0, 5000}, {0.2, 1, 5000}, {0.3, 4000, 4000}}));
  EXPECT_TRUE(apart.scores.empty());
  EXPECT_EQ(apart.error_before, 0);
  EXPECT_THAT(apart.deciles, testing::ElementsAre(0.1, 0.2));
}

TEST(FitCalibrator, OneLargeTableIsComparedInGroups) {
  const Calibrator map = fit_calibrator(drawn(3, 100'000, [](double s) { return s * s; }));
  EXPECT_NEAR(map.error_before, 1.0 / 6, 0.01);
  EXPECT_FALSE(map.scores.empty());
}

TEST(CrossValidation, GroupsOfNeighboursHideNothing) {
  // Twice as many rows, the scores of each pair a hair apart: groups of two, the same table else.
  std::vector<LabelledScore> table;
  std::vector<LabelledScore> pairs;
  for (int i = 1; i <= 1000; ++i) {
    const double score = i / 1001.0;
    table.push_back({score, i / 50, 20});
    pairs.push_back({score, i / 50, 10});
    pairs.push_back({std::nextafter(score, 1), i / 50, 10});
    pairs.back().positive = std::min(10, i / 50);
    pairs[pairs.size() - 2].positive = i / 50 - pairs.back().positive;
  }
  const CalibrationErrors few = cross_validated_errors(table);
  const CalibrationErrors many = cross_validated_errors(pairs);
  EXPECT_NEAR(many.before, few.before, 0.2 * few.before);
  EXPECT_NEAR(many.after, few.after, 0.2 * few.after);
}

TEST(CrossValidation, PooledFoldsWouldAlwaysPreferTheMap) {
  // Calibrated scores: the map only adds the noise of the labels it is learned from, and the folds must show that.
  double before = 0;
  double after = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const ScoreState state = drawn(seed, 5000, [](double s) { return s; });
    const CalibrationErrors errors = cross_validated_errors(labelled_scores(state));
    before += errors.before;
    after += errors.after;
  }
  EXPECT_GT(after, 1.02 * before);
}

TEST(CrossValidation, FoldsAreOfRowsNotOfScores) {
  // All rows at two scores, calibrated but for the noise of the labels: only rows split one by one show that noise.
  const std::vector<LabelledScore> table = {{0.3, 300, 1000}, {0.6, 600, 1000}};
  const CalibrationErrors errors = cross_validated_errors(table);
  // Mean of |noise| of 10 bins of 25 rows, sd about sqrt(.22 / 25) each, tied rows sharing theirs: at least that of
  // two bins of 125 rows.
  EXPECT_GT(errors.before, 0.5 * std::sqrt(0.22 / 125) * 0.8);
  EXPECT_LT(errors.before, 0.1);
  EXPECT_GT(errors.after, errors.before);
}

TEST(ScoreDeciles, AreScoresOfTheState) {
  std::vector<LabelledScore> table;
  for (int i = 1; i <= 100; ++i) table.push_back({i / 100.0, 0, 3});
  EXPECT_THAT(score_deciles(state_of(table)), testing::ElementsAre(.1, .2, .3, .4, .5, .6, .7, .8, .9));
  EXPECT_THAT(score_deciles(state_of({{0.2, 0, 95}, {0.4, 1, 2}, {0.9, 3, 3}})), testing::ElementsAre(0.2));
  EXPECT_THAT(score_deciles(state_of({{0.2, 0, 95}})), testing::IsEmpty());
  EXPECT_THAT(score_deciles(ScoreState{}), testing::IsEmpty());
}

std::string written(const Calibrator& map) {
  ReferenceProfile profile;
  profile.performance.classes = {"0", "1"};
  profile.performance.calibrators = {map};
  ByteWriter out;
  write_performance(out, profile);
  return out.bytes();
}

Result<PerformanceProfile> read(const std::string& bytes) {
  ReferenceProfile profile;
  ByteReader in(bytes);
  LW_CHECK(read_performance(in, profile));
  return profile.performance;
}

TEST(CalibratorFile, KeepsEverything) {
  Calibrator map = isotonic(std::vector<LabelledScore>{{0.1, 1, 4}, {0.2, 0, 6}, {0.6, 2, 5}});
  map.error_before = 0.25;
  map.error_after = 0.125;
  map.deciles = {0.1, 0.2};
  const auto back = read(written(map));
  ASSERT_TRUE(back.ok()) << back.error().text();
  ASSERT_EQ(back.value().calibrators.size(), 1u);
  EXPECT_EQ(back.value().calibrators.front(), map);
}

TEST(CalibratorFile, RefusesWhatNoReferenceGives) {
  const Calibrator map = isotonic(std::vector<LabelledScore>{{0.1, 1, 4}, {0.6, 2, 5}});
  const auto refused = [](const Calibrator& broken) { return !read(written(broken)).ok(); };
  EXPECT_FALSE(refused(map));
  Calibrator broken = map;
  broken.weights[1] = 0;
  EXPECT_TRUE(refused(broken));
  broken = map;
  broken.probabilities = {0.5, 0.25};
  EXPECT_TRUE(refused(broken));
  broken = map;
  broken.scores[1] = broken.scores[0];
  EXPECT_TRUE(refused(broken));
  broken = map;
  broken.deciles = {0.5, 0.5};
  EXPECT_TRUE(refused(broken));
}

// Columns of a golden file as numbers.
std::vector<double> numbers(const std::string& file, const std::string& column) {
  const std::string path = std::string(LONGWATCH_SOURCE_FOLDER) + "/tests/golden/" + file;
  const auto source = Source::open(std::vector<std::string>{path}, "/");
  EXPECT_TRUE(source.ok()) << source.error().text();
  std::vector<double> out;
  for (const RowGroup& group : source.value()->row_groups()) {
    auto reader = source.value()->read(group, column, ReadAs::number);
    EXPECT_TRUE(reader.ok()) << reader.error().text();
    for (std::int64_t left = group.rows; left > 0;) {
      const auto view = reader.value()->next(left);
      EXPECT_TRUE(view.ok()) << view.error().text();
      const auto* values = static_cast<const double*>(view.value().values);
      out.insert(out.end(), values, values + view.value().length);
      left -= view.value().length;
    }
  }
  return out;
}

// A column of texts of a golden file.
std::vector<std::string> texts(const std::string& file, const std::string& column) {
  const std::string path = std::string(LONGWATCH_SOURCE_FOLDER) + "/tests/golden/" + file;
  const auto source = Source::open(std::vector<std::string>{path}, "/");
  EXPECT_TRUE(source.ok()) << source.error().text();
  std::vector<std::string> out;
  for (const RowGroup& group : source.value()->row_groups()) {
    auto reader = source.value()->read(group, column, ReadAs::category);
    EXPECT_TRUE(reader.ok()) << reader.error().text();
    for (std::int64_t left = group.rows; left > 0;) {
      const auto view = reader.value()->next(left);
      EXPECT_TRUE(view.ok()) << view.error().text();
      const auto* codes = static_cast<const std::uint32_t*>(view.value().values);
      for (std::int64_t i = 0; i < view.value().length; ++i) out.emplace_back(view.value().dictionary->texts[codes[i]]);
      left -= view.value().length;
    }
  }
  return out;
}

// By class: whether the map is used.
TEST(FitCalibrator, DecidesOnEachClassAsNannyml) {
  const std::string file = "data/synthetic_multiclass/reference.parquet";
  const std::vector<std::string> labels = texts(file, "y_true");
  for (const auto& [label, mapped] :
       {std::pair("highstreet_card", true), {"prepaid_card", false}, {"upmarket_card", true}}) {
    const std::vector<double> scores = numbers(file, std::string("y_pred_proba_") + label);
    ASSERT_EQ(scores.size(), labels.size());
    std::vector<LabelledScore> table;
    for (std::size_t i = 0; i < scores.size(); ++i) table.push_back({scores[i], labels[i] == label ? 1 : 0, 1});
    const Calibrator map = fit_calibrator(state_of(table));
    EXPECT_EQ(!map.scores.empty(), mapped) << label << ": " << map.error_before << ", mapped " << map.error_after;
  }
}

void expect_as_nannyml(const std::string& set, const std::string& score, const std::string& target) {
  const std::vector<double> scores = numbers("data/" + set + "/reference.parquet", score);
  const std::vector<double> labels = numbers("data/" + set + "/reference.parquet", target);
  std::vector<LabelledScore> table;
  for (std::size_t i = 0; i < scores.size(); ++i) table.push_back({scores[i], labels[i] == 1 ? 1 : 0, 1});
  const Calibrator map = fit_calibrator(state_of(table));
  EXPECT_LT(map.error_after, map.error_before) << set;
  expect_near(map.scores, numbers("expected/" + set + "/isotonic_knots.parquet", "x"), set + ", scores");
  expect_near(map.probabilities, numbers("expected/" + set + "/isotonic_knots.parquet", "y"), set + ", probabilities");
  const std::vector<double> at = numbers("expected/" + set + "/isotonic_rows.parquet", "score");
  const std::vector<double> calibrated = numbers("expected/" + set + "/isotonic_rows.parquet", "calibrated");
  ASSERT_GT(at.size(), 1000u);
  for (std::size_t i = 0; i < at.size(); ++i) EXPECT_NEAR(map.probability(at[i]), calibrated[i], 1e-12) << set;
}

TEST(FitCalibrator, GoldenKnotsAndRows) {
  expect_as_nannyml("synthetic_car_loan", "y_pred_proba", "repaid");
  expect_as_nannyml("us_census_ma_employment", "predicted_probability", "employed");
}

}  // namespace
}  // namespace longwatch
