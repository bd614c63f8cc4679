#pragma once
// Errors are values: a Result holds a value or an Error that says what, where and what to do.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace longwatch {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

/// What kind of failure it was; the command line turns it into an exit code (docs/errors.md).
enum class ErrorCode {
  usage,          ///< the command line or an API call is wrong (exit 2)
  configuration,  ///< the configuration is wrong, or does not fit the data (exit 2)
  data,           ///< a file is missing, unreadable, corrupt or of the wrong type (exit 3 or 4)
  output,         ///< a result could not be written: disk full, no permission (exit 3)
  memory,         ///< the work does not fit the memory budget (exit 3)
  cancelled,      ///< the user asked to stop
  internal,       ///< a defect of Longwatch
};

/// Where it happened. Empty or negative members are unknown.
struct Location {
  std::string file;
  int line = -1;       ///< 1-based, for configuration files
  int column_at = -1;  ///< 1-based character, for configuration files
  std::int64_t row_group = -1;
  std::string column;
  std::string model;
};

/// A failure. `what` and `hint` are one sentence each, without a full stop.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string what;
  Location where;
  std::string hint;

  /// "file:line:col: row group 3, column 'age': what (hint)", always valid UTF-8.
  [[nodiscard]] std::string text() const;
};

/// A value or an Error. Accessing the wrong side is a defect and throws std::bad_variant_access.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] T& value() & { return std::get<0>(content_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(content_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(content_)); }
  [[nodiscard]] Error& error() { return std::get<1>(content_); }
  [[nodiscard]] const Error& error() const { return std::get<1>(content_); }

 private:
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] Error& error() { return error_.value(); }
  [[nodiscard]] const Error& error() const { return error_.value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace longwatch

#define LW_CONCAT_INNER(a, b) a##b
#define LW_CONCAT(a, b) LW_CONCAT_INNER(a, b)
/// LW_TRY(auto x, expression): x is the value, or the enclosing function returns the error.
#define LW_TRY(declaration, expression) LW_TRY_NAMED(LW_CONCAT(lw_result_, __LINE__), declaration, expression)
#define LW_TRY_NAMED(name, declaration, expression) \
  auto name = (expression);                         \
  if (!name.ok()) return std::move(name.error());   \
  declaration = std::move(name).value()
/// LW_CHECK(expression): the enclosing function returns the error, if there is one.
#define LW_CHECK(expression)                                                              \
  do {                                                                                    \
    if (auto lw_check = (expression); !lw_check.ok()) return std::move(lw_check.error()); \
  } while (false)
