// The edge of the room: what the Parquet library throws becomes an Error that says where it happened.
#include "engine/source/guard.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace longwatch::reading {

Location Corrupt::place(Location where) const {
  if (row_group_ >= 0) where.row_group = row_group_;
  if (!column_.empty()) where.column = valid_utf8(column_);
  return where;
}

Error data_error(std::string_view message, Location where, std::string hint) {
  constexpr std::size_t kLongest = 400;
  std::string what = valid_utf8(message.substr(0, kLongest));
  std::replace_if(
      what.begin(), what.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  while (!what.empty() && (what.back() == '.' || what.back() == ' ')) what.pop_back();
  return {ErrorCode::data, std::move(what), std::move(where), std::move(hint)};
}

}  // namespace longwatch::reading
