// Which files the user's patterns name.
#include "engine/source/glob.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "engine/base/text.hpp"
#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

namespace fs = std::filesystem;

bool is_glob(const std::string& text) { return text.find_first_of("*?") != std::string::npos; }

Error refuse(const std::string& path, std::string what, std::string hint) {
  Location where;
  where.file = valid_utf8(path);
  return data_error(what, std::move(where), std::move(hint));
}

// Entries of `folder` that match one component of a pattern.
std::vector<fs::path> matching_entries(const fs::path& folder, const std::string& component) {
  std::vector<fs::path> out;
  std::error_code failed;
  const fs::path shown = folder.empty() ? fs::path(".") : folder;
  for (fs::directory_iterator entry(shown, failed), end; !failed && entry != end; entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (name.front() == '.' && component.front() != '.') continue;
    if (glob_match(component, name)) out.push_back(folder / name);
  }
  return out;
}

// Every path that matches, regular file or not.
std::vector<fs::path> expand(const fs::path& pattern) {
  std::vector<fs::path> found{{}};
  for (const fs::path& part : pattern) {
    std::vector<fs::path> next;
    for (const fs::path& folder : found) {
      if (!is_glob(part.string())) {
        next.push_back(folder / part);
      } else {
        for (fs::path& match : matching_entries(folder, part.string())) next.push_back(std::move(match));
      }
    }
    found = std::move(next);
  }
  return found;
}

Result<std::string> check_file(const fs::path& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  const std::string text = path.string();
  if (status.type() == fs::file_type::not_found) return refuse(text, "no such file", "check the path");
  if (status.type() == fs::file_type::none)
    return refuse(text, "cannot be opened: " + failed.message(), "check permissions");
  if (fs::is_directory(status))
    return refuse(text, "is a folder, not a Parquet file", "name its files, e.g. FOLDER/*.parquet");
  if (!fs::is_regular_file(status)) return refuse(text, "is not a regular file", "");
  return text;
}

Result<std::vector<std::string>> expand_one(const std::string& pattern, const std::string& base_folder) {
  fs::path path(pattern);
  if (path.is_relative() && !base_folder.empty()) path = fs::path(base_folder) / path;
  path = path.lexically_normal();
  std::error_code ignored;
  if (!is_glob(pattern) || fs::exists(path, ignored)) {
    LW_TRY(std::string file, check_file(path));
    return std::vector<std::string>{std::move(file)};
  }
  std::vector<std::string> files;
  for (const fs::path& match : expand(path)) {
    if (fs::is_regular_file(match, ignored)) files.push_back(match.string());
  }
  if (files.empty()) return refuse(path.string(), "no file matches", "check the pattern");
  return files;
}

}  // namespace

Result<std::vector<std::string>> expand_patterns(std::span<const std::string> patterns,
                                                 const std::string& base_folder) {
  std::vector<std::string> files;
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) return refuse(base_folder, "an empty path names no file", "");
    if (pattern.find('\0') != std::string::npos) return refuse(pattern, "a path cannot hold a zero byte", "");
    LW_TRY(std::vector<std::string> found, expand_one(pattern, base_folder));
    files.insert(files.end(), found.begin(), found.end());
  }
  if (files.empty()) return refuse(base_folder, "no files are named", "give a path or a pattern");
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

}  // namespace longwatch::reading
