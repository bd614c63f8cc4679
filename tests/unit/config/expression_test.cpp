// Expressions: values derived by the compiler, and everything that is no arithmetic refused.
#include "engine/config/expression.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace longwatch {
namespace {

const std::vector<std::string> kNames{"tp", "fp", "rows"};
constexpr double kTp = 40, kFp = 8, kRows = 100;

double value(const std::string& text) {
  const auto expression = Expression::parse(text, kNames);
  EXPECT_TRUE(expression.ok()) << text << ": " << (expression.ok() ? "" : expression.error().text());
  if (!expression.ok()) return NAN;
  std::vector<double> values;
  for (const std::string& name : expression.value().used()) values.push_back(name == "tp" ? kTp : name == "fp" ? kFp : kRows);
  const auto found = expression.value().evaluate(values);
  EXPECT_TRUE(found.ok()) << text;
  return found.ok() ? found.value() : NAN;
}

TEST(Expression, IsArithmetic) {
  EXPECT_EQ(value("(120*tp - 15*fp) / rows"), (120 * kTp - 15 * kFp) / kRows);
  EXPECT_EQ(value("tp - fp - 1"), kTp - kFp - 1);
  EXPECT_EQ(value("tp / fp / 2"), kTp / kFp / 2);
  EXPECT_EQ(value("2 ^ 3 ^ 2"), 512);
  EXPECT_EQ(value("-tp ^ 2"), -(kTp * kTp));
  EXPECT_EQ(value("tp * -2 + +fp"), kTp * -2 + kFp);
  EXPECT_EQ(value("1e3 * tp + .5 + 1.5E-1"), 1e3 * kTp + .5 + 1.5E-1);
  EXPECT_EQ(value("tp > 3 ? tp / rows : -1"), kTp / kRows);
  EXPECT_EQ(value("(tp <= 3) + (tp >= 3) + (tp == 40) + (tp != 40) + (tp < 1 + 40)"), 3);
  EXPECT_EQ(value("min(tp, fp) + max(tp, fp) + abs(fp - tp)"), kTp + kFp + kTp - kFp);
  EXPECT_DOUBLE_EQ(value("sqrt(tp) + log(rows) + exp(1)"), std::sqrt(kTp) + std::log(kRows) + std::exp(1));
  EXPECT_EQ(value("7"), 7);
}

TEST(Expression, NamesAreThoseUsed) {
  EXPECT_EQ(Expression::parse("rows + tp * rows - min(1e3, 2)", kNames).value().used(),
            (std::vector<std::string>{"rows", "tp"}));
}

TEST(Expression, UnknownNamesAreErrorsWithTheNearest) {
  const auto error = Expression::parse("120 * row", kNames).error();
  EXPECT_NE(error.what.find("'row'"), std::string::npos);
  EXPECT_NE(error.hint.find("rows"), std::string::npos) << error.hint;
  EXPECT_NE(Expression::parse("sqr(tp)", kNames).error().hint.find("sqrt"), std::string::npos);
}

TEST(Expression, WhatIsNoArithmeticIsRefused) {
  for (const char* text : {"", "tp = 3", "tp += 1", "x = 3", "tp == 3 = 1", "tp, fp", "\"text\"", "tp; fp", "system(tp)",
                           "tp rows", "2tp", "(tp", "tp)", "tp +", "* tp", "tp ? 1", "min(tp)", "min(tp, fp, rows)", "sin(tp)",
                           "_pi", "tp(3)", "tp[0]", "0x10", "1 / 0", "$tp", "#tp", "tp && fp", "log(0 - 1)"}) {
    const auto found = Expression::parse(text, kNames);
    EXPECT_FALSE(found.ok()) << text;
    if (!found.ok()) {
      EXPECT_FALSE(found.error().what.empty()) << text;
    }
  }
  EXPECT_FALSE(Expression::parse(std::string(2000, '(') + "tp" + std::string(2000, ')'), kNames).ok());
  EXPECT_EQ(value(std::string(400, '(') + "tp" + std::string(400, ')')), kTp);
}

TEST(Expression, DivisionByZeroIsSeenWhereItHappens) {
  const auto expression = Expression::parse("1 / (rows / fp)", kNames).value();
  EXPECT_EQ(expression.evaluate(std::vector<double>{5, 0}).error().what, "division by zero");  // not 1 / inf = 0
  EXPECT_EQ(expression.evaluate(std::vector<double>{4, 2}).value(), 0.5);                      // and it goes on
  const auto guarded = Expression::parse("fp > 0 ? tp / fp : 0", kNames).value();
  EXPECT_EQ(guarded.evaluate(std::vector<double>{0, 1}).value(), 0);
  EXPECT_EQ(Expression::parse("log(tp - rows)", kNames).value().evaluate(std::vector<double>{1, 5}).error().what,
            "no finite number");
}

}  // namespace
}  // namespace longwatch
