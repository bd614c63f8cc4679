#pragma once
// Which files the user's patterns name.

#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch::reading {

/// A file, and how much of its path the user wrote: folders of the form key=value beyond `fixed` characters are
/// partitions (partitions.hpp).
struct FoundFile {
  std::string path;
  std::size_t fixed = 0;
};

/// The regular files that `patterns` name, bytewise sorted by path, each once. A pattern that exists as a path is that
/// path; else * and ? match within one component of it (names that start with a dot only where the pattern does). A
/// folder stands for the .parquet, .pq, .arrow, .feather and .ipc files in it and in the folders below it; names that
/// start with a dot or an underscore are left out, and links to folders are not followed. Errors: no patterns, a
/// pattern without a match, a folder without such files or one that cannot be listed, a thing that is no regular file.
Result<std::vector<FoundFile>> expand_patterns(std::span<const std::string> patterns, const std::string& base_folder);

}  // namespace longwatch::reading
