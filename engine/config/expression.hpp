#pragma once
// Arithmetic over named numbers: what a user writes as a metric of his own. Parsed by muParser; nothing is executed,
// assigned or created.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch {

/// A parsed expression. Not thread-safe: one a thread, cheap to make.
class Expression {
 public:
  /// Numbers, `names`, + - * / ^, comparisons (1 or 0), `condition ? a : b`, parentheses, and the functions abs, exp,
  /// log, max, min and sqrt. At most 1,000 characters. Errors, without a place: an unknown name or function (with the
  /// nearest one), a character or an order that has no meaning, constants without a value.
  static Result<Expression> parse(const std::string& text, std::span<const std::string> names);
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  /// The value, `values` in the order of used(). Fails, saying why in `what`: "division by zero", or "no finite
  /// number" (a logarithm or root of a negative number, an overflow).
  [[nodiscard]] Result<double> evaluate(std::span<const double> values) const;

  /// The names that the text holds, each once, in the order of their first appearance.
  [[nodiscard]] const std::vector<std::string>& used() const;

 private:
  struct Impl;
  explicit Expression(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace longwatch
