// Every mistake is told with its file, line, character, what was expected and the nearest known name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "engine/config/config.hpp"

namespace longwatch {
namespace {

using testing::HasSubstr;

std::string error_of(const std::string& yaml) {
  const auto fleet = parse_config(yaml, "f.yaml");
  if (fleet.ok()) return "no error";
  EXPECT_EQ(fleet.error().code, ErrorCode::configuration);
  EXPECT_FALSE(fleet.error().what.ends_with("."));
  return fleet.error().text();
}

struct Case {
  const char* yaml;
  const char* expected;
};

class Errors : public testing::TestWithParam<Case> {};

TEST_P(Errors, SaysWhereAndWhat) {
  EXPECT_THAT(error_of(GetParam().yaml), HasSubstr(GetParam().expected)) << GetParam().yaml;
}

INSTANTIATE_TEST_SUITE_P(
    Structure, Errors,
    testing::Values(
        Case{"", "f.yaml:"}, Case{"# only a comment\n", "the configuration is empty"},
        Case{"- a\n", "f.yaml:1:1: a configuration must be a map"},
        Case{"defaults: {reference: r}\n", "there is no 'models'"},
        Case{"models: {}\n", "f.yaml:1:9: 'models' must be a map of model names to keys, not an empty map"},
        Case{"models: [a]\n", "f.yaml:1:9: 'models' must be a map of model names to keys, not a list"},
        Case{"model: {}\n", "f.yaml:1:1: unknown key 'model' (did you mean 'models'?)"},
        Case{"models: {m: {reference: r}}\ntimestamp: t\n",
             "f.yaml:2:1: 'timestamp' is a key of models (move it below"},
        Case{"models:\n  m: {reference: r}\n  m: {reference: s}\n",
             "f.yaml:3:3: the key 'm' is written twice (first on line 2)"},
        Case{"models:\n  m:\n    reference: r\n    id: a\n    id: b\n",
             "f.yaml:5:5: the key 'id' is written twice (first on line 4)"},
        Case{"models:\n  m: {reference: r, tagret: y}\n",
             "f.yaml:2:21: unknown key 'tagret' in 'models.m' (did you mean 'target'?)"},
        Case{"defaults: {tagret: y}\nmodels: {m: {reference: r}}\n",
             "f.yaml:1:12: unknown key 'tagret' in 'defaults' (did you mean 'target'?)"},
        Case{"models: {m: {reference: r}, 'x_*': {quantiles: 99}}\n", "f.yaml:1:29: no model's name matches 'x_*'"},
        Case{"models: {m: {reference: r}, 'm*': {quantiles: x}}\n", "f.yaml:1:47: 'quantiles' must be a whole number"},
        Case{"defaults: {quantiles: []}\nmodels: {m: {reference: r, quantiles: 99}}\n",
             "f.yaml:1:23: 'quantiles' must be a whole number from 16 to 65536, not an empty list"},
        Case{"models: {a/b: {reference: r}}\n", "f.yaml:1:10: 'a/b' is no model name"},
        Case{"models: {..: {reference: r}}\n", "'..' is no model name"},
        Case{"models: {m: 5}\n", "f.yaml:1:13: 'models.m' must be a map of keys, not '5'"},
        Case{"models: {m: {reference: r, weight: w}}\n", "f.yaml:1:28: Longwatch does not support row weights"},
        Case{"models: {m: {reference: r, sample_weight: w}}\n", "Longwatch does not support row weights"}));

INSTANTIATE_TEST_SUITE_P(
    Yaml, Errors,
    testing::Values(Case{"models: {m: {reference: r}\n", "not valid YAML"}, Case{"models:\n\tm: {}\n", "f.yaml:2:"},
                    Case{"models: {m: {reference: 'r}}\n", "not valid YAML"},
                    Case{"models: {m: *nowhere}\n", "f.yaml:1:"},
                    Case{"models: {m: &a [*a]}\n", "f.yaml:1:17: an alias may not stand inside its own anchor"},
                    Case{"models: {? [a] : b}\n", "a key must be text"},
                    Case{"models: {'': {}}\n", "a key must be text and not empty"},
                    Case{"models: {m: {reference: r}}\n---\nmodels: {}\n", "a second document"},
                    Case{"models: {m: {reference: r, \xC3\xA4: \xFF}}\n", "f.yaml:1:31: the file is not UTF-8 text"},
                    Case{"models: {m: {reference: r}}\n\x04junk: {\n", "f.yaml:2:1: a control character"},
                    Case{"models: {\xC3\xA4\xC3\xB6: {reference: r, idd: 1}}\n", "f.yaml:1:29: unknown key 'idd'"},
                    Case{"models: {m: {<<: 5}}\n", "f.yaml:1:18: '<<' merges a map"}));

INSTANTIATE_TEST_SUITE_P(
    Values, Errors,
    testing::Values(
        Case{"models: {m: {reference: }}\n", "'reference' has no value"},
        Case{"models: {m: {reference: ''}}\n",
             "f.yaml:1:25: 'reference' must be a path, glob or folder, or a list of them, not an empty text"},
        Case{"models: {m: {reference: []}}\n", "not an empty list"},
        Case{"models: {m: {reference: [r, '']}}\n", "f.yaml:1:29: 'reference[1]' must be a text, not an empty text"},
        Case{"models: {m: {reference: [r, r]}}\n", "f.yaml:1:29: 'r' stands twice in 'reference'"},
        Case{"models: {m: {reference: {a: b}}}\n", "'reference' must be a path, glob or folder, or a list of them, not a map"},
        Case{"models: {m: {reference: r, task: binery}}\n",
             "f.yaml:1:34: 'task' must be binary, multiclass or regression, not 'binery' (did you mean 'binary'?)"},
        Case{"models: {m: {reference: r, timestamp: [a]}}\n", "'timestamp' must be a column name, not a list"},
        Case{"models: {m: {reference: r, fit: apart}}\n", "'fit' must be shared or per_segment, not 'apart'"},
        Case{"models: {m: {reference: r, fit: [shared]}}\n", "'fit' must be shared or per_segment, not a list"},
        Case{"models: {m: {reference: r, quantiles: 15}}\n", "'quantiles' must be at least 16, not 15"},
        Case{"models: {m: {reference: r, quantiles: 1e9}}\n", "'quantiles' must be at most 65536, not 1e9"},
        Case{"models: {m: {reference: r, quantiles: 16.5}}\n", "'quantiles' must be a whole number, not 16.5"},
        Case{"models: {m: {reference: r, quantiles: '64'}}\n", "not the text '64'"},
        Case{"models: {m: {reference: r, quantiles: .nan}}\n",
             "'quantiles' must be a whole number from 16 to 65536, not '.nan'"},
        Case{"models: {m: {reference: r, quantiles: 1e999}}\n", "'quantiles' must be"},
        Case{"models: {m: {reference: r, pca: {variance: 1}}}\n",
             "'pca.variance' must be a number between 0 and 1, not '1'"},
        Case{"models: {m: {reference: r, pca: {varianse: 1}}}\n",
             "f.yaml:1:34: unknown key 'varianse' in 'pca' (did you mean 'variance'?)"},
        Case{"models: {m: {reference: r, treat_as: {a: number}}}\n",
             "f.yaml:1:42: 'treat_as.a' must be 'continuous' or 'categorical', not 'number'"},
        Case{"models: {m: {reference: r, features: x}}\n", "'features' must be a list of column names"},
        Case{"models: {m: {reference: r, features: {only: [x]}}}\n", "unknown key 'only' in 'features'"},
        Case{"models: {m: {reference: r, segments: [[a, a]]}}\n", "'a' stands twice in 'segments[0]'"},
        Case{"models: {m: {reference: r, segments: [a, [a]]}}\n",
             "'segments[1]' repeats an earlier segment definition"},
        Case{"models: {m: {reference: r, max_segments: 0}}\n", "'max_segments' must be at least 1, not 0"}));

INSTANTIATE_TEST_SUITE_P(
    Chunks, Errors,
    testing::Values(
        Case{"models: {m: {reference: r, chunk: 1m}}\n",
             "f.yaml:1:35: '1m' is ambiguous: minutes or months? (M is a month"},
        Case{"models: {m: {reference: r, chunk: 500}}\n", "'500' does not say what it counts (write {size: 500}"},
        Case{"models: {m: {reference: r, chunk: 1x}}\n", "'chunk' must be a period such as 1w"},
        Case{"models: {m: {reference: r, chunk: 0w}}\n", "must be from 1 to 100000"},
        Case{"models: {m: {reference: r, chunk: 9999999999999999999w}}\n", "'chunk' must be"},
        Case{"models: {m: {reference: r, chunk: {size: 0}}}\n", "'chunk.size' must be at least 1"},
        Case{"models: {m: {reference: r, chunk: {size: 5, number: 4}}}\n",
             "'chunk' needs exactly one of size, number and period"},
        Case{"models: {m: {reference: r, chunk: {}}}\n", "'chunk' needs exactly one"},
        Case{"models: {m: {reference: r, chunk: {period: 1d, incomplete: drop}}}\n",
             "'incomplete' belongs to chunks by size or number"},
        Case{"models: {m: {reference: r, chunk: {size: 5, time_zone: UTC}}}\n",
             "'time_zone' belongs to chunks by period"},
        Case{"models: {m: {reference: r, chunk: {size: 5, incomplete: dropp}}}\n",
             "'chunk.incomplete' must be keep, append or drop, not 'dropp' (did you mean 'drop'?)"},
        Case{"models: {m: {reference: r, chunk: 1w}}\n", "f.yaml:1:35: model 'm': chunks by period need a 'timestamp'"},
        Case{"models: {m: {reference: r, reference_chunk: 1w}}\n",
             "f.yaml:1:45: model 'm': chunks by period need a 'timestamp'"}));

INSTANTIATE_TEST_SUITE_P(
    ThresholdsAndConstraints, Errors,
    testing::Values(
        Case{"models: {m: {reference: r, thresholds: {psi: 0.1}}}\n",
             "f.yaml:1:46: 'thresholds.psi' must be none, or a map"},
        Case{"models: {m: {reference: r, thresholds: {psi: {}}}}\n", "'thresholds.psi' needs exactly one of"},
        Case{"models: {m: {reference: r, thresholds: {psi: {constant: {upper: 1}, standard_deviation: 3}}}}\n",
             "needs exactly one of"},
        Case{"models: {m: {reference: r, thresholds: {psi: {constant: {}}}}}\n", "needs 'lower', 'upper' or both"},
        Case{"models: {m: {reference: r, thresholds: {psi: {null: 2}}}}\n", "'thresholds.psi.null' must be"},
        Case{"models: {m: {reference: r, thresholds: {psi: {null: {rate: 0}}}}}\n", "must be a number from 1e-7 to 0.5"},
        Case{"models: {m: {reference: r, thresholds: {psi: {null: {}}}}}\n", "'thresholds.psi.null' must be"},
        Case{"models: {m: {reference: r, minimum: {row: 3}}}\n", "unknown key 'row' in 'minimum'"},
        Case{"models: {m: {reference: r, ~: 3}}\n", "a key must be text and not empty"},
        Case{"models: {m: {reference: r, thresholds: {psi: {constant: 3}}}}\n",
             "'thresholds.psi.constant' must be a map with lower, upper or both, not '3'"},
        Case{"models: {m: {reference: r, thresholds: {psi: {constant: {lower: 2, upper: 1}}}}}\n",
             "'lower' (2) is above 'upper' (1)"},
        Case{"models: {m: {reference: r, thresholds: {psi: {standard_deviation: -1}}}}\n",
             "must be at least 0, not -1"},
        Case{"models: {m: {reference: r, thresholds: {psi: {quantile: {upper: 95}}}}}\n", "from 0 to 1, not 95"},
        Case{"models: {m: {reference: r, thresholds: {psi: {constnat: {upper: 95}}}}}\n",
             "unknown key 'constnat' in 'thresholds.psi' (did you mean 'constant'?)"},
        Case{"models: {m: {reference: r, thresholds: {'@age': none}}}\n", "'@age' must be a metric or metric@column"},
        Case{"models: {m: {reference: r, thresholds: {'psi@': none}}}\n", "must be a metric or metric@column"},
        Case{"models: {m: {reference: r, constraints: {column: a}}}\n",
             "'constraints' must be a list of limits on columns, not a map"},
        Case{"models: {m: {reference: r, constraints: [{not_null: true}]}}\n",
             "f.yaml:1:42: 'constraints[0]' names no column"},
        Case{"models: {m: {reference: r, constraints: [{column: a}]}}\n", "'constraints[0]' sets no limit"},
        Case{"models: {m: {reference: r, constraints: [{column: a, not_null: false}]}}\n",
             "'constraints[0].not_null' must be true, not 'false'"},
        Case{"models: {m: {reference: r, constraints: [{column: a, in_range: [1]}]}}\n",
             "must be a list of two numbers"},
        Case{"models: {m: {reference: r, constraints: [{column: a, in_range: [5, 1]}]}}\n",
             "the range begins at 5 and ends below, at 1"},
        Case{"models: {m: {reference: r, constraints: [{column: a, in_range: [~, ~]}]}}\n", "has no bound"},
        Case{"models: {m: {reference: r, constraints: [{column: a, in_set: [1, 1.0]}]}}\n", "'1' stands twice"},
        Case{"models: {m: {reference: r, constraints: [{column: a, max_null_rate: 1.5}]}}\n",
             "must be at most 1, not 1.5"},
        Case{"models: {m: {reference: r, constraints: [{colum: a, max_null_rate: 1}]}}\n",
             "unknown key 'colum' in 'constraints[0]' (did you mean 'column'?)"}));

INSTANTIATE_TEST_SUITE_P(
    BetweenKeys, Errors,
    testing::Values(
        Case{"models:\n  m: {id: i}\n", "f.yaml:2:3: model 'm': it has no 'reference'"},
        Case{"models: {m: {reference: r, target: y}}\n", "f.yaml:1:36: model 'm': it has a 'target' but no task"},
        Case{"models: {m: {reference: r, score: y}}\n", "it has a 'score' but no task (say task: binary"},
        Case{"models: {m: {reference: r, task: binary, target: y}}\n",
             "a binary model needs a 'score' or a 'prediction'"},
        Case{"models: {m: {reference: r, task: binary, score: [a, b]}}\n", "a binary model has one score"},
        Case{"models: {m: {reference: r, task: binary, prediction: p, cutoff: 0.5}}\n", "'cutoff' needs a 'score'"},
        Case{"models: {m: {reference: r, task: multiclass, target: y}}\n",
             "a multiclass model needs a 'score' or a 'prediction'"},
        Case{"models: {m: {reference: r, task: multiclass, score: y}}\n",
             "a multiclass model has a score for each class"},
        Case{"models: {m: {reference: r, task: regression, target: y}}\n", "a regression needs a 'prediction'"},
        Case{"models: {m: {reference: r, task: regression, prediction: p, score: y}}\n",
             "a regression has a prediction, not a score"},
        Case{"models: {m: {reference: r, task: regression, prediction: p, positive: y}}\n",
             "'positive' is for binary models"}));

TEST(Yaml, MergesAnchorsAndMaps) {
  const auto fleet = parse_config(
      "defaults: &d {reference: r, quantiles: 99}\nmodels:\n  a: {<<: *d, quantiles: 50}\n  b: {<<: [{quantiles: 70}, "
      "*d]}\n  c: *d\n",
      "f.yaml");
  ASSERT_TRUE(fleet.ok()) << fleet.error().text();
  EXPECT_EQ(fleet.value().models[0].quantiles, 50);
  EXPECT_EQ(fleet.value().models[1].quantiles, 70);
  EXPECT_EQ(fleet.value().models[2].quantiles, 99);
}

TEST(Yaml, ByteOrderMarkAndWindowsLines) {
  const auto fleet = parse_config("\xEF\xBB\xBFmodels:\r\n  m:\r\n    reference: r\r\n", "f.yaml");
  ASSERT_TRUE(fleet.ok()) << fleet.error().text();
  EXPECT_EQ(fleet.value().models[0].reference[0], "r");
  EXPECT_EQ(fleet.value().models[0].places.at("reference").line, 3);
}

TEST(Yaml, LimitsHold) {
  EXPECT_THAT(error_of("models: " + std::string(40, '[') + std::string(40, ']')), HasSubstr("more than 32 deep"));
  EXPECT_THAT(error_of("models: " + std::string(5000, '[')), HasSubstr("f.yaml:1:"));
  std::string bomb = "defaults: {reference: r}\nmodels:\n  a: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k == 0 ? "*a" : ",*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(error_of(bomb), HasSubstr("more than 1,000,000 values"));
  std::string many = "defaults: {reference: r}\nmodels:\n";
  for (int i = 0; i < 100'001; ++i) many += " m" + std::to_string(i) + ":\n";
  EXPECT_THAT(error_of(many), HasSubstr("more than 100,000 models"));
}

TEST(Variables, AreReplacedInValues) {
  ::setenv("LONGWATCH_TEST_ROOT", "/data", 1);
  ::setenv("LONGWATCH_TEST_EMPTY", "", 1);
  ::unsetenv("LONGWATCH_TEST_UNSET");
  const auto fleet = parse_config(R"(
models:
  m:
    reference: ["${LONGWATCH_TEST_ROOT}/r.parquet", "${LONGWATCH_TEST_UNSET:-a}${LONGWATCH_TEST_EMPTY:-b}.parquet", "$${X}$y$"]
    quantiles: ${LONGWATCH_TEST_UNSET:-77}
)",
                                  "f.yaml");
  ASSERT_TRUE(fleet.ok()) << fleet.error().text();
  EXPECT_THAT(fleet.value().models[0].reference, testing::ElementsAre("/data/r.parquet", "ab.parquet", "${X}$y$"));
  EXPECT_EQ(fleet.value().models[0].quantiles, 77);
  EXPECT_THAT(
      error_of("models:\n  m: {reference: \"${LONGWATCH_TEST_UNSET}\"}\n"),
      HasSubstr("f.yaml:2:18: the environment variable 'LONGWATCH_TEST_UNSET' is not set (set it, or give a default"));
  EXPECT_THAT(error_of("models:\n  m: {reference: \"${LONGWATCH_TEST_EMPTY}\"}\n"), HasSubstr("not an empty text"));
  EXPECT_THAT(error_of("models:\n  m: {reference: \"${X\"}\n"), HasSubstr("'${' is not closed"));
  EXPECT_THAT(error_of("models:\n  m: {reference: \"${}\"}\n"), HasSubstr("no name of an environment variable"));
  EXPECT_THAT(error_of("models:\n  m: {reference: \"${1A}\"}\n"), HasSubstr("no name of an environment variable"));
}

}  // namespace
}  // namespace longwatch
