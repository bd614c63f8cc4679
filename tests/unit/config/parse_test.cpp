// What a configuration means: keys, layers, chunks, thresholds, constraints, places.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "engine/config/config.hpp"

namespace longwatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

FleetConfig parsed(const std::string& yaml, const std::string& file = "fleet.yaml") {
  auto fleet = parse_config(yaml, file);
  EXPECT_TRUE(fleet.ok()) << (fleet.ok() ? "" : fleet.error().text()) << "\n" << yaml;
  return fleet.ok() ? fleet.value() : FleetConfig{};
}

// A model without a task, with `keys` (flow style) besides.
ModelConfig model_with(const std::string& keys) {
  const FleetConfig fleet = parsed("models: {m: {reference: r.parquet, timestamp: t, " + keys + "}}");
  return fleet.models.empty() ? ModelConfig{} : fleet.models[0];
}

const char* const kFlights = R"(    defaults:
      reference: data/flights/reference.parquet
      analysis: data/flights/analysis.parquet        # a path, glob, list or partitioned folder
      timestamp: timestamp
      id: flight_id
      chunk: 1w                                      # or {size: 50000}, {number: 20}
      segments: [carrier, origin, [carrier, origin]]
      features: {exclude: ["*_pred", "*score*", late, arr_delay, class]}   # columns with a role are never features
    models:
      late_15_minutes:
        task: binary
        score: late_score
        prediction: late_pred
        target: late
        thresholds: {roc_auc: {constant: {lower: 0.65}}, missing_rate: {standard_deviation: 3}}
        constraints: [{column: distance, in_range: [80, 5000]}]
      arrival_delay: {task: regression, prediction: arr_delay_pred, target: arr_delay}
)";

TEST(Parse, FlightsExample) {
  const FleetConfig fleet = parsed(kFlights, "examples/fleet.yaml");
  EXPECT_EQ(fleet.file, "examples/fleet.yaml");
  EXPECT_EQ(fleet.base_folder, "examples");
  ASSERT_THAT(fleet.models, SizeIs(2));
  const ModelConfig& late = fleet.models[0];
  EXPECT_EQ(late.name, "late_15_minutes");
  EXPECT_EQ(late.task, Task::binary);
  EXPECT_THAT(late.reference, ElementsAre("data/flights/reference.parquet"));
  EXPECT_THAT(late.analysis, ElementsAre("data/flights/analysis.parquet"));
  EXPECT_EQ(late.timestamp, "timestamp");
  EXPECT_EQ(late.id, "flight_id");
  EXPECT_EQ(late.chunk, (ChunkRule{ChunkKind::period, 1, PeriodUnit::week, "UTC", Incomplete::keep}));
  EXPECT_FALSE(late.reference_chunk);
  EXPECT_THAT(late.segments,
              ElementsAre(ElementsAre("carrier"), ElementsAre("origin"), ElementsAre("carrier", "origin")));
  EXPECT_FALSE(late.features);
  EXPECT_THAT(late.exclude_features, ElementsAre("*_pred", "*score*", "late", "arr_delay", "class"));
  EXPECT_THAT(late.scores, ElementsAre("late_score"));
  EXPECT_EQ(late.prediction, "late_pred");
  EXPECT_EQ(late.target, "late");
  ASSERT_THAT(late.thresholds, SizeIs(2));
  EXPECT_EQ(late.thresholds[0], (ThresholdEntry{"roc_auc", "", {ThresholdKind::constant, 0.65, std::nullopt}}));
  EXPECT_EQ(late.thresholds[1], (ThresholdEntry{"missing_rate", "", {ThresholdKind::standard_deviation, 3.0, 3.0}}));
  EXPECT_THAT(late.constraints, ElementsAre(Constraint{ConstraintKind::in_range, "distance", 80, 5000, {}}));
  const ModelConfig& delay = fleet.models[1];
  EXPECT_EQ(delay.task, Task::regression);
  EXPECT_EQ(delay.prediction, "arr_delay_pred");
  EXPECT_THAT(delay.constraints, IsEmpty());
  EXPECT_EQ(delay.timestamp, "timestamp");
}

