#pragma once
// Small helpers over text: UTF-8 repair, nearest known names, glob patterns, numbers as text.

#include <span>
#include <string>
#include <string_view>

namespace longwatch {

/// `text` with every byte that is not valid UTF-8 replaced by \xHH (four ASCII characters).
std::string valid_utf8(std::string_view text);

/// The name of `known` nearest to `name` by edit distance (at most a third of its length), or empty.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// "; did you mean 'x'?"-style hint for an unknown name: the nearest one, else the list of known ones (at most 12).
std::string known_names_hint(std::string_view name, std::span<const std::string> known);

/// True where `text` matches `pattern` with * (any run) and ? (one character); no other character is special.
bool glob_match(std::string_view pattern, std::string_view text);

/// The shortest decimal text that reads back to the same double; 1 for 1.0, "nan", "inf", "-inf".
std::string shortest(double value);

}  // namespace longwatch
