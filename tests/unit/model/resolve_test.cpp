// Which columns a model uses, as what, and what is refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/model/model.hpp"
#include "tests/support/memory_source.hpp"

namespace longwatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A table with a column of every type.
std::shared_ptr<test::MemorySource> table() {
  using namespace test;
  return memory_source(
      {time_column("at", {0, 1}), integer_column("row", {1, 2}), number_column("x", {1.5, {}}),
       integer_column("hour", {1, 2}), text_column("carrier", {"UA", "AA"}), boolean_column("weekend", {0, 1}),
       date_column("due", {0, 86400000000}), other_column("tags", FileType::nested, "list<string>", 2),
       other_column("raw", FileType::binary, "binary", 2), other_column("clock", FileType::time, "time64[us]", 2),
       number_column("twin", {1, 2}), number_column("twin", {1, 2}), number_column("score", {0.1, 0.9}),
       integer_column("pred", {0, 1}), number_column("y", {0, 1}), text_column("word", {"a", "b"})});
}

ModelConfig config(const std::string& keys) {
  const auto fleet = parse_config("models: {m: {reference: r, " + keys + "}}", "f.yaml");
  EXPECT_TRUE(fleet.ok()) << (fleet.ok() ? "" : fleet.error().text());
  return fleet.ok() ? fleet.value().models[0] : ModelConfig{};
}

std::vector<std::string> columns_of(const std::string& keys) {
  const auto plan = resolve_model(config(keys), *table());
  if (!plan.ok()) return {plan.error().text()};
  std::vector<std::string> out;
  for (const ModelColumn& column : plan.value().columns)
    out.push_back(column.name + " " + role_name(column.role) + " " + kind_name(column.kind));
  return out;
}

std::string error_of(const std::string& keys) {
  const auto plan = resolve_model(config(keys), *table());
  if (plan.ok()) return "no error";
  EXPECT_EQ(plan.error().code, ErrorCode::configuration);
  EXPECT_EQ(plan.error().where.model, "m");
  return plan.error().text();
}

const std::string kBinary = "task: binary, score: score, prediction: pred, target: y, timestamp: at, id: row";

TEST(Resolve, EveryColumnWithoutARoleIsAFeature) {
  EXPECT_THAT(columns_of(kBinary),
              ElementsAre("carrier feature categorical", "due feature continuous", "hour feature continuous",
                          "weekend feature categorical", "word feature categorical", "x feature continuous",
                          "score score continuous", "pred prediction categorical", "y target categorical"));
}

TEST(Resolve, RegressionsHaveContinuousOutputs) {
  EXPECT_THAT(columns_of("task: regression, prediction: score, target: y, features: [x]"),
              ElementsAre("x feature continuous", "score prediction continuous", "y target continuous"));
}

TEST(Resolve, FeaturesComeInTheOrderOfTheirNames) {
  EXPECT_THAT(columns_of("features: [word, x, hour]"),
              ElementsAre("hour feature continuous", "word feature categorical", "x feature continuous"));
  EXPECT_THAT(columns_of("features: {include: [word, x, hour], exclude: ['w*']}"),
              ElementsAre("hour feature continuous", "x feature continuous"));
}

TEST(Resolve, SegmentColumnsStayFeaturesUnlessExcluded) {
  EXPECT_THAT(columns_of("segments: [carrier], features: [carrier, x]"),
              ElementsAre("carrier feature categorical", "x feature continuous"));
  EXPECT_THAT(columns_of("segments: [carrier], features: {include: [carrier, x], exclude: [carrier]}"),
              ElementsAre("x feature continuous"));
}

TEST(Resolve, TreatAsNamesWinOverGlobs) {
  EXPECT_THAT(columns_of("features: [hour, weekend, x], treat_as: {hour: categorical, weekend: continuous}"),
              ElementsAre("hour feature categorical", "weekend feature continuous", "x feature continuous"));
  EXPECT_THAT(columns_of("features: [hour, x], treat_as: {'*': categorical, x: continuous}"),
              ElementsAre("hour feature categorical", "x feature continuous"));
  EXPECT_THAT(error_of("features: [hour], treat_as: {'h*': categorical, '*r': continuous}"),
              HasSubstr("'hour' matches both '*r' and 'h*'"));
}

