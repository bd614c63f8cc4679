#pragma once
// What is checked of a footer's bytes before the library is given them.

#include <string_view>

namespace longwatch::reading {

/// Holds the bytes against the structures of the format: known fields have their types and occur once, required ones
/// are there, nothing follows the end, the schema is one tree at most 100 deep, and a column's converted type says what
/// its logical type says. What the library would allocate for it is bounded by 64 MiB and 32 times its size. Throws
/// Corrupt. Linear in the bytes.
void check_footer(std::string_view footer);

}  // namespace longwatch::reading
