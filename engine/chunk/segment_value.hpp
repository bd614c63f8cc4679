#pragma once
// The parts of a crossing's value, joined into one text and taken apart again.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace longwatch {

/// One part of a value; empty optional: missing.
using SegmentPart = std::optional<std::string_view>;

/// "UA,EWR": parts joined by commas, with a backslash before commas and backslashes inside a part; a missing part is
/// \N, which no text becomes. A single part is taken as it is ("" where missing).
std::string join_parts(std::span<const SegmentPart> parts);

/// The parts of a text that join_parts made of several.
std::vector<std::optional<std::string>> split_parts(std::string_view text);

}  // namespace longwatch
