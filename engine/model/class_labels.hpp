#pragma once
// Labels as people and files write them: 1, 1.0, true and "1" are one label.

#include <string>
#include <string_view>

namespace longwatch {

/// The canonical text of a label: a number in its shortest form ("1.0", "01" and "1e0" are "1"), true and false in any
/// case as "1" and "0", surrounding blanks removed, any other text as it is. A missing label has none.
std::string canonical_label(std::string_view text);

}  // namespace longwatch
