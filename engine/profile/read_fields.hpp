#pragma once
// Readers of a profile's fields, each checked against the rules that the rest of the engine relies on: a checksum
// proves care, not honesty. Memory grows only with bytes that were there.

#include <string>
#include <vector>

#include "engine/profile/profile.hpp"

namespace longwatch {

/// The error of content that breaks a rule.
Error broken_profile(const std::string& what);

Result<bool> read_flag(ByteReader& in);
std::vector<double> read_doubles(ByteReader& in);
std::vector<std::string> read_texts(ByteReader& in);
Result<ColumnProfile> read_column(ByteReader& in);
Result<PcaProfile> read_pca(ByteReader& in);

}  // namespace longwatch
