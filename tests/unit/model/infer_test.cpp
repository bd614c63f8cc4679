// Inferred configurations: they parse, they resolve, and their guesses are the obvious ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/model/model.hpp"
#include "tests/support/memory_source.hpp"

namespace longwatch {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string inferred(const Source& source, const std::string& name = "m") {
  const auto yaml = infer_config(source, {"ref.parquet"}, {}, name);
  EXPECT_TRUE(yaml.ok()) << (yaml.ok() ? "" : yaml.error().text());
  return yaml.ok() ? yaml.value() : "";
}

// The model of the inferred configuration, which must parse and resolve.
ModelConfig model_of(const Source& source, const std::string& name = "m") {
  const std::string yaml = inferred(source, name);
  const auto fleet = parse_config(yaml, "inferred.yaml");
  EXPECT_TRUE(fleet.ok()) << (fleet.ok() ? "" : fleet.error().text()) << "\n" << yaml;
  if (!fleet.ok()) return {};
  EXPECT_EQ(fleet.value().models.size(), 1U);
  const auto plan = resolve_model(fleet.value().models[0], source);
  EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : plan.error().text()) << "\n" << yaml;
  return fleet.value().models[0];
}

TEST(Infer, BinaryClassifier) {
  const auto source =
      memory_source({time_column("timestamp", {0, 1, 2}), text_column("flight_id", {"a", "b", "c"}),
                     number_column("distance", {5, 6, 7}), text_column("carrier", {"UA", "AA", "UA"}),
                     number_column("late_score", {0.1, 0.9, {}}), integer_column("late_pred", {0, 1, 1}),
                     integer_column("target", {0, 1, {}}), number_column("delay_pred", {1.5, 2.5, 3})});
  const ModelConfig model = model_of(*source);
  EXPECT_EQ(model.task, Task::binary);
  EXPECT_EQ(model.timestamp, "timestamp");
  EXPECT_EQ(model.id, "flight_id");
  EXPECT_THAT(model.scores, ElementsAre("late_score"));
  EXPECT_EQ(model.prediction, "late_pred");
  EXPECT_EQ(model.target, "target");
  EXPECT_EQ(model.positive, "");
  EXPECT_THAT(model.exclude_features, ElementsAre("delay_pred"));
  EXPECT_EQ(model.chunk.kind, ChunkKind::period);
  EXPECT_THAT(inferred(*source), HasSubstr("# segments: [carrier]"));
}

TEST(Infer, LabelsThatAreWords) {
  const auto source = memory_source({number_column("y_pred_proba", {0.1, 0.9}), text_column("y_true", {"no", "yes"})});
  const ModelConfig model = model_of(*source);
  EXPECT_EQ(model.positive, "yes");
  EXPECT_EQ(model.cutoff, 0.5);
  EXPECT_EQ(model.chunk, (ChunkRule{ChunkKind::number, 10, PeriodUnit::day, "UTC", Incomplete::keep}));
}

TEST(Infer, Multiclass) {
  const auto source = memory_source({number_column("y_pred_proba_cat", {0.5, 0.5}),
                                     number_column("y_pred_proba_dog", {0.5, 0.5}), number_column("weight_kg", {4, 5}),
                                     text_column("y_pred", {"cat", "dog"}), text_column("label", {"cat", "cat"})});
  const ModelConfig model = model_of(*source);
  EXPECT_EQ(model.task, Task::multiclass);
  EXPECT_THAT(model.class_scores,
              ElementsAre(std::pair("cat", "y_pred_proba_cat"), std::pair("dog", "y_pred_proba_dog")));
  EXPECT_EQ(model.prediction, "y_pred");
  EXPECT_EQ(model.target, "label");
}

TEST(Infer, RegressionAndACreditScore) {
  const auto source = memory_source({number_column("credit_score", {700, 650}), number_column("prediction", {10.5, 11}),
                                     number_column("y", {10, 12}), text_column("date", {"2024-01-01", "2024-01-02"}),
                                     integer_column("customer_id", {7, 7})});
  const ModelConfig model = model_of(*source);
  EXPECT_EQ(model.task, Task::regression);
  EXPECT_THAT(model.scores, IsEmpty());
  EXPECT_EQ(model.timestamp, "date");
  EXPECT_EQ(model.id, "");  // repeated values identify no row
}

TEST(Infer, TargetAloneIsNoFeature) {
  const ModelConfig model = model_of(*memory_source({number_column("x", {1, 2}), number_column("target", {1, 2})}));
  EXPECT_EQ(model.task, Task::none);
  EXPECT_EQ(model.target, "");
  EXPECT_THAT(model.exclude_features, ElementsAre("target"));
}

TEST(Infer, OddNamesRowsAndTypes) {
  const auto source =
      memory_source({number_column("a b: \"c\"\n#${X}\\*", {1}),
                     other_column("nested", FileType::nested, "list<int32>", 1), number_column("bad\xFF", {1}),
                     number_column("\xC3\xA4_pred", {0.5}), text_column("yes", {"x"}), text_column("null", {"x"})});
  const ModelConfig model = model_of(*source, "a/b*\xFF");
  EXPECT_EQ(model.name, "a_b__xFF");
  EXPECT_EQ(model.prediction, "\xC3\xA4_pred");
  EXPECT_EQ(model_of(*memory_source({number_column("x", {1})}), "").name, "model");
}

TEST(Infer, EmptyTables) {
  EXPECT_EQ(model_of(*memory_source({number_column("x", {}), number_column("prediction", {}), time_column("ts", {})}))
                .timestamp,
            "ts");
  EXPECT_FALSE(infer_config(*memory_source({number_column("x", {1})}), {}, {}, "m").ok());
}

TEST(Infer, Paths) {
  const auto yaml = infer_config(*memory_source({number_column("x", {1})}), {"a b.parquet", "c.parquet"},
                                 {"data/2024-*.parquet"}, "m");
  ASSERT_TRUE(yaml.ok());
  const auto fleet = parse_config(yaml.value(), "f.yaml");
  ASSERT_TRUE(fleet.ok()) << fleet.error().text();
  EXPECT_THAT(fleet.value().models[0].reference, ElementsAre("a b.parquet", "c.parquet"));
  EXPECT_THAT(fleet.value().models[0].analysis, ElementsAre("data/2024-*.parquet"));
}

}  // namespace
}  // namespace longwatch