TEST(Parse, PlacesOfTheFlightsExample) {
  const ModelConfig late = parsed(kFlights).models[0];
  const auto place = [&](const std::string& path) {
    const auto found = late.places.find(path);
    return found == late.places.end() ? "none"
                                      : found->second.file + ":" + std::to_string(found->second.line) + ":" +
                                            std::to_string(found->second.column_at);
  };
  EXPECT_EQ(place(""), "fleet.yaml:10:7");
  EXPECT_EQ(place("timestamp"), "fleet.yaml:4:18");
  EXPECT_EQ(place("reference[0]"), "fleet.yaml:2:18");
  EXPECT_EQ(place("segments[1]"), "fleet.yaml:7:27");
  EXPECT_EQ(place("score"), "fleet.yaml:12:16");
  EXPECT_EQ(place("thresholds.missing_rate"), "fleet.yaml:15:58");
  EXPECT_EQ(place("constraints[0].column"), "fleet.yaml:16:32");
}

TEST(Parse, MinimumIsAReference) {
  const FleetConfig fleet = parsed("models: {m: {reference: r.parquet}}");
  const ModelConfig& model = fleet.models.at(0);
  EXPECT_EQ(model.task, Task::none);
  EXPECT_EQ(model.chunk, (ChunkRule{}));
  EXPECT_EQ(model.max_segments, 1000);
  EXPECT_EQ(model.fit, FitScope::shared);
  EXPECT_EQ(model.quantiles, 1024);
  EXPECT_EQ(model.pca_variance, 0.65);
  EXPECT_EQ(model.pca_max_columns, 2000);
  EXPECT_THAT(model.analysis, IsEmpty());
  EXPECT_EQ(fleet.base_folder, "");
}

TEST(Parse, LayersDefaultsGlobsModel) {
  const FleetConfig fleet = parsed(R"(
defaults:
  reference: [a.parquet, b.parquet]
  chunk: {size: 10}
  quantiles: 100
  features: {include: [x, y], exclude: [z]}
  thresholds: {psi: none, "*": {standard_deviation: 3}}
models:
  fraud_b: {thresholds: {psi: {constant: {upper: 1}}}, features: {exclude: [w]}}
  "fraud_*": {quantiles: 200, chunk: {size: 20}, reference: c.parquet}
  fraud_a:
  "*_a": {quantiles: 300}
  other: {features: [q], chunk: null}
)");
  ASSERT_THAT(fleet.models, SizeIs(3));
  const ModelConfig& b = fleet.models[0];
  EXPECT_EQ(b.name, "fraud_b");
  EXPECT_THAT(b.reference, ElementsAre("c.parquet"));
  EXPECT_EQ(b.quantiles, 200);
  EXPECT_EQ(b.chunk.count, 20);
  EXPECT_THAT(*b.features, ElementsAre("x", "y"));
  EXPECT_THAT(b.exclude_features, ElementsAre("w"));
  ASSERT_THAT(b.thresholds, SizeIs(2));
  EXPECT_EQ(b.thresholds[0].metric, "*");
  EXPECT_EQ(b.thresholds[1], (ThresholdEntry{"psi", "", {ThresholdKind::constant, std::nullopt, 1.0}}));
  const ModelConfig& a = fleet.models[1];
  EXPECT_EQ(a.name, "fraud_a");
  EXPECT_EQ(a.quantiles, 300);
  EXPECT_EQ(a.chunk.count, 20);
  const ModelConfig& other = fleet.models[2];
  EXPECT_EQ(other.quantiles, 100);
  EXPECT_THAT(*other.features, ElementsAre("q"));
  EXPECT_THAT(other.exclude_features, IsEmpty());
  EXPECT_EQ(other.chunk, (ChunkRule{}));
  EXPECT_THAT(other.reference, ElementsAre("a.parquet", "b.parquet"));
}

