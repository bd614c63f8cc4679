// muParser with operators of our own: its assignments are not among them, and a division by zero is seen.
#include "engine/config/expression.hpp"

#include <muParser.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <exception>

#include "engine/base/text.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kMostCharacters = 1000;
constexpr const char* kDivision = "division by zero";

double divide(double a, double b) {
  if (b == 0) throw mu::ParserError(kDivision);  // caught in evaluate
  return a / b;
}

void define_operators(mu::Parser& parser) {
  parser.EnableBuiltInOprt(false);
  const auto define = [&](const char* name, mu::fun_type2 function, unsigned priority,
                          mu::EOprtAssociativity side = mu::oaLEFT) {
    parser.DefineOprt(name, function, priority, side);
  };
  define("+", [](double a, double b) { return a + b; }, mu::prADD_SUB);
  define("-", [](double a, double b) { return a - b; }, mu::prADD_SUB);
  define("*", [](double a, double b) { return a * b; }, mu::prMUL_DIV);
  define("/", divide, mu::prMUL_DIV);
  define("^", [](double a, double b) { return std::pow(a, b); }, mu::prPOW, mu::oaRIGHT);
  define("<", [](double a, double b) { return a < b ? 1.0 : 0.0; }, mu::prCMP);
  define("<=", [](double a, double b) { return a <= b ? 1.0 : 0.0; }, mu::prCMP);
  define(">", [](double a, double b) { return a > b ? 1.0 : 0.0; }, mu::prCMP);
  define(">=", [](double a, double b) { return a >= b ? 1.0 : 0.0; }, mu::prCMP);
  define("==", [](double a, double b) { return a == b ? 1.0 : 0.0; }, mu::prCMP);
  define("!=", [](double a, double b) { return a != b ? 1.0 : 0.0; }, mu::prCMP);
}

const std::vector<std::string>& function_names() {
  static const std::vector<std::string> kNames{"abs", "exp", "log", "max", "min", "sqrt"};
  return kNames;
}

void define_functions(mu::Parser& parser) {
  parser.ClearFun();
  parser.ClearConst();
  parser.DefineFun("abs", [](double x) { return std::abs(x); });
  parser.DefineFun("exp", [](double x) { return std::exp(x); });
  parser.DefineFun("log", [](double x) { return std::log(x); });
  parser.DefineFun("sqrt", [](double x) { return std::sqrt(x); });
  parser.DefineFun("max", [](double a, double b) { return std::max(a, b); });
  parser.DefineFun("min", [](double a, double b) { return std::min(a, b); });
}

Error wrong(std::string what, std::string hint = "") {
  return {ErrorCode::configuration, std::move(what), {}, std::move(hint)};
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Where the number at `at` ends: digits, a point, an exponent.
std::size_t end_of_number(const std::string& text, std::size_t at) {
  while (at < text.size() && (is_digit(text[at]) || text[at] == '.')) ++at;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
    if (digits < text.size() && is_digit(text[digits])) {
      at = digits;
      while (at < text.size() && is_digit(text[at])) ++at;
    }
  }
  return at;
}

// Checks every word and character of the text before muParser sees it; returns the names in it.
Result<std::vector<std::string>> names_in(const std::string& text, std::span<const std::string> known) {
  std::vector<std::string> used;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_digit(c) || c == '.') {
      at = end_of_number(text, at);
      continue;
    }
    if (!starts_name(c)) {
      if (std::string_view(" \t\n+-*/^<>=!?:(),").find(c) == std::string_view::npos)
        return wrong("'" + std::string(1, c) + "' has no meaning in an expression");
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && (starts_name(text[at]) || is_digit(text[at]))) ++at;
    const std::string word = text.substr(begin, at - begin);
    const std::size_t next = text.find_first_not_of(" \t\n", at);
    if (next != std::string::npos && text[next] == '(') {
      const auto& functions = function_names();
      if (std::find(functions.begin(), functions.end(), word) == functions.end())
        return wrong("there is no function '" + word + "'", known_names_hint(word, functions));
      continue;
    }
    if (std::find(known.begin(), known.end(), word) == known.end())
      return wrong("there is no total '" + word + "'", known_names_hint(word, known));
    if (std::find(used.begin(), used.end(), word) == used.end()) used.push_back(word);
  }
  return used;
}

}  // namespace

struct Expression::Impl {
  mu::Parser parser;
  std::vector<double> values;  // the parser reads them where they lie
  std::vector<std::string> used;

  Result<double> evaluate() {
    try {
      const double value = parser.Eval();
      if (parser.GetNumResults() != 1) return wrong("an expression has one value, without commas outside of functions");
      return std::isfinite(value) ? Result<double>(value) : wrong("no finite number");
    } catch (const mu::ParserError& error) {
      return wrong(error.GetMsg());
    } catch (const std::exception& error) {
      return wrong(error.what());
    }
  }
};

Expression::Expression(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

Result<Expression> Expression::parse(const std::string& text, std::span<const std::string> names) {
  if (text.size() > kMostCharacters) return wrong("the expression is longer than 1,000 characters");
  auto impl = std::make_unique<Impl>();
  LW_TRY(impl->used, names_in(text, names));
  // A value of its own for each name meets few zeros by accident.
  for (std::size_t i = 0; i < impl->used.size(); ++i) impl->values.push_back(1 + std::sqrt(static_cast<double>(i) + 2));
  try {
    define_functions(impl->parser);
    define_operators(impl->parser);
    for (std::size_t i = 0; i < impl->used.size(); ++i) impl->parser.DefineVar(impl->used[i], &impl->values[i]);
    impl->parser.SetExpr(text);
  } catch (const mu::ParserError& error) {
    return wrong(error.GetMsg());
  }
  // muParser parses when it evaluates first.
  auto tried = impl->evaluate();
  const bool depends = tried.ok() || (!impl->used.empty() && (tried.error().what == kDivision ||
                                                              tried.error().what == "no finite number"));
  if (!depends) return std::move(tried.error());
  return Expression(std::move(impl));
}

Result<double> Expression::evaluate(std::span<const double> values) const {
  std::copy(values.begin(), values.end(), impl_->values.begin());
  return impl_->evaluate();
}

const std::vector<std::string>& Expression::used() const { return impl_->used; }

}  // namespace longwatch