TEST(Resolve, ScoresOfClasses) {
  EXPECT_THAT(columns_of("task: multiclass, score: {b: score, a: x}, features: [hour]"),
              ElementsAre("hour feature continuous", "x score continuous", "score score continuous"));
}

TEST(Resolve, KeepsTypesAndTheConfiguration) {
  const auto plan = resolve_model(config("features: [hour, x, weekend]"), *table());
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan.value().config.name, "m");
  EXPECT_EQ(plan.value().columns[0].file_type, "int64");
  EXPECT_TRUE(plan.value().columns[0].integer);
  EXPECT_TRUE(plan.value().columns[1].integer);
  EXPECT_EQ(plan.value().columns[2].file_type, "double");
  EXPECT_FALSE(plan.value().columns[2].integer);
}

TEST(Resolve, MissingColumnsAreNamedWithTheirPlaceAndTheNearest) {
  EXPECT_THAT(error_of("task: binary, score: scor"),
              HasSubstr("f.yaml:1:49: the reference has no column 'scor' (did you mean 'score'?)"));
  EXPECT_THAT(error_of("timestamp: nowhere_to_be_found"),
              HasSubstr("the reference has no column 'nowhere_to_be_found' (known: at, row"));
  for (const char* keys :
       {"id: q_q", "features: [x, q_q]", "segments: [[carrier, q_q]]", "treat_as: {q_q: categorical}",
        "task: binary, prediction: pred, target: q_q", "constraints: [{column: q_q, not_null: true}]",
        "thresholds: {'psi@q_q': none}", "task: multiclass, score: {a: score, b: q_q}"}) {
    EXPECT_THAT(error_of(keys), HasSubstr("the reference has no column 'q_q'")) << keys;
    EXPECT_THAT(error_of(keys), HasSubstr("f.yaml:1:")) << keys;
  }
  EXPECT_THAT(columns_of("features: {include: [x], exclude: [q_q, 'q_*']}, treat_as: {'q_*': categorical}"),
              ElementsAre("x feature continuous"));
}

TEST(Resolve, RolesDoNotOverlap) {
  EXPECT_THAT(error_of("task: binary, prediction: y, target: y"),
              HasSubstr("column 'y' is both prediction and target"));
  EXPECT_THAT(error_of("timestamp: at, id: at"), HasSubstr("column 'at' is both timestamp and id"));
  EXPECT_THAT(error_of("id: row, features: [x, row]"), HasSubstr("column 'row' is both id and feature"));
  EXPECT_THAT(error_of("task: multiclass, score: {a: x, b: x}"), HasSubstr("column 'x' is both score and score"));
}

TEST(Resolve, RefusesWhatCannotBeUsed) {
  EXPECT_THAT(error_of("features: [tags]"), HasSubstr("column 'tags' is of type list<string>, which cannot be used"));
  EXPECT_THAT(error_of("features: [clock]"), HasSubstr("time64[us]"));
  EXPECT_THAT(error_of("features: [twin]"), HasSubstr("the reference has 2 columns named 'twin'"));
  EXPECT_THAT(error_of("timestamp: weekend"), HasSubstr("column 'weekend' is of type bool, which is no time"));
  EXPECT_THAT(error_of("treat_as: {carrier: continuous}"),
              HasSubstr("'carrier' holds text (string) and cannot be continuous"));
  EXPECT_THAT(error_of("task: binary, score: carrier"),
              HasSubstr("the score 'carrier' holds text (string) where numbers are needed"));
  EXPECT_THAT(error_of("task: regression, prediction: score, target: word"), HasSubstr("the target 'word' holds text"));
  EXPECT_THAT(error_of("constraints: [{column: carrier, in_range: [1, 2]}]"), HasSubstr("has no range (use in_set)"));
  EXPECT_THAT(error_of("features: [x], constraints: [{column: hour, not_null: true}]"),
              HasSubstr("'hour' is no feature, score, prediction or target"));
  EXPECT_THAT(error_of("features: {exclude: ['*']}"), HasSubstr("no column that could be a feature"));
}

TEST(Resolve, ATargetNeedsATask) {
  ModelConfig model;  // as a caller without YAML may fill it
  model.name = "m";
  model.target = "y";
  const auto plan = resolve_model(model, *table());
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().text(), HasSubstr("model 'm': there is a score, prediction or target but no task"));
}

}  // namespace
}  // namespace longwatch
