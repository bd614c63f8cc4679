#include "engine/base/result.hpp"

#include <fmt/format.h>

#include "engine/base/text.hpp"

namespace longwatch {

std::string Error::text() const {
  std::string out;
  if (!where.model.empty()) out += fmt::format("model '{}': ", where.model);
  if (!where.file.empty()) {
    out += where.file;
    if (where.line > 0) out += fmt::format(":{}", where.line);
    if (where.line > 0 && where.column_at > 0) out += fmt::format(":{}", where.column_at);
    out += ": ";
  }
  if (where.row_group >= 0) out += fmt::format("row group {}{}", where.row_group, where.column.empty() ? ": " : ", ");
  if (!where.column.empty()) out += fmt::format("column '{}': ", where.column);
  out += what;
  if (!hint.empty()) out += fmt::format(" ({})", hint);
  return valid_utf8(out);
}

}  // namespace longwatch