TEST(Parse, Chunks) {
  const auto chunk = [](const std::string& text) { return model_with("chunk: " + text).chunk; };
  const auto period = [](std::int64_t count, PeriodUnit unit) {
    return ChunkRule{ChunkKind::period, count, unit, "UTC", Incomplete::keep};
  };
  EXPECT_EQ(chunk("1w"), period(1, PeriodUnit::week));
  EXPECT_EQ(chunk("2d"), period(2, PeriodUnit::day));
  EXPECT_EQ(chunk("12h"), period(12, PeriodUnit::hour));
  EXPECT_EQ(chunk("1M"), period(1, PeriodUnit::month));
  EXPECT_EQ(chunk("1q"), period(1, PeriodUnit::quarter));
  EXPECT_EQ(chunk("1y"), period(1, PeriodUnit::year));
  EXPECT_EQ(chunk("1Y"), period(1, PeriodUnit::year));
  EXPECT_EQ(chunk("1Q"), period(1, PeriodUnit::quarter));
  EXPECT_EQ(chunk("1D"), period(1, PeriodUnit::day));
  EXPECT_EQ(chunk("W"), period(1, PeriodUnit::week));
  EXPECT_EQ(chunk("{size: 5e4, incomplete: drop}"),
            (ChunkRule{ChunkKind::size, 50000, PeriodUnit::day, "UTC", Incomplete::drop}));
  EXPECT_EQ(chunk("{number: 20}"), (ChunkRule{ChunkKind::number, 20, PeriodUnit::day, "UTC", Incomplete::keep}));
  EXPECT_EQ(chunk("{period: 1w, time_zone: Europe/Berlin}"),
            (ChunkRule{ChunkKind::period, 1, PeriodUnit::week, "Europe/Berlin", Incomplete::keep}));
  EXPECT_EQ(*model_with("reference_chunk: 1d").reference_chunk, period(1, PeriodUnit::day));
}

TEST(Parse, Thresholds) {
  const ModelConfig model = model_with(
      "thresholds: {psi: none, 'js@age': {standard_deviation: {lower: 2, upper: null}}, "
      "'*@x@y': {quantile: {lower: 0.05, upper: 0.95}}, mean: {constant: {lower: -1, upper: -1}}}");
  ASSERT_THAT(model.thresholds, SizeIs(4));
  EXPECT_EQ(model.thresholds[0], (ThresholdEntry{"psi", "", {ThresholdKind::constant, std::nullopt, std::nullopt}}));
  EXPECT_EQ(model.thresholds[1], (ThresholdEntry{"js", "age", {ThresholdKind::standard_deviation, 2.0, std::nullopt}}));
  EXPECT_EQ(model.thresholds[2], (ThresholdEntry{"*", "x@y", {ThresholdKind::quantile, 0.05, 0.95}}));
  EXPECT_EQ(model.thresholds[3], (ThresholdEntry{"mean", "", {ThresholdKind::constant, -1.0, -1.0}}));
  EXPECT_TRUE(model.places.contains("thresholds.js@age"));
}

TEST(Parse, NullThresholds) {
  const ModelConfig model = model_with(
      "thresholds: {psi: {null: 0.001}, js: {\"null\": {rate: 0.05, minimum_effect: 0.02}}, mean: {null: "
      "{minimum_effect: 0}}}");
  ASSERT_THAT(model.thresholds, SizeIs(3));
  ThresholdRule rule{ThresholdKind::null, std::nullopt, std::nullopt, 0.001, std::nullopt};
  EXPECT_EQ(model.thresholds[0].rule, rule);
  rule.rate = 0.05;
  rule.minimum_effect = 0.02;
  EXPECT_EQ(model.thresholds[1].rule, rule);
  rule.rate = 0.01;
  rule.minimum_effect = 0;
  EXPECT_EQ(model.thresholds[2].rule, rule);
}

