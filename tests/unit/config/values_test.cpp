// Costs and the user's own metrics, as they are written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/config/config.hpp"
#include "engine/config/totals.hpp"

namespace longwatch {
namespace {

using testing::HasSubstr;

std::string binary(const std::string& keys) {
  return "models:\n  m:\n    reference: r\n    task: binary\n    score: s\n    " + keys + "\n";
}
std::string multiclass(const std::string& keys) {
  return "models:\n  m:\n    reference: r\n    task: multiclass\n    score: {a: sa, b-c: sb}\n    " + keys + "\n";
}

ModelConfig model_of(const std::string& yaml) {
  auto fleet = parse_config(yaml, "f.yaml");
  EXPECT_TRUE(fleet.ok()) << (fleet.ok() ? "" : fleet.error().text());
  return fleet.ok() ? fleet.value().models.front() : ModelConfig{};
}

std::string error_of(const std::string& yaml) {
  const auto fleet = parse_config(yaml, "f.yaml");
  return fleet.ok() ? "no error" : fleet.error().text();
}

TEST(Values, BinaryCosts) {
  const ModelConfig model = model_of(binary("costs: {true_positive: 120, false_positive: -15, false_negative: -3e2}"));
  EXPECT_EQ(model.costs, (OutcomeValues{120, -15, -300, 0}));
  EXPECT_FALSE(model_of(binary("cutoff: 0.5")).costs);
}

TEST(Values, MulticlassCosts) {
  const ModelConfig model = model_of(multiclass("costs: {a: {a: 0, b-c: -5}, 1.0: {a: 2}}"));
  EXPECT_EQ(model.class_costs.at("a").at("b-c"), -5);
  EXPECT_EQ(model.class_costs.at("1").at("a"), 2);
}

TEST(Values, CustomMetricsMergeKeyByKey) {
  const ModelConfig model = model_of(
      "defaults: {task: binary, score: s, reference: r, custom_metrics: {a: tp, b: fp}}\n"
      "models: {m: {custom_metrics: {b: tn / rows, c: fn}}}\n");
  EXPECT_EQ(model.custom_metrics, (std::vector<CustomMetric>{{"a", "tp"}, {"b", "tn / rows"}, {"c", "fn"}}));
}

TEST(Values, WhatIntervalsResample) {
  const auto rule = [](const std::string& keys) { return model_of(binary("timestamp: t\n    " + keys)).intervals; };
  EXPECT_EQ(rule("cutoff: 0.5").resample, ResampleUnit::rows);
  EXPECT_EQ(rule("intervals: {resample: rows}"), IntervalRule());
  EXPECT_EQ(rule("intervals: {resample: day}").resample, ResampleUnit::day);
  EXPECT_EQ(rule("intervals: {resample: day}").block_column, "");
  EXPECT_EQ(rule("intervals: {resample: customer}").resample, ResampleUnit::column);
  EXPECT_EQ(rule("intervals: {resample: customer, seed: 7}").block_column, "customer");
  EXPECT_EQ(error_of(binary("intervals: {resample: day}")),
            "f.yaml:6:27: model 'm': days need a 'timestamp' (name its column, or a column of blocks)");
  for (const char* wrong : {"[day]", "{column: day}", "\"\""}) {
    EXPECT_THAT(error_of(binary(std::string("intervals: {resample: ") + wrong + "}")),
                HasSubstr("'intervals.resample' must"))
        << wrong;
  }
  // A profile keeps its states by block, so it is another fit; rows change nothing.
  const auto text = [](const std::string& keys) {
    return canonical_text(model_of(binary("timestamp: t\n    " + keys)));
  };
  EXPECT_EQ(text("intervals: {resample: rows}"), text("intervals: {seed: 1}"));
  EXPECT_NE(text("intervals: {resample: day}"), text("intervals: {resample: rows}"));
  EXPECT_NE(text("intervals: {resample: a}"), text("intervals: {resample: b}"));
}

TEST(Values, TotalsOfMulticlassModels) {
  EXPECT_EQ(pair_total("b-c", "1.5"), "true_b_c_pred_1_5");
  const ModelConfig model = model_of(multiclass("custom_metrics: {own: \"true_a_pred_b_c / rows + correct\"}"));
  EXPECT_EQ(model.custom_metrics.front().name, "own");
  EXPECT_THAT(error_of(multiclass("custom_metrics: {own: true_a_pred_bc}")), HasSubstr("true_a_pred_b_c"));
}

TEST(Values, WhatChangesResultsChangesTheCanonicalText) {
  const std::string plain = canonical_text(model_of(binary("cutoff: 0.5")));
  const std::string costs = canonical_text(model_of(binary("cutoff: 0.5\n    costs: {true_positive: 1}")));
  const std::string other = canonical_text(model_of(binary("cutoff: 0.5\n    costs: {true_positive: 2}")));
  const std::string own = canonical_text(model_of(binary("cutoff: 0.5\n    custom_metrics: {a: tp}")));
  EXPECT_TRUE(plain != costs && costs != other && plain != own);
  EXPECT_EQ(plain.find("cost"), std::string::npos);  // so that profiles fitted before still fit
}

TEST(Values, MistakesSayWhereAndWhat) {
  EXPECT_THAT(error_of(binary("costs: {true_positve: 1}")), HasSubstr("f.yaml:6:13: unknown key 'true_positve'"));
  EXPECT_THAT(error_of(binary("costs: {true_positve: 1}")), HasSubstr("did you mean 'true_positive'?"));
  EXPECT_THAT(error_of(binary("costs: {true_positive: much}")), HasSubstr("must be a number"));
  EXPECT_THAT(error_of(binary("costs: {a: {a: 1}}")), HasSubstr("are for multiclass models"));
  EXPECT_THAT(error_of(multiclass("costs: {true_positive: 1}")), HasSubstr("are for binary models"));
  EXPECT_THAT(error_of(multiclass("costs: {a: {1: 2, 1.0: 3}}")), HasSubstr("has two values"));
  EXPECT_THAT(error_of(multiclass("costs: {a: {a: x}}")), HasSubstr("f.yaml:6:20: "));
  EXPECT_THAT(error_of("models: {m: {reference: r, custom_metrics: {a: tp}}}"), HasSubstr("needs a task"));
  EXPECT_THAT(error_of(binary("custom_metrics: {Profit: tp}")), HasSubstr("'Profit' is no name of a metric"));
  EXPECT_THAT(error_of(binary("custom_metrics: {a: tpp / rows}")), HasSubstr("f.yaml:6:25: "));
  EXPECT_THAT(error_of(binary("custom_metrics: {a: tpp / rows}")), HasSubstr("there is no total 'tpp'"));
  EXPECT_THAT(error_of(binary("custom_metrics: {a: row}")), HasSubstr("did you mean 'rows'?"));
  EXPECT_THAT(error_of(binary("custom_metrics: {a: sum_error}")), HasSubstr("there is no total 'sum_error'"));
  EXPECT_THAT(error_of(binary("custom_metrics: {a: tp = 3}")), HasSubstr("f.yaml:6:25: model 'm': the metric 'a': "));
}

}  // namespace
}  // namespace longwatch
