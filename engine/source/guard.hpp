#pragma once
// The edge of the room: what the Parquet library throws becomes an Error that says where it happened.

#include <cstdint>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.hpp"

namespace longwatch::reading {

/// Thrown inside this room where a file breaks a promise; `guarded` turns it into an Error.
class Corrupt : public std::exception {
 public:
  explicit Corrupt(std::string what) : what_(std::move(what)) {}
  /// With what is known of the place beyond the file: a row group (or -1) and the name of a column (or nothing).
  Corrupt(std::string what, std::int64_t row_group, std::string column)
      : what_(std::move(what)), row_group_(row_group), column_(std::move(column)) {}
  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  /// `where`, made more exact.
  [[nodiscard]] Location place(Location where) const;

 private:
  std::string what_;
  std::int64_t row_group_ = -1;
  std::string column_;
};

/// An Error{data} at `where` with the library's message: one line, valid UTF-8, at most 400 bytes.
Error data_error(std::string_view message, Location where, std::string hint = {});

/// `work()`, a Result, with every exception turned into an Error at `where`.
template <class Work>
auto guarded(const Location& where, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Corrupt& e) {
    return data_error(e.what(), e.place(where));
  } catch (const std::bad_alloc&) {
    return data_error("reading it needs more memory than there is", where, "the file may be corrupt");
  } catch (const std::exception& e) {
    return data_error(e.what(), where);
  } catch (...) {
    return data_error("the Parquet library failed for an unknown reason", where);
  }
}

}  // namespace longwatch::reading
