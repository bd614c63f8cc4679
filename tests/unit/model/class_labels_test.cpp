// What is one label, and what labels stand for.
#include "engine/model/class_labels.hpp"

#include <gtest/gtest.h>

namespace longwatch {
namespace {

TEST(CanonicalLabel, OneLabelHoweverWritten) {
  for (const char* text : {"1", "1.0", " 1", "1 ", "01", "1e0", "+1", "true", "True", "TRUE", "\t1\n"})
    EXPECT_EQ(canonical_label(text), "1") << text;
  for (const char* text : {"0", "0.0", "-0", "false", "False", "-0.0"}) EXPECT_EQ(canonical_label(text), "0") << text;
}

TEST(CanonicalLabel, TextsStayAsTheyAre) {
  for (const char* text : {"yes", "Yes", "truely", "1a", "0x1", "1,0", "inf", "nan", "1e999", "a b"})
    EXPECT_EQ(canonical_label(text), text);
  EXPECT_EQ(canonical_label(" a b "), "a b");
  EXPECT_EQ(canonical_label("1.50"), "1.5");
  EXPECT_EQ(canonical_label("-2.0"), "-2");
}

TEST(CanonicalLabel, BlanksAreNoLabel) {
  for (const char* text : {"", " ", "\t\r\n"}) EXPECT_EQ(canonical_label(text), "");
}

TEST(LabelRule, MapsCanonicalLabelsOnce) {
  ModelConfig model;
  model.label_map = {{"yes", "1.0"}, {"no", "0"}, {"2.0", "yes"}};
  model.positive = "yes";
  const LabelRule rule(model);
  EXPECT_EQ(rule.of(" yes "), "1");
  EXPECT_EQ(rule.of("no"), "0");
  EXPECT_EQ(rule.of("02"), "yes");
  EXPECT_EQ(rule.of("true"), "1");
  EXPECT_EQ(rule.of("maybe"), "maybe");
  EXPECT_EQ(rule.of(""), "");
  EXPECT_EQ(rule.positive(), "1");
  EXPECT_EQ(LabelRule(ModelConfig()).positive(), "1");
}

TEST(BinaryClasses, TheTargetDecides) {
  const LabelRule rule;
  EXPECT_EQ(binary_classes(rule, {"0", "1"}, {"0", "1", "2"}).classes, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(binary_classes(rule, {"no"}, {"no", "1"}).classes, (std::vector<std::string>{"no", "1"}));
  EXPECT_EQ(binary_classes(rule, {"1"}, {"1", "2"}).classes, (std::vector<std::string>{"2", "1"}));
  EXPECT_EQ(binary_classes(rule, {"1"}, {}).classes, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(binary_classes(rule, {}, {}).classes, (std::vector<std::string>{"0", "1"}));
  ModelConfig model;
  model.positive = "yes";
  EXPECT_EQ(binary_classes(LabelRule(model), {}, {}).classes, (std::vector<std::string>{"", "yes"}));
  EXPECT_EQ(binary_classes(LabelRule(model), {}, {"yes", "no"}).classes, (std::vector<std::string>{"no", "yes"}));
}

TEST(BinaryClasses, MoreThanTwoLabelsAreNamed) {
  const auto three = binary_classes(LabelRule(), {"0", "1", "2"}, {});
  EXPECT_TRUE(three.classes.empty());
  EXPECT_EQ(three.problem,
            "undefined: the target has 3 labels ('0', '1', '2'), a binary model has two (say task: multiclass, or "
            "label_map)");
  EXPECT_EQ(binary_classes(LabelRule(), {"no", "yes"}, {}).problem,
            "undefined: the target has 2 labels ('no', 'yes'), none of which is the positive '1' (say positive: LABEL, "
            "or label_map)");
  EXPECT_NE(binary_classes(LabelRule(), {"a", "b", "c", "d", "e"}, {}).problem.find("'d', ...)"), std::string::npos);
}

}  // namespace
}  // namespace longwatch