TEST(Parse, Minimum) {
  EXPECT_EQ(model_with("quantiles: 64").minimum_rows, 30);
  EXPECT_EQ(model_with("quantiles: 64").minimum_events, 10);
  const ModelConfig model = model_with("minimum: {rows: 100}");
  EXPECT_EQ(model.minimum_rows, 100);
  EXPECT_EQ(model.minimum_events, 10);
}

TEST(Parse, Constraints) {
  const ModelConfig model = model_with(
      "constraints: [{column: [a, b], not_null: true, max_null_rate: 0.05}, {column: c, in_set: [1.0, true, \"1.0\", "
      "x]}, "
      "{column: d, in_range: [null, 5]}, {column: e, in_range: [-0.5, ~]}]");
  EXPECT_THAT(model.constraints, ElementsAre(Constraint{ConstraintKind::not_null, "a", 0, 0, {}},
                                             Constraint{ConstraintKind::max_null_rate, "a", 0, 0.05, {}},
                                             Constraint{ConstraintKind::not_null, "b", 0, 0, {}},
                                             Constraint{ConstraintKind::max_null_rate, "b", 0, 0.05, {}},
                                             Constraint{ConstraintKind::in_set, "c", 0, 0, {"1", "true", "1.0", "x"}},
                                             Constraint{ConstraintKind::in_range, "d", -kInfinity, 5, {}},
                                             Constraint{ConstraintKind::in_range, "e", -0.5, kInfinity, {}}));
  ASSERT_TRUE(model.places.contains("constraints[3].column"));
  EXPECT_EQ(model.places.at("constraints[0].column").column_at + 3, model.places.at("constraints[2].column").column_at);
}

TEST(Parse, ScoresAndLabels) {
  const FleetConfig fleet = parsed(
      "models:\n  m: {reference: r, task: multiclass, score: {1.0: p1, true: p2, b: p3}}\n  n: {reference: r, task: "
      "multiclass, score: [a, b]}\n"
      "  o: {reference: r, task: binary, score: s, positive: 1.0, cutoff: 0.25}\n  p: {reference: r, task: binary, "
      "score: s, positive: True}\n");
  EXPECT_THAT(fleet.models[0].class_scores,
              ElementsAre(std::pair("1", "p1"), std::pair("b", "p3"), std::pair("true", "p2")));
  EXPECT_EQ(fleet.models[0].places.at("score.b").line, 2);
  EXPECT_THAT(fleet.models[1].scores, ElementsAre("a", "b"));
  EXPECT_EQ(fleet.models[2].positive, "1");
  EXPECT_EQ(fleet.models[2].cutoff, 0.25);
  EXPECT_EQ(fleet.models[3].positive, "true");
}

TEST(Parse, FeaturesAndTreatAs) {
  const ModelConfig model = model_with(
      "features: {include: [b, a]}, treat_as: {hour: categorical, 'x_*': continuous}, segments: [], pca: {variance: "
      "0.9}");
  EXPECT_THAT(*model.features, ElementsAre("b", "a"));
  EXPECT_TRUE(model.places.contains("features[1]"));
  EXPECT_THAT(model.treat_as_categorical, ElementsAre("hour"));
  EXPECT_THAT(model.treat_as_continuous, ElementsAre("x_*"));
  EXPECT_TRUE(model.places.contains("treat_as.x_*"));
  EXPECT_THAT(model.segments, IsEmpty());
  EXPECT_EQ(model.pca_variance, 0.9);
  EXPECT_EQ(model.pca_max_columns, 2000);
}

