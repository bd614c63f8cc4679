#pragma once
// How texts look on a terminal.

#include <string>
#include <string_view>

namespace longwatch {

/// Columns of a terminal that valid UTF-8 takes: 2 for East Asian wide characters and emoji, 0 for combining marks,
/// else 1.
int display_width(std::string_view text);

/// `text` safe to print on one line: invalid UTF-8 as \xHH, control characters and those that change the direction of
/// writing as \n, \t or \u{HEX}.
std::string printable(std::string_view text);

/// The longest beginning of a printable text of at most `width` columns; where it is cut, it ends in an ellipsis.
std::string cut_to_width(const std::string& text, int width);

/// A number for people: whole numbers in full, else 4 significant digits ("0.03127", "12346", "1.235e-05"), "nan",
/// "inf".
std::string short_number(double value);

}  // namespace longwatch
