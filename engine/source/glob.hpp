#pragma once
// Which files the user's patterns name.

#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch::reading {

/// The regular files that `patterns` name, bytewise sorted, each once. A pattern that exists as a path is that path;
/// else * and ? match within one component of it (names that start with a dot only where the pattern does). Errors:
/// no patterns, a pattern without a match, a directory, a thing that is no regular file.
Result<std::vector<std::string>> expand_patterns(std::span<const std::string> patterns, const std::string& base_folder);

}  // namespace longwatch::reading