TEST(Parse, Filter) {
  const ModelConfig model = model_with(
      "filter: [{column: a, at_least: 0, less_than: '10'}, {column: b, in: [x, '']}, {column: c, missing: false}]");
  ASSERT_EQ(model.filter.size(), 4U);
  EXPECT_EQ(model.filter[0], (FilterCondition{"a", FilterOperator::at_least, {{"0", false}}, "filter[0]"}));
  EXPECT_EQ(model.filter[1], (FilterCondition{"a", FilterOperator::less_than, {{"10", true}}, "filter[0]"}));
  EXPECT_EQ(model.filter[2], (FilterCondition{"b", FilterOperator::in, {{"x", false}, {"", true}}, "filter[1]"}));
  EXPECT_EQ(model.filter[3], (FilterCondition{"c", FilterOperator::not_missing, {}, "filter[2]"}));
  EXPECT_TRUE(model.places.contains("filter[1].in[1]"));
  EXPECT_TRUE(model.places.contains("filter[2].column"));
}

TEST(Canonical, TheOrderOfConditionsDoesNotCount) {
  const auto text = [](const std::string& filter) { return canonical_text(model_with("filter: " + filter)); };
  const std::string expected = text("[{column: a, at_least: 1}, {column: b, in: [x, y]}]");
  EXPECT_EQ(text("[{column: b, in: [y, x]}, {column: a, at_least: 1}]"), expected);
  EXPECT_NE(text("[{column: b, in: [x, y]}, {column: a, greater_than: 1}]"), expected);
  EXPECT_NE(text("[{column: b, not_in: [x, y]}, {column: a, at_least: 1}]"), expected);
}

TEST(Load, ReadsAFileAndNamesWhatItCannot) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "longwatch_load";
  std::filesystem::create_directories(folder);
  const std::string file = folder / "fleet.yaml";
  std::ofstream(file) << kFlights;
  const auto fleet = load_config(file);
  ASSERT_TRUE(fleet.ok()) << fleet.error().text();
  EXPECT_EQ(fleet.value().base_folder, folder.string());
  EXPECT_EQ(fleet.value().models.size(), 2U);
  EXPECT_THAT(load_config(folder).error().text(), testing::HasSubstr("a folder"));
  EXPECT_THAT(load_config(folder / "none.yaml").error().text(),
              testing::HasSubstr("none.yaml: the configuration file cannot be opened"));
  std::ofstream(file) << std::string((1U << 20U) + 1, '#');
  EXPECT_THAT(load_config(file).error().text(), testing::HasSubstr("larger than 1 MiB"));
  std::filesystem::remove_all(folder);
}

TEST(Canonical, ChangesWithWhatChangesResultsOnly) {
  const std::string base = "reference: r.parquet, timestamp: t, features: [a, b], chunk: 1w";
  const auto text = [](const std::string& keys, const std::string& name = "m") {
    return canonical_text(parsed("models: {" + name + ": {" + keys + "}}").models.at(0));
  };
  const std::string expected = text(base);
  EXPECT_EQ(text("chunk: 1w, features: [b, a], timestamp: t, reference: elsewhere.parquet, analysis: x, version: 7"),
            expected);
  EXPECT_EQ(text(base, "other_name"), expected);
  EXPECT_EQ(text(base + ", time_zone: UTC, reference_chunk: 7d", "m") == expected, false);
  EXPECT_EQ(text(base + ", time_zone: UTC, reference_chunk: 1w"), expected);
  for (const char* change :
       {"id: i", "task: binary, score: s", "task: binary, prediction: s", "segments: [s]", "max_segments: 9",
        "fit: per_segment", "metrics: [psi]", "pca: {variance: 0.5}", "pca: {max_columns: 5}", "quantiles: 99",
        "thresholds: {psi: none}", "constraints: [{column: a, not_null: true}]", "filter: [{column: a, at_least: 1}]",
        "treat_as: {a: categorical}", "time_zone: Europe/Berlin", "reference_chunk: {size: 5}"}) {
    EXPECT_NE(text(base + ", " + change), expected) << change;
  }
  EXPECT_NE(text("reference: r.parquet, timestamp: t, chunk: 1w, features: [\"a\\\",\\\"b\"]"), expected);
}

}  // namespace
}  // namespace longwatch
